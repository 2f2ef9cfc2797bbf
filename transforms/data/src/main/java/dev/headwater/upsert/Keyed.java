package dev.headwater.upsert;

import dev.headwater.sort.RunRef;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.iceberg.DataFile;

/**
 * What a bundle of a stream of upserts wrote: finished data files, not yet committed, and the log
 * of its rows' keys, see {@link KeyLog}.
 *
 * @param files every row that came with values, those that another one supersedes too
 * @param log sorted runs, a row for each that came
 * @param rows how many came, removals too
 */
record Keyed(List<DataFile> files, List<RunRef> log, long rows) implements Serializable {
  private static final long serialVersionUID = 1;

  Keyed {
    files = new ArrayList<>(files);
    log = new ArrayList<>(log);
  }

  static Coder<Keyed> coder() {
    return SerializableCoder.of(Keyed.class);
  }

  /** All of an interval. */
  static Keyed of(Iterable<Keyed> parts) {
    List<DataFile> files = new ArrayList<>();
    List<RunRef> log = new ArrayList<>();
    long rows = 0;
    for (Keyed part : parts) {
      files.addAll(part.files);
      log.addAll(part.log);
      rows += part.rows;
    }
    return new Keyed(files, log, rows);
  }

  /** What tells it from any other: the paths of all its files. */
  List<String> paths() {
    List<String> out = new ArrayList<>(files.stream().map(DataFile::location).toList());
    log.stream().map(RunRef::path).distinct().forEach(out::add);
    return out;
  }
}

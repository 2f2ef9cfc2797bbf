package dev.headwater.upsert;

import dev.headwater.sketch.TableSketch;
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
 * @param letters rows that came and are dead letters instead
 * @param filtered rows that came and were left out before
 * @param sketch what the columns of the rows in {@code files} hold
 */
public record Keyed(
    List<DataFile> files,
    List<RunRef> log,
    long rows,
    long letters,
    long filtered,
    TableSketch sketch)
    implements Serializable {
  private static final long serialVersionUID = 1;

  public Keyed {
    files = new ArrayList<>(files);
    log = new ArrayList<>(log);
  }

  /** Without rows that came and are not among them. */
  Keyed(List<DataFile> files, List<RunRef> log, long rows, TableSketch sketch) {
    this(files, log, rows, 0, 0, sketch);
  }

  /** With rows that came and are not among them. */
  public Keyed and(long lettered, long leftOut) {
    return new Keyed(files, log, rows, lettered, leftOut, sketch);
  }

  static Coder<Keyed> coder() {
    return SerializableCoder.of(Keyed.class);
  }

  /** All of an interval. */
  public static Keyed of(Iterable<Keyed> parts) {
    List<DataFile> files = new ArrayList<>();
    List<RunRef> log = new ArrayList<>();
    long rows = 0;
    long letters = 0;
    long filtered = 0;
    TableSketch sketch = new TableSketch();
    for (Keyed part : parts) {
      files.addAll(part.files);
      log.addAll(part.log);
      rows += part.rows;
      letters += part.letters;
      filtered += part.filtered;
      sketch.merge(part.sketch);
    }
    return new Keyed(files, log, rows, letters, filtered, sketch);
  }

  /** What tells it from any other: the paths of all its files. */
  public List<String> paths() {
    List<String> out = new ArrayList<>(files.stream().map(DataFile::location).toList());
    log.stream().map(RunRef::path).distinct().forEach(out::add);
    return out;
  }
}

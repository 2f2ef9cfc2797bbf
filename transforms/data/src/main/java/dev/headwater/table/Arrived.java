package dev.headwater.table;

import dev.headwater.sort.RunRef;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;

/**
 * What a bundle of an append brought.
 *
 * @param written files of rows that had the table's columns
 * @param others rows that had others, as batches with their own schemas
 */
public record Arrived(Written written, List<RunRef> others) implements Serializable {
  private static final long serialVersionUID = 1;

  public Arrived {
    others = new ArrayList<>(others);
  }

  /** All of an interval. */
  public static Arrived of(Iterable<Arrived> parts) {
    List<Written> written = new ArrayList<>();
    List<RunRef> others = new ArrayList<>();
    for (Arrived part : parts) {
      written.add(part.written);
      others.addAll(part.others);
    }
    return new Arrived(Totals.of(written), others);
  }

  /** How many rows came. */
  public long rows() {
    return written.in() + others.stream().mapToLong(RunRef::rows).sum();
  }

  /** What tells it from any other: the paths of all its files. */
  public List<String> paths() {
    List<String> out = new ArrayList<>(written.files().stream().map(DataFile::location).toList());
    others.stream().map(RunRef::path).distinct().forEach(out::add);
    return out;
  }
}

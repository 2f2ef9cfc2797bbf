package dev.headwater.table;

import dev.headwater.sketch.TableSketch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;

/** What all workers wrote together. */
public final class Totals {
  private Totals() {}

  /**
   * The sum, its files in the order of their paths.
   *
   * @throws IllegalStateException if two workers say different things under one fact's name
   */
  public static Written of(Iterable<Written> parts) {
    List<DataFile> files = new ArrayList<>();
    List<DataFile> letterFiles = new ArrayList<>();
    long in = 0;
    long kept = 0;
    long letters = 0;
    long filtered = 0;
    Map<String, String> facts = new HashMap<>();
    TableSketch sketch = new TableSketch();
    Replaced replaced = Replaced.NONE;
    for (Written part : parts) {
      files.addAll(part.files());
      letterFiles.addAll(part.letterFiles());
      in += part.in();
      kept += part.kept();
      letters += part.letters();
      filtered += part.filtered();
      replaced = replaced.and(part.replaced());
      if (part.sketch() != null) {
        sketch.merge(part.sketch());
      }
      part.facts()
          .forEach(
              (name, value) -> {
                String before = facts.putIfAbsent(name, value);
                if (before != null && name.startsWith(Written.ROWS)) {
                  facts.put(name, Long.toString(Long.parseLong(before) + Long.parseLong(value)));
                } else if (before != null && !before.equals(value)) {
                  throw new IllegalStateException(
                      "fact " + name + " is " + before + " and " + value);
                }
              });
    }
    files.sort(Comparator.comparing(DataFile::location));
    letterFiles.sort(Comparator.comparing(DataFile::location));
    Written all =
        new Written(files, letterFiles, in, kept, letters, filtered, facts).replaced(replaced);
    // Of some of the rows only, it would be wrong of the whole.
    return sketch.rows() == kept ? all.sketch(sketch) : all;
  }
}

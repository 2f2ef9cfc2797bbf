package dev.headwater.upsert;

import dev.headwater.sketch.TableSketch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;

/**
 * Windows that are complete, with all that was written of them, and rows of earlier ones that came
 * late.
 *
 * @param replaced the windows whose rows in the table go: from their start to their end
 * @param rows how many rows are in the files
 * @param late how many of them are of windows that were replaced before
 */
record Ripe(
    TreeMap<Long, Long> replaced, List<DataFile> files, long rows, long late, TableSketch sketch)
    implements Serializable {
  private static final long serialVersionUID = 1;

  static Ripe of(Map<Long, Long> replaced, List<WindowPart> complete, List<WindowPart> late) {
    List<DataFile> files = new ArrayList<>();
    TableSketch sketch = new TableSketch();
    List<WindowPart> all = new ArrayList<>(complete);
    all.addAll(late);
    for (WindowPart part : all) {
      files.addAll(part.files());
      sketch.merge(part.sketch());
    }
    return new Ripe(new TreeMap<>(replaced), files, rows(all), rows(late), sketch);
  }

  private static long rows(List<WindowPart> parts) {
    return parts.stream().mapToLong(WindowPart::rows).sum();
  }

  /** Windows that follow each other as one. */
  TreeMap<Long, Long> spans() {
    return TakenWindows.joined(replaced);
  }
}

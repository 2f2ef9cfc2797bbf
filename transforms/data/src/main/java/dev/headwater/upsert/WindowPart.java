package dev.headwater.upsert;

import dev.headwater.sketch.TableSketch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;

/**
 * What a bundle wrote of one window of event time: finished data files, not yet committed.
 *
 * @param start of the window, milliseconds since 1970
 * @param end the first millisecond after it
 * @param sketch what the columns of the files' rows hold
 */
record WindowPart(long start, long end, List<DataFile> files, long rows, TableSketch sketch)
    implements Serializable {
  private static final long serialVersionUID = 1;

  WindowPart {
    files = new ArrayList<>(files);
  }
}

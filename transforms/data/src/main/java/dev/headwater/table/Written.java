package dev.headwater.table;

import dev.headwater.sketch.TableSketch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;

/**
 * What one worker wrote for one group: finished files of the table and of its letters, not yet
 * committed, and where the rows went.
 *
 * @param in rows read
 * @param kept rows in {@code files}
 * @param letters rows in {@code letterFiles}
 * @param filtered rows left out on purpose
 * @param facts what else the snapshot's summary is to say, by name; those that begin with {@value
 *     #ROWS} are numbers, and add up
 * @param sketch what the columns of the kept rows hold; null where it was not taken
 * @param replaced files of the table that go, and rows of theirs that are in {@code files} again
 */
public record Written(
    List<DataFile> files,
    List<DataFile> letterFiles,
    long in,
    long kept,
    long letters,
    long filtered,
    Map<String, String> facts,
    @Nullable TableSketch sketch,
    Replaced replaced)
    implements Serializable {
  static final String ROWS = "rows_";

  public Written {
    files = new ArrayList<>(files);
    letterFiles = new ArrayList<>(letterFiles);
    facts = new HashMap<>(facts);
  }

  /** Without a sketch, beside the table's files, which all stay. */
  public Written(
      List<DataFile> files,
      List<DataFile> letterFiles,
      long in,
      long kept,
      long letters,
      long filtered,
      Map<String, String> facts) {
    this(files, letterFiles, in, kept, letters, filtered, facts, null, Replaced.NONE);
  }

  /** With what the columns of the kept rows hold. */
  public Written sketch(TableSketch taken) {
    return new Written(files, letterFiles, in, kept, letters, filtered, facts, taken, replaced);
  }

  /** With files that go. */
  public Written replaced(Replaced those) {
    return new Written(files, letterFiles, in, kept, letters, filtered, facts, sketch, those);
  }

  /** Rows of a stage without letters. */
  public static Written of(List<DataFile> files, long in, long kept, long filtered) {
    return new Written(files, List.of(), in, kept, 0, filtered, Map.of());
  }

  public static Coder<Written> coder() {
    return SerializableCoder.of(Written.class);
  }
}

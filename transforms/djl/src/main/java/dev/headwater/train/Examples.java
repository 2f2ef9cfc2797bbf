package dev.headwater.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * One worker's rows for a training, in a scratch file.
 *
 * @param chunks where the rows of each hash range lie, in the order they were written
 * @param dictionaries for each input that is a category its values by code, else an empty list
 * @param rows in the file
 */
public record Examples(
    String path,
    List<Chunk> chunks,
    List<List<String>> dictionaries,
    long rows,
    long noLabel,
    long unused)
    implements Serializable {
  public Examples {
    chunks = new ArrayList<>(chunks);
    dictionaries = new ArrayList<>(dictionaries);
  }

  /** Rows of one range, one after the other. */
  public record Chunk(int range, long offset, int rows) implements Serializable {}

  public static Coder<Examples> coder() {
    return SerializableCoder.of(Examples.class);
  }
}

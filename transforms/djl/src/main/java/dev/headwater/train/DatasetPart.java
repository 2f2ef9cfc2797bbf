package dev.headwater.train;

import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * Some of a data set's rows, as one worker left them.
 *
 * @param examples what the training would have of them
 * @param file Parquet, in the scratch folder
 */
public record DatasetPart(Examples examples, String file) implements Serializable {
  /** All of them. */
  record All(List<DatasetPart> parts) {}

  public static Coder<DatasetPart> coder() {
    return SerializableCoder.of(DatasetPart.class);
  }
}

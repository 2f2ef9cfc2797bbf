package dev.headwater.table;

import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * What one worker wrote for one of several tables, not yet committed.
 *
 * @param run the run's id, in whose folder it is
 */
public record Routed(String table, String run, Arrived arrived) implements Serializable {
  private static final long serialVersionUID = 1;

  public static Coder<Routed> coder() {
    return SerializableCoder.of(Routed.class);
  }
}

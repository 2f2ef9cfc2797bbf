package dev.headwater.table;

import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;

/** What one worker wrote for one of several tables, not yet committed. */
public record Routed(String table, Written written) implements Serializable {
  private static final long serialVersionUID = 1;

  public static Coder<Routed> coder() {
    return SerializableCoder.of(Routed.class);
  }
}

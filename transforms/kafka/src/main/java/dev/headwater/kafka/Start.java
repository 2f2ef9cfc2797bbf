package dev.headwater.kafka;

import java.io.Serializable;
import java.time.Instant;

/**
 * Where to begin a topic that was not read before. A partition that came later is read from its
 * beginning.
 */
public sealed interface Start extends Serializable {
  /** With the oldest record that is still there. */
  record Beginning() implements Start {}

  /** With what comes from now on. */
  record End() implements Start {}

  /** With the first record of this time or a later one. */
  record Time(Instant at) implements Start {}

  /** At these offsets; partitions that are not among them from their beginning. */
  record At(Offsets offsets) implements Start {}
}

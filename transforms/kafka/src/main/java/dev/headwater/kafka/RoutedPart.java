package dev.headwater.kafka;

import dev.headwater.table.Routed;
import java.io.Serializable;

/**
 * What a part brings to one of several tables.
 *
 * @param had what the table had of the topic already: rows before these offsets are not among them
 */
record RoutedPart(Routed routed, Offsets had) implements Serializable {
  private static final long serialVersionUID = 1;
}

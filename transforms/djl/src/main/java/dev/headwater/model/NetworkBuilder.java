package dev.headwater.model;

import ai.djl.nn.Block;

/** Builds a user's network. Public, with a public constructor without arguments. */
public interface NetworkBuilder {
  /**
   * A block from (rows, inputs) 32-bit floats to (rows, 1) logits, not yet initialised.
   *
   * @param inputs how many floats the encoded inputs of one row take
   */
  Block network(int inputs);
}

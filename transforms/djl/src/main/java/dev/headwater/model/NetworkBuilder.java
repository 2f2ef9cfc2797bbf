package dev.headwater.model;

import ai.djl.nn.Block;

/**
 * Builds a user's network. Public, with a public constructor without arguments.
 *
 * <p>A constant that a gradient depends on must be an array that lives as long as its rows, {@code
 * x.mul(x.getManager().create(0.5f))}: DJL frees the memory of {@code x.mul(0.5)} before PyTorch is
 * done with it.
 */
public interface NetworkBuilder {
  /**
   * A block from (rows, inputs) 32-bit floats to (rows, 1) logits, not yet initialised.
   *
   * @param inputs how many floats the encoded inputs of one row take
   */
  Block network(int inputs);
}

package dev.headwater.model;

import ai.djl.nn.Block;
import java.io.Serializable;

/**
 * Builds a user's network: a public class with a public constructor without arguments and without
 * fields, {@code MyBlock::new}, or a lambda that holds nothing. It is asked again wherever the
 * model is loaded, so it gives the same block each time.
 *
 * <p>A constant that a gradient depends on must be an array that lives as long as its rows, {@code
 * x.mul(x.getManager().create(0.5f))}: DJL frees the memory of {@code x.mul(0.5)} before PyTorch is
 * done with it.
 */
@FunctionalInterface
public interface NetworkBuilder extends Serializable {
  /**
   * A block from (rows, inputs) 32-bit floats to (rows, 1) logits, not yet initialised.
   *
   * @param inputs how many floats the encoded inputs of one row take
   */
  Block network(int inputs);
}

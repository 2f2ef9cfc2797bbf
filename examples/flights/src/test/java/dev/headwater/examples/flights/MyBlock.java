package dev.headwater.examples.flights;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.util.List;
import java.util.function.Function;

/** A deep and a straight way from the inputs to the logit, added up. */
public final class MyBlock extends ParallelBlock {
  public MyBlock(int inputs) {
    super(
        ways -> new NDList(ways.get(0).singletonOrThrow().add(ways.get(1).singletonOrThrow())),
        List.of(
            new SequentialBlock()
                .add(Linear.builder().setUnits(Math.max(8, inputs / 2)).build())
                .add((Function<NDList, NDList>) Activation::relu)
                .add(Linear.builder().setUnits(1).build()),
            Linear.builder().setUnits(1).build()));
  }
}

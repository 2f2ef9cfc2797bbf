package dev.headwater.pipelines.project;

import java.util.List;

/** A model's network. */
public sealed interface Network {
  /** Two hidden layers of 64. */
  Network DEFAULT = new Mlp(List.of(64, 64));

  /** A multilayer perceptron with these hidden layers. */
  record Mlp(List<Integer> hidden) implements Network {
    public Mlp {
      hidden = List.copyOf(hidden);
    }
  }

  /**
   * The user's own.
   *
   * @param name what builds it: a class or a static method, see {@link
   *     dev.headwater.model.UserNetwork}
   */
  record Java(String name) implements Network {}
}

package dev.headwater.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** A network's architecture: enough to build it again, never code. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = NetworkSpec.Mlp.class, name = "mlp"),
  @JsonSubTypes.Type(value = NetworkSpec.Custom.class, name = "java")
})
public sealed interface NetworkSpec extends Serializable {
  /** A multilayer perceptron with ReLU between these hidden layers and one output. */
  record Mlp(List<Integer> hidden) implements NetworkSpec {
    public Mlp {
      hidden = new ArrayList<>(hidden);
      for (int width : hidden) {
        if (width < 1) {
          throw new IllegalArgumentException("a hidden layer has at least 1 unit, not " + width);
        }
      }
    }
  }

  /**
   * The user's own.
   *
   * @param java what builds it, as {@link UserNetwork} says
   * @param code the digest of its classes as they were in training; with others it is not loaded
   */
  record Custom(String java, String code) implements NetworkSpec {
    /**
     * With its classes as they are now.
     *
     * @throws dev.headwater.catalog.HeadwaterException USAGE if there is no such network
     */
    public static Custom of(String java) {
      return new Custom(java, UserNetwork.code(java));
    }
  }
}

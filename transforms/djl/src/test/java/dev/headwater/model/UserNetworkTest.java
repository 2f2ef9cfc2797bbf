package dev.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class UserNetworkTest {
  /** A builder as a class. */
  public static final class Builder implements NetworkBuilder {
    private static final long serialVersionUID = 1;

    @Override
    public Block network(int inputs) {
      return block(1);
    }
  }

  /** A block as a class. */
  public static final class Own extends SequentialBlock {
    public Own(int inputs) {
      add(Linear.builder().setUnits(inputs).build()).add(Linear.builder().setUnits(1).build());
    }
  }

  /** One that can't be found again by its class alone. */
  public static final class Sized implements NetworkBuilder {
    private static final long serialVersionUID = 1;
    private final int size;

    public Sized() {
      this(1);
    }

    Sized(int size) {
      this.size = size;
    }

    @Override
    public Block network(int inputs) {
      return block(size);
    }
  }

  static Block block(int units) {
    return new SequentialBlock().add(Linear.builder().setUnits(units).build());
  }

  @Test
  void everyWayToNameOneGivesTheSameNetworkAgain() {
    NetworkBuilder lambda = in -> block(in - 2);
    for (NetworkBuilder way : List.of(new Builder(), Own::new, lambda)) {
      NetworkSpec spec = NetworkSpec.Custom.of(UserNetwork.name(way));
      NetworkSpec again = Json.read(Json.write(spec), NetworkSpec.class);
      assertThat(again).isEqualTo(spec);
      try (Network one = Network.create(spec, 3, Device.cpu(), 7)) {
        Map<String, Tensor> weights = one.weights();
        try (Network loaded = Network.load(again, 3, Device.cpu(), weights)) {
          float[] rows = new float[Network.BATCH * 3];
          rows[1] = 2;
          assertThat(loaded.infer(rows)).isEqualTo(one.infer(rows));
        }
      }
    }
    assertThat(UserNetwork.name(new Builder())).isEqualTo(Builder.class.getName());
    assertThat(UserNetwork.name(Own::new)).isEqualTo(Own.class.getName());
    assertThat(UserNetwork.name(UserNetworkTest::block))
        .isEqualTo(getClass().getName() + "::block");
    assertThat(UserNetwork.name(lambda)).startsWith(getClass().getName() + "::lambda$");
  }

  @Test
  void whatOnlyThisProcessKnowsIsRefused() {
    int units = Integer.parseInt("1");
    refused(() -> UserNetwork.name(in -> block(units)), "uses values from around it", "into the");
    refused(() -> UserNetwork.name(new Sized(2)), "has fields", "make them constants");
    refused(
        () ->
            UserNetwork.name(
                new NetworkBuilder() {
                  private static final long serialVersionUID = 1;

                  @Override
                  public Block network(int inputs) {
                    return block(1);
                  }
                }),
        "Cannot make an object of class",
        "make it public");
  }

  @Test
  void whatIsNoNetworkIsRefused() {
    refused(() -> UserNetwork.check("java.lang.String"), "is no network", "implements Network");
    refused(
        () -> UserNetwork.check(getClass().getName() + "::wide"),
        "has no static method wide from int to Block",
        "a lambda's is the compiler's");
    refused(() -> UserNetwork.check("java.lang.System::exit"), "no static method exit", "name");
    refused(
        () -> Network.create(custom(UserNetworkTest::block), 2, Device.cpu(), 1),
        "makes [(4096, 2)] of 4096 rows",
        "one unit a row");
    refused(
        () -> Network.create(custom(in -> fail()), 2, Device.cpu(), 1),
        "Cannot build network",
        "IllegalStateException: no layers");
  }

  @Test
  void otherCodeThanInTrainingIsRefused() {
    NetworkSpec.Custom spec = custom(new Builder());
    assertThatThrownBy(
            () ->
                Network.load(
                    new NetworkSpec.Custom(spec.java(), "0" + spec.code().substring(1) + "x"),
                    3,
                    Device.cpu(),
                    Map.of()))
        .hasMessageContaining("its code is not what the model was trained with")
        .hasMessageContaining("train the model again")
        .extracting(e -> ((HeadwaterException) e).kind())
        .isEqualTo(Kind.REFUSED);
  }

  private static Block fail() {
    throw new IllegalStateException("no layers");
  }

  private static NetworkSpec.Custom custom(NetworkBuilder builder) {
    return NetworkSpec.Custom.of(UserNetwork.name(builder));
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String what, String fix) {
    assertThatThrownBy(call)
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining(what)
        .hasMessageContaining(fix)
        .extracting(e -> ((HeadwaterException) e).kind())
        .isEqualTo(Kind.USAGE);
  }
}

package dev.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EncodingTest {
  @Test
  void putsPlainPartsFirstAndLevelsBehindThem() {
    Encodings encodings =
        Encodings.of(
            List.of(
                new Encoding.Numeric("hour", 2, 2, false, List.of(0.0, 2.0, 4.0)),
                new Encoding.Categorical("airport", true, List.of("ABQ", "JFK")),
                new Encoding.Numeric("delay", 10, 5, true, List.of())));
    assertThat(encodings.plain()).isEqualTo(1 + 4 + 2);
    assertThat(encodings.width()).isEqualTo(7 + 3);

    double[][] values = {{4, 3, -0.0}, {1, -1, Double.NaN}, {Double.NaN, 12.5, 1e9}};
    float[] rows = encodings.encode(values, 3, 4);

    assertThat(rows)
        .containsExactly(
            1, 0, 1, 0, 0, 0, 1, 0, 0, 1, //
            0.5f, 0, 0, 1, 0, 0.5f, 0, 0, 0, 0, //
            -1, 0, 0, 0, 1, 5, 0, 1, 0, 0, //
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void travelsAsJson() {
    ModelDescription description =
        new ModelDescription(
            1,
            new TrainSpec(
                "late",
                List.of(ModelInput.column("a\"b")),
                "delay > 15",
                new SplitBy("date", "2001-05-01", "2001-06-01"),
                new NetworkSpec.Mlp(List.of(64, 64)),
                Hyperparameters.DEFAULT,
                java.util.Map.of("rows", "flights@1")),
            "{}",
            List.of(
                new Encoding.Numeric("a", 0.1, 1e-300, true, List.of(1.0)),
                new Encoding.Categorical("b", false, List.of("x"))),
            "00",
            java.util.Map.of("java", "17"));
    String json = Json.write(description);
    assertThat(Json.read(json, ModelDescription.class)).isEqualTo(description);
    assertThat(Json.write(Json.read(json, ModelDescription.class))).isEqualTo(json);
  }
}

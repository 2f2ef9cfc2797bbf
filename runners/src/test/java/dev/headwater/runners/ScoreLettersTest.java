package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import dev.headwater.model.NetworkBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that can't be scored are letters of the scores. */
final class ScoreLettersTest {
  private static final String YAML =
      """
      project: shop
      sources:
        files: data/rides.csv
        new_files: data/today.csv
      tables:
        rides: {from: files, time: at}
        today: {from: new_files, time: at}
      features:
        recent: {from: today, key: zone, time: at, windows: [3h], values: {n: count(*)}}
      models:
        late:
          rows: rides
          time: at
          inputs: {share: 100 / (minutes - 50), minutes: minutes}
          label: minutes > 20
          split: {by: at, train_until: 2026-01-03, holdout_until: 2026-01-04}
          network: {java: "dev.headwater.runners.ScoreLettersTest$Far"}
          training: {epochs: 1}
      scores:
        scored: {model: late@champion, rows: today}
      """;

  /** Gives no number where an input is as far away as it gets. */
  public static final class Far implements NetworkBuilder {
    private static final long serialVersionUID = 1;

    @Override
    public Block network(int inputs) {
      return new SequentialBlock()
          .add(new LambdaBlock(Far::broken, "broken"))
          .add(Blocks.batchFlattenBlock())
          .add(Linear.builder().setUnits(1).build());
    }

    private static NDList broken(NDList in) {
      NDArray x = in.singletonOrThrow();
      NDArray far = x.abs().gte(4.9f).toType(x.getDataType(), false);
      return new NDList(x.add(far.neg().add(1f).pow(-1f)).sub(1f));
    }
  }

  @Test
  void rowsThatCantBeScoredAreLettersOfTheScores(@TempDir Path folder) throws IOException {
    TestProject shop = new TestProject(folder);
    shop.yaml(YAML);
    StringBuilder rides = new StringBuilder("id,at,minutes\n");
    for (int i = 1; i <= 72; i++) {
      rides.append(
          String.format(
              Locale.ROOT, "%d,2026-01-0%dT%02d:30:00,%d%n", i, 1 + (i - 1) / 24, i % 24, i % 30));
    }
    Files.writeString(folder.resolve("data/rides.csv"), rides);
    Files.writeString(
        folder.resolve("data/today.csv"),
        """
        id,at,zone,minutes
        100,2026-01-04T01:00:00,a,12
        101,2026-01-04T02:00:00,,50
        102,2026-01-04T03:00:00,b,9000
        103,2026-01-04T04:00:00,b,25
        """);
    assertThat(shop.headwater("run")).as(shop.said()).isZero();
    assertThat(shop.said()).contains("2 letters", "1 values, 1 without key or time");

    assertThat(shop.headwater("head", "scored")).as(shop.said()).isZero();
    assertThat(shop.said()).contains("100", "103").doesNotContain("101", "102");
    assertThat(shop.headwater("letters", "scored")).as(shop.said()).isZero();
    assertThat(shop.said())
        .containsPattern("today +-1 +expression .*\"id\":101")
        .containsPattern("today +-1 +not_finite +probability +NaN .*\"id\":102")
        .contains("In `100 / (minutes - 50)`", "the network gives no finite number");
    assertThat(shop.headwater("letters", "scored", "summary")).as(shop.said()).isZero();
    assertThat(shop.said()).containsPattern("not_finite +1").contains("50.00%");
    Path to = folder.resolve("letters.json");
    assertThat(shop.headwater("letters", "scored", "export", "--to", to.toString())).isZero();
    assertThat(Files.readAllLines(to)).hasSize(2);
    assertThat(shop.said()).doesNotContain("replay");
    assertThat(shop.headwater("letters", "scored", "replay")).isEqualTo(2);
    assertThat(shop.said())
        .contains("made of table/today, model/late", "headwater run scored makes its rows and its");
    assertThat(shop.headwater("why-row", "scored", "--key", "id=101")).as(shop.said()).isZero();
    assertThat(shop.said()).contains("it is a letter", "headwater run scored tries it again");

    // Of rows that are fine by now no letter stays.
    Files.writeString(
        folder.resolve("data/today.csv"), "id,at,zone,minutes\n100,2026-01-04T01:00:00,a,7\n");
    assertThat(shop.headwater("run")).as(shop.said()).isZero();
    assertThat(shop.headwater("letters", "scored", "-o", "json")).as(shop.said()).isZero();
    assertThat(shop.said()).contains("\"letters\" : 0");

    // Without any good row nothing is committed.
    Files.writeString(
        folder.resolve("data/today.csv"), "id,at,zone,minutes\n101,2026-01-04T01:00:00,a,50\n");
    assertThat(shop.headwater("run")).as(shop.said()).isEqualTo(3);
    assertThat(shop.said()).contains("Nothing was committed", "In `100 / (minutes - 50)`");
    assertThat(shop.headwater("head", "scored")).as(shop.said()).isZero();
    assertThat(shop.said()).contains("100");
  }
}

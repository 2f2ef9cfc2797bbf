package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The rows that a model was trained on, in a file that others read. */
final class DatasetIT extends RidesProject {
  private static final String YAML =
      """
      project: shop
      sources:
        files: data/*.parquet
      tables:
        rides: {from: files, time: moment}
      features:
        towns: {from: rides, key: town, windows: [7d], values: {n: count(*)}}
      models:
        tips:
          rows: rides
          inputs: {town: {view: towns, key: town}, fare: fare, hour: extract(hour from moment)}
          label: tip > 8
          split: {train_until: 2001-06-18, holdout_until: 2001-06-28}
          training: {epochs: 1, device: cpu}
      """;

  private JsonNode dataset(String file, String... more) throws Exception {
    String[] verb = new String[more.length + 6];
    System.arraycopy(new String[] {"dataset", "tips", "--to", file, "-o", "json"}, 0, verb, 0, 6);
    System.arraycopy(more, 0, verb, 6, more.length);
    runs(verb);
    String said = project.said();
    return new ObjectMapper().readTree(said.substring(said.lastIndexOf("\n{") + 1));
  }

  private long rows(String file, String where) throws Exception {
    return count("select count(*) from '" + folder.resolve(file) + "' where " + where);
  }

  @Test
  void itIsWhatTheTrainingHad() throws Exception {
    rides("a", 0, 3_000);
    project.yaml(YAML);
    runs("run", "towns", "rides");
    JsonNode before = dataset("before.parquet");
    assertThat(before.get("as_trained").asBoolean()).isFalse();

    runs("run", "tips");
    // What comes later is in no version.
    rides("b", 10_000, 500);
    runs("run", "towns", "rides");
    runs("dataset", "tips", "-o", "train.parquet");
    assertThat(project.said()).contains("of tips@1 in").contains("the rows that it was trained on");
    JsonNode whole = dataset("train.csv");
    assertThat(whole.get("data_digest")).isEqualTo(before.get("data_digest"));
    assertThat(whole.get("rows").asLong())
        .isEqualTo(whole.get("rows_train").asLong() + whole.get("rows_holdout").asLong())
        .isEqualTo(rows("train.parquet", "true"))
        .isEqualTo(rows("train.csv", "true"));
    assertThat(rows("train.parquet", "split = 'train'"))
        .isEqualTo(whole.get("rows_train").asLong());

    String file = "'" + folder.resolve("train.parquet") + "'";
    String rides = "'" + folder.resolve("data/a.parquet") + "'";
    // The label, the split, an input that is computed, and the view as of each row's time.
    assertThat(
            count(
                "select count(*) from (select moment, town, fare, label, split, hour,"
                    + " coalesce(town__n_7d, 0) from "
                    + file
                    + " except all select moment, town, fare, tip > 8, case when moment <"
                    + " timestamp '2001-06-18' then 'train' else 'holdout' end, hour(moment),"
                    + " case when town is null then 0 else (select count(*) from "
                    + rides
                    + " k where k.town = r.town and k.moment < r.moment and k.moment >= r.moment -"
                    + " interval 7 day) end from "
                    + rides
                    + " r where tip is not null and moment < timestamp '2001-06-28')"))
        .isZero();
    assertThat(rows("train.csv", "label is null or split is null")).isZero();

    assertThat(dataset("some.parquet", "--sample", "100", "--split", "holdout").get("rows").asInt())
        .isEqualTo(100);
    dataset("again.parquet", "--sample", "100", "--split", "holdout");
    assertThat(
            count(
                "select count(*) from (select * from '"
                    + folder.resolve("some.parquet")
                    + "' except all select * from '"
                    + folder.resolve("again.parquet")
                    + "')"))
        .isZero();
    assertThat(rows("some.parquet", "split = 'train'")).isZero();
    assertThat(dataset("now.csv", "--current").get("rows").asLong())
        .isGreaterThan(whole.get("rows").asLong());
    refusals();
  }

  private void refusals() throws Exception {
    long size = Files.size(folder.resolve("train.csv"));
    refused("dataset", "tips", "-o", "train.csv");
    assertThat(project.said()).contains("already").contains("--force");
    refused("dataset", "tips", "-o", "train.xlsx");
    assertThat(project.said()).contains("neither .parquet nor .csv");
    refused("dataset", "tips");
    assertThat(project.said()).contains("Where to?");
    refused("dataset", "tips@7", "-o", "x.csv");
    assertThat(project.said()).contains("has no version '7'");
    runs("dataset", "tips", "-o", "train.csv", "--force");
    assertThat(Files.size(folder.resolve("train.csv"))).isEqualTo(size);
    project.yaml(YAML.replace("tip > 8", "tip > 9"));
    refused("dataset", "tips@1", "-o", "x.csv");
    assertThat(project.said()).contains("differently now (label changed)").contains("--current");
    // How it learns decides no row.
    project.yaml(YAML.replace("epochs: 1", "epochs: 2"));
    runs("dataset", "tips@1", "-o", "x.csv");
    try (var left = Files.list(folder)) {
      assertThat(left.map(Path::toString)).noneMatch(name -> name.contains("/.x.csv"));
    }
  }
}

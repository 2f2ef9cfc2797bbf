package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeclarationsTest {
  private static final Path FLIGHTS = Path.of("../examples/flights");

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  @Test
  void commentsOrderSpacesAndSpellingDoNotCount() throws IOException {
    String text = Files.readString(FLIGHTS.resolve("headwater.yaml"));
    String other =
        text.replaceAll("(?m) +#.*$", "")
            .replace("avg(delay)", "AVG( delay )")
            .replace("delay > 15\n", "delay  >   15\n")
            .replace(
                "{by: date, train_until: 2001-05-01, holdout_until: 2001-06-01}",
                "{holdout_until: 2001-06-01, train_until: 2001-05-01}")
            .replace(
                "      distance: distance\n      hour: extract(hour from date)\n",
                "      hour: EXTRACT(HOUR FROM date)\n      distance: distance\n");
    assertThat(other).isNotEqualTo(text);
    Project one = project(text);
    Project two = project(other);
    for (Target target : one.targets()) {
      assertThat(Declarations.hash(two, target)).isEqualTo(Declarations.hash(one, target));
    }
  }

  @Test
  void whatItSaysCounts() throws IOException {
    String text = Files.readString(FLIGHTS.resolve("headwater.yaml"));
    Project one = project(text);
    changed(one, text.replace("[64, 64]", "[64, 32]"), "model/late");
    changed(
        one,
        text.replace("origin, }", "x")
            .replace("[3h, 24h, 7d]\n    values: *", "[3h, 24h]\n    values: *"),
        "features/nation_delays");
    changed(one, text.replace("by: week", "by: day"), "monitor/late_drift");
    changed(one, text.replace("data/*.parquet", "more/*.parquet"), "table/flights");
  }

  @Test
  void theContractsContentCounts() throws IOException {
    String text = Files.readString(FLIGHTS.resolve("headwater.yaml"));
    Project one = project(text);
    Target flights = one.target("flights");
    String before = Declarations.hash(one, flights);
    Path contract = folder.resolve("contracts/flights.yaml");
    Files.writeString(contract, Files.readString(contract) + "\n# a comment\n");
    assertThat(Declarations.hash(one, flights)).isEqualTo(before);
    Files.writeString(contract, Files.readString(contract) + "\nmore: x\n");
    assertThat(Declarations.hash(one, flights)).isNotEqualTo(before);
  }

  @Test
  void anExplainedProjectIsTheSameProject() throws IOException {
    Project project = project(Files.readString(FLIGHTS.resolve("headwater.yaml")));
    String explained = Explain.of(project);
    assertThat(project(explained)).isEqualTo(project);
    assertThat(Explain.of(project, project.target("model/late")))
        .isEqualTo(
            """
            models:
              late:
                rows: flights
                time: date
                inputs:
                  distance: distance
                  hour: extract(hour from date)
                  nation: {view: nation_delays, key: []}
                  origin: {view: airport_delays, key: [origin]}
                  weekday: extract(dow from date)
                label: delay > 15
                split: {by: date, train_until: 2001-05-01, holdout_until: 2001-06-01}
                network: {mlp: [64, 64]}
                gates: [auc > baseline.auc]
                training:
                  seed: %d
                  epochs: %d
                  batch: %d
                  rate: %s
                  decay: %s
                  device: auto
            """
                .formatted(
                    Training.DEFAULT.seed(),
                    Training.DEFAULT.epochs(),
                    Training.DEFAULT.batch(),
                    Training.DEFAULT.rate(),
                    Training.DEFAULT.decay()));
  }

  @Test
  void derivedTablesAreTheSameInJavaAndExplained() throws IOException {
    String yaml =
        """
        project: p
        sources: {t_file: data/*.parquet}
        tables:
          t: {from: t_file}
          g: {sql: "select k, count(*) as n from t group by k", time: k, partition: day(k)}
        """;
    Project file = project(yaml);
    ProjectBuilder p = Project.named("p").in(folder);
    p.table("t", dev.headwater.pipelines.project.Files.parquet("data/*.parquet"));
    p.sql("g", "select k, count(*) as n from t group by k").time("k").partition(Partition.day("k"));
    assertThat(p.build()).isEqualTo(file);
    DerivedDecl made = Objects.requireNonNull(file.derived().get("g"));
    assertThat(made.query()).as("parsed once").isSameAs(made.query());

    Project explained = project(Explain.of(file));
    Target g = file.target("table/g");
    assertThat(Declarations.json(explained, g)).isEqualTo(Declarations.json(file, g));
    assertThat(file.needs(g)).containsExactly(file.target("t"));
    changed(file, yaml.replace("count(*)", "COUNT( * )"), "nothing");
    changed(file, yaml.replace("count(*)", "count(k)"), "table/g");
  }

  private void changed(Project one, String other, String only) throws IOException {
    Project two = project(other);
    for (Target target : one.targets()) {
      assertThat(Declarations.hash(two, target).equals(Declarations.hash(one, target)))
          .as(target.toString())
          .isEqualTo(!target.toString().equals(only));
    }
  }

  private Project project(String text) throws IOException {
    Path contract = folder.resolve("contracts/flights.yaml");
    if (!Files.exists(contract)) {
      Files.createDirectories(contract.getParent());
      Files.copy(FLIGHTS.resolve("contracts/flights.yaml"), contract);
    }
    return ProjectFile.parse(folder, "headwater.yaml", text);
  }
}

package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.Question;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project that trains on a table of another one, where it is. */
final class ForeignTablesIT {
  private static final Target LATE = new Target(Target.Kind.MODEL, "late");

  private static final String OWNER =
      SmallFlights.YAML.substring(0, SmallFlights.YAML.indexOf("features:"));

  private static final String READER =
      """
      project: reader
      catalogs:
        theirs:
          uri: jdbc:sqlite:%1$s/.headwater/catalog.db
          warehouse: %1$s/.headwater/warehouse
          catalog-name: default
          access: %2$s
      sources:
        flights: {table: theirs.flights.flights, time: date}
      features:
        airport_delays:
          from: flights
          key: origin
          known: date + interval '6' hour
          windows: [24h]
          values: {flights: count(*)}
      models:
        late:
          rows: flights
          where: date < '2001-03-01'
          inputs: {origin: {view: airport_delays}, distance: distance}
          label: delay > 15
          split: {by: date, train_until: 2001-02-01, holdout_until: 2001-03-01}
          network: {mlp: [4]}
          training: {device: cpu, epochs: 1}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  private static List<String> done(RunReport report) {
    return report.stages().stream()
        .peek(
            stage -> {
              if (stage.failure() != null) {
                throw new AssertionError(stage.target() + " failed", stage.failure());
              }
            })
        .filter(stage -> stage.status() == StageResult.Status.DONE)
        .map(stage -> stage.target().toString())
        .toList();
  }

  @Test
  void itIsReadWhereItIsAndKeptWhereItMayBe() {
    SmallFlights owner = SmallFlights.in(folder.resolve("owner")).yaml(OWNER);
    owner.run();
    long snapshot = Objects.requireNonNull(owner.snapshots().get("flights"));
    SmallFlights reader = SmallFlights.empty(folder.resolve("reader"));

    reader.yaml(READER.formatted(owner.folder(), "read"));
    assertThat(done(reader.tried(LaunchOptions.DEFAULT, event -> {})))
        .containsExactly("features/airport_delays", "model/late");
    assertThat(done(reader.tried(LaunchOptions.DEFAULT, event -> {}))).isEmpty();
    Set<String> refs = owner.catalog(c -> Set.copyOf(c.load(owner.ref("flights")).refs().keySet()));
    assertThat(refs).containsExactly("main");
    String detail =
        reader.registry(r -> r.models().find("reader", "late", 1).orElseThrow().detail());
    assertThat(detail).contains("\"unpinned\":[\"theirs.flights.flights\"]");
    try (Launcher launcher = reader.open(LaunchOptions.DEFAULT)) {
      assertThat(
              launcher
                  .ask(new Question.Trace(LATE, null, null, Question.Scope.NOW))
                  .blocks()
                  .toString())
          .contains("theirs.flights.flights@" + Long.toString(snapshot).substring(0, 4))
          .contains("not kept here: theirs.flights.flights");
    }

    reader.yaml(READER.formatted(owner.folder(), "write").replace("[4]", "[5]"));
    assertThat(done(reader.tried(LaunchOptions.DEFAULT, event -> {}))).contains("model/late");
    long tagged =
        owner
            .catalog(
                c -> Objects.requireNonNull(c.load(owner.ref("flights")).snapshot("model/late/2")))
            .snapshotId();
    assertThat(tagged).isEqualTo(snapshot);
    assertThat(owner.snapshots().get("flights")).isEqualTo(snapshot);
  }

  @Test
  void whatCannotBeTaggedIsCopiedAndTrainedAgainFromTheCopy() {
    SmallFlights owner = SmallFlights.in(folder.resolve("owner")).yaml(OWNER);
    owner.run();
    SmallFlights reader = SmallFlights.empty(folder.resolve("reader"));
    String yaml = READER.formatted(owner.folder(), "read\n    pin: copy");
    // Only the rows are theirs: a view is a table of the reader's own.
    reader.yaml(yaml.replace("origin: {view: airport_delays}, ", ""));
    assertThat(done(reader.tried(LaunchOptions.DEFAULT, event -> {}))).contains("model/late");
    String detail =
        reader.registry(r -> r.models().find("reader", "late", 1).orElseThrow().detail());
    assertThat(detail).doesNotContain("unpinned");
    TableRef copy = TableRef.of("reader", "late__pins");
    reader.catalog(
        c -> {
          assertThat(c.load(copy).refs()).containsKey("model/late/1");
          assertThat(c.load(copy).schema().columns()).hasSizeLessThan(5);
          return copy;
        });

    long gone = Objects.requireNonNull(owner.snapshots().get("flights"));
    owner.catalog(
        c -> {
          Table theirs = c.load(owner.ref("flights"));
          theirs.newDelete().deleteFromRowFilter(Expressions.alwaysTrue()).commit();
          theirs.expireSnapshots().expireSnapshotId(gone).commit();
          assertThat(c.load(owner.ref("flights")).snapshot(gone)).isNull();
          return theirs;
        });
    try (Launcher launcher = reader.open(LaunchOptions.DEFAULT)) {
      Answer replayed = launcher.replay(LATE, null, Progress.NONE);
      assertThat(replayed.blocks().toString()).contains("data equal").contains("weights equal");
      assertThat(replayed.exitStatus()).isZero();
      assertThat(
              launcher
                  .ask(new Question.Trace(LATE, null, null, Question.Scope.NOW))
                  .blocks()
                  .toString())
          .doesNotContain("not kept");
    }
  }
}

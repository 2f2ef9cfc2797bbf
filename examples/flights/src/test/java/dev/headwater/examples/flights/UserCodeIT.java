package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.PlanReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.ProjectException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The user's classes, compiled again and again: what became stale and why. Steps need the last. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class UserCodeIT {
  private static final String YAML =
      """
      project: flights
      sources:
        flights_file: data/*.parquet
      tables:
        flights:
          from: flights_file
          java: acme.Enrich
          time: date
          contract: contracts/flights.yaml
      models:
        late:
          rows: flights
          inputs:
            miles: miles
            hour: extract(hour from date)
          label: delay > 15
          split: {train_until: 2001-05-01, holdout_until: 2001-06-01}
          network: {java: acme.Net}
          training: {device: cpu, epochs: 1}
      scores:
        late_scores: {model: late@1, where: "date >= '2001-06-01'"}
      """;

  private static final String ENRICH =
      """
      package acme;
      import org.apache.beam.sdk.schemas.Schema;
      import org.apache.beam.sdk.transforms.*;
      import org.apache.beam.sdk.values.*;
      public class Enrich extends PTransform<PCollection<Row>, PCollection<Row>> {
        public PCollection<Row> expand(PCollection<Row> in) {
          Schema schema =
              Schema.builder().addFields(in.getSchema().getFields()).addDoubleField("miles").build();
          return in.apply(MapElements.into(TypeDescriptors.rows()).via(row -> add(schema, row)))
              .setRowSchema(schema);
        }
        static Row add(Schema schema, Row row) {
          double miles = Units.miles(((Number) row.getValue("distance")).doubleValue());
          return Row.withSchema(schema).addValues(row.getValues()).addValue(miles).build();
        }
      }
      """;
  private static final String UNITS =
      """
      package acme;
      class Units { static double miles(double distance) { return distance; } }
      """;
  private static final String NET =
      """
      package acme;
      import ai.djl.nn.*;
      import ai.djl.nn.core.Linear;
      import dev.headwater.model.NetworkBuilder;
      public class Net implements NetworkBuilder {
        public Block network(int inputs) {
          return new SequentialBlock()
              .add(Linear.builder().setUnits(8).build())
              .add(Activation.tanhBlock())
              .add(Linear.builder().setUnits(1).build());
        }
      }
      """;

  private static Path folder;
  private static SmallFlights flights;
  private static ClassLoader before;
  private static final Map<String, String> SOURCES = new TreeMap<>();

  @BeforeAll
  static void project(@TempDir Path made) {
    folder = made;
    before = Thread.currentThread().getContextClassLoader();
    flights =
        SmallFlights.empty(folder).yaml(YAML).flights("a.parquet", "file_row_number % 300 = 0");
    SOURCES.putAll(Map.of("Enrich", ENRICH, "Units", UNITS, "Net", NET));
  }

  @AfterAll
  static void back() {
    Thread.currentThread().setContextClassLoader(before);
  }

  @Test
  @Order(1)
  void classesThatAreNotThereAreToldBeforeAnythingRuns() {
    assertThatThrownBy(() -> flights.run())
        .isInstanceOf(ProjectException.class)
        .hasMessageContaining("headwater.yaml has 2 problems")
        .hasMessageContaining(
            "line 7  tables.flights.java: There is no class acme.Enrich on the class path. Put its"
                + " jar or folder on the class path: HEADWATER_CLASSPATH=")
        .hasMessageContaining(
            "line 18  models.late.network.java: There is no class acme.Net on the class path.");
    assertThat(flights.runs()).isZero();
  }

  @Test
  @Order(2)
  void theyAreFoundOnTheClassPath() throws IOException {
    compiled();
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.done()).containsExactly("flights", "late", "late_scores");
    assertThat(flights.rows("late_scores")).isNotEmpty();
    assertThat(flights.run().report().fresh()).isTrue();
    assertThat(flights.rows("flights"))
        .allSatisfy(r -> assertThat(r.get("miles")).hasToString(r.get("distance") + ".0"));
  }

  @Test
  @Order(3)
  void aCommentChangesNothing() throws IOException {
    SOURCES.replaceAll((name, code) -> "// A comment\n" + code.replace("{", "{ /* so\n */"));
    compiled();
    assertThat(flights.run().report().fresh()).isTrue();
  }

  @Test
  @Order(4)
  void aNewFileIsAppendedWithoutTheOldOnesBeingRead() {
    long before = flights.inFiles("true");
    flights.flights("b.parquet", "file_row_number % 30000 = 1");
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.why().get("flights")).isEqualTo("new file data/b.parquet");
    assertThat(stage(ran, "flights").rows()).isEqualTo(flights.inFiles("true") - before);
    flights.agreesWithFiles();
  }

  @Test
  @Order(5)
  void aClassThatTheTransformCallsMakesTheTableStale() throws IOException {
    change("Units", "return distance", "return distance * 2");
    assertThat(plan())
        .contains("flights: code of acme.Enrich changed", "late: flights will change");
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.why().get("flights")).isEqualTo("code of acme.Enrich changed");
    assertThat(stage(ran, "flights").rows()).isEqualTo(flights.inFiles("true"));
    flights.agreesWithFiles();
  }

  @Test
  @Order(6)
  void anotherNetworkMakesTheModelStaleAndTheOldOneUnusable() throws IOException {
    change("Net", "tanhBlock", "reluBlock");
    assertThat(plan()).contains("late: code of acme.Net changed");
    try (Launcher launcher = flights.open(LaunchOptions.DEFAULT)) {
      assertThatThrownBy(() -> launcher.replay(flights.project().target("late"), null, event -> {}))
          .hasMessageContaining("Cannot replay late@3: the project declares")
          .hasMessageContaining("differently now (code of acme.Net changed)");
    }
    List<StageResult> stages = flights.tried(LaunchOptions.DEFAULT, event -> {}).stages();
    assertThat(stages.get(1).made()).startsWith("late@4");
    // Nothing that late@1 is scored on has changed but for the table: it is another stage's turn.
    flights.yaml(YAML.replace("2001-06-01'\"", "2001-06-02'\""));
    StageResult scores = flights.tried(LaunchOptions.DEFAULT, event -> {}).stages().get(2);
    assertThat(scores.failure())
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot use network acme.Net: its code is not what the model was")
        .hasMessageContaining("train the model again");
    flights.yaml(YAML.replace("late@1", "late@champion"));
    assertThat(flights.run().done()).containsExactly("late_scores");
  }

  @Test
  @Order(7)
  void whatThrowsIsNamedAndCommitsNothing() throws IOException {
    Long snapshot = flights.snapshots().get("flights");
    change("Units", "return distance * 2", "throw new IllegalStateException(\"no unit\")");
    StageResult ingest = flights.tried(LaunchOptions.DEFAULT, event -> {}).stages().get(0);
    assertThat(ingest.failure())
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining(
            "Transform Enrich of table flights failed: java.lang.IllegalStateException: no unit"
                + " (Units.java:")
        .hasMessageContaining("nothing was committed");
    assertThat(flights.snapshots().get("flights")).isEqualTo(snapshot);
  }

  @Test
  @Order(8)
  void whatGivesNoSchemaIsToldWithItsLine() throws IOException {
    change("Enrich", ".setRowSchema(schema)", "");
    assertThatThrownBy(() -> flights.run())
        .isInstanceOf(ProjectException.class)
        .hasMessageContaining(
            "line 7  tables.flights.java: Transform Enrich of table flights gives rows without a"
                + " schema. Say what columns they have: end it with .setRowSchema(schema).");
  }

  @Test
  @Order(9)
  void aTransformThatGroupsSeesAllFilesAgain() throws IOException {
    SOURCES.put(
        "Enrich",
        ENRICH.replace(
            ".setRowSchema(schema);",
            ".setRowSchema(schema).apply(Sample.any(1_000_000)).setRowSchema(schema);"));
    SOURCES.put("Units", UNITS);
    compiled();
    flights.run();
    flights.flights("c.parquet", "file_row_number % 30000 = 1");
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.why().get("flights")).isEqualTo("new file data/c.parquet");
    assertThat(stage(ran, "flights").rows()).isEqualTo(flights.inFiles("true"));
    flights.agreesWithFiles();
  }

  @Test
  @Order(10)
  void windowsAndMultipliedRowsAreCountedAsTheyComeOut() throws IOException {
    SOURCES.put(
        "Enrich",
        ENRICH.replace(
            ".setRowSchema(schema);",
            """
            .setRowSchema(schema)
            .apply(org.apache.beam.sdk.transforms.windowing.Window.into(
                org.apache.beam.sdk.transforms.windowing.FixedWindows.of(
                    org.joda.time.Duration.standardHours(1))))
            .apply(FlatMapElements.into(TypeDescriptors.rows())
                .via(row -> java.util.List.of(row, row)))
            .setRowSchema(schema);
            """));
    compiled();
    StageResult ingest = stage(flights.run(), "flights");
    double read = flights.inFiles("true");
    assertThat(ingest.rows()).isEqualTo((long) read);
    assertThat(ingest.facts()).containsEntry("rows_read", read).containsEntry("rows_in", 2 * read);
    assertThat(flights.rows("flights")).hasSize((int) (2 * flights.inFiles(SmallFlights.KEPT)));
  }

  private static StageResult stage(SmallFlights.Ran ran, String target) {
    return ran.report().stages().stream()
        .filter(s -> s.target().name().equals(target))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> plan() {
    try (Launcher launcher = flights.open(LaunchOptions.DEFAULT)) {
      PlanReport plan = launcher.plan(flights.project().targets());
      return plan.steps().stream().map(s -> s.target().name() + ": " + s.why()).toList();
    }
  }

  private static void change(String name, String old, String now) throws IOException {
    String code = String.valueOf(SOURCES.get(name));
    assertThat(code).contains(old);
    SOURCES.put(name, code.replace(old, now));
    compiled();
  }

  /** The classes as they are now, where this thread looks for classes. */
  private static void compiled() throws IOException {
    Path out = Files.createTempDirectory(folder, "classes");
    for (Map.Entry<String, String> source : SOURCES.entrySet()) {
      Files.writeString(out.resolve(source.getKey() + ".java"), source.getValue());
    }
    try (Stream<Path> files = Files.list(out)) {
      String[] arguments =
          Stream.concat(
                  Stream.of("-d", out.toString(), "-proc:none", "-nowarn", "-cp", classPath()),
                  files.map(Path::toString).sorted())
              .toArray(String[]::new);
      assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments)).isZero();
    }
    Thread.currentThread().setContextClassLoader(loader(out));
  }

  private static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }

  private static ClassLoader loader(Path classes) throws MalformedURLException {
    return new URLClassLoader(new URL[] {classes.toUri().toURL()}, before);
  }
}

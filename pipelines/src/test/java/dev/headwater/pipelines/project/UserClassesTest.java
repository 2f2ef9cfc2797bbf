package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import dev.headwater.model.NetworkBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;

final class UserClassesTest {
  private static final String YAML =
      """
      project: p
      sources: {rows_file: data}
      tables:
        rows:
          from: rows_file
          java: STEP
          time: at
      models:
        m:
          rows: rows
          inputs: {x: x}
          label: y
          split: {train_until: 2001-05-01, holdout_until: 2001-06-01}
          network: {java: NETWORK}
      """;

  /** A transform without state. */
  public static final class Same extends PTransform<PCollection<Row>, PCollection<Row>> {
    private static final long serialVersionUID = 1;

    @Override
    public PCollection<Row> expand(PCollection<Row> rows) {
      return rows;
    }
  }

  /** A transform with state. */
  public static final class Limit extends PTransform<PCollection<Row>, PCollection<Row>> {
    private static final long serialVersionUID = 1;
    private final int rows;

    public Limit(int rows) {
      this.rows = rows;
    }

    @Override
    public PCollection<Row> expand(PCollection<Row> all) {
      return rows == 0 ? all : all.apply(org.apache.beam.sdk.transforms.Sample.any(rows));
    }
  }

  /** A transform that can't travel. */
  public static final class Holding extends PTransform<PCollection<Row>, PCollection<Row>> {
    private static final long serialVersionUID = 1;

    @SuppressWarnings({"serial", "UnusedVariable"}) // it is what is refused
    private final Thread thread = Thread.currentThread();

    @Override
    public PCollection<Row> expand(PCollection<Row> rows) {
      return rows;
    }
  }

  /** A network. */
  public static final class Net implements NetworkBuilder {
    private static final long serialVersionUID = 1;

    @Override
    public Block network(int inputs) {
      return new SequentialBlock().add(Linear.builder().setUnits(1).build());
    }
  }

  private static Project yaml(String step, String network) {
    return ProjectFile.parse(
        Path.of(""), "headwater.yaml", YAML.replace("STEP", step).replace("NETWORK", network));
  }

  private static ProjectBuilder java(
      PTransform<PCollection<Row>, PCollection<Row>> step, NetworkBuilder network) {
    ProjectBuilder p = Project.named("p");
    var rows = p.table("rows", Files.parquet("data")).time("at").apply("Same", step);
    p.model("m", rows)
        .input("x", "x")
        .label("y")
        .split(Splits.by("at").trainUntil("2001-05-01").holdoutUntil("2001-06-01"))
        .network(network);
    return p;
  }

  @Test
  void theSameComesFromYamlAndFromJava() {
    Project yaml = yaml(Same.class.getName(), Net.class.getName());
    Project java = java(new Same(), new Net()).build();
    assertThat(java).isEqualTo(yaml);
    for (String target : List.of("table/rows", "model/m")) {
      assertThat(Declarations.hash(java, java.target(target)))
          .isEqualTo(Declarations.hash(yaml, yaml.target(target)));
    }
    assertThat(yaml.check(Map.of())).isEmpty();
    assertThat(Explain.of(yaml))
        .contains("java: [\"" + Same.class.getName() + "\"]")
        .contains("network: {java: \"" + Net.class.getName() + "\"}");
    assertThat(ProjectFile.parse(Path.of(""), "headwater.yaml", Explain.of(yaml))).isEqualTo(yaml);
  }

  @Test
  void theCodeStandsInTheDeclaration() {
    Project project = java(new Same(), in -> new Net().network(in)).build();
    assertThat(Declarations.json(project, project.target("rows")))
        .contains("\"code\":{\"" + Same.class.getName() + "\":\"");
    assertThat(Declarations.json(project, project.target("m")))
        .containsPattern("\"code\":\\{\"[\\w.]*UserClassesTest::lambda\\$[^\"]*\":\"[0-9a-f]{64}");
  }

  @Test
  void stateCountsToo() {
    Project three = java(new Limit(3), new Net()).build();
    String declared = Declarations.json(three, three.target("rows"));
    assertThat(declared).contains("\"state of its transforms\"");
    Project again = java(new Limit(3), new Net()).build();
    assertThat(Declarations.json(again, again.target("rows"))).isEqualTo(declared);
    Project four = java(new Limit(4), new Net()).build();
    assertThat(Declarations.json(four, four.target("rows"))).isNotEqualTo(declared);
    assertThat(Explain.of(three)).contains(Limit.class.getName() + "(...)");
    assertThatThrownBy(() -> ProjectFile.parse(Path.of(""), "headwater.yaml", Explain.of(three)))
        .hasMessageContaining("tables.rows.java: '" + Limit.class.getName() + "(...)'")
        .hasMessageContaining("can only be declared in Java");
  }

  @Test
  void whatIsNotThereOrDoesNotFitIsAProblemWithItsLine() {
    assertThat(yaml("com.acme.No", "com.acme.Net").check(Map.of()).stream().map(Object::toString))
        .containsExactly(
            "line 6  tables.rows.java: There is no class com.acme.No on the class path. Put its jar"
                + " or folder on the class path: HEADWATER_CLASSPATH=my.jar headwater run, or"
                + " declare the project in a main of your own that has it.",
            "line 14  models.m.network.java: There is no class com.acme.Net on the class path. Put"
                + " its jar or folder on the class path: HEADWATER_CLASSPATH=my.jar headwater run,"
                + " or declare the project in a main of your own that has it.");
    String limit = Limit.class.getName();
    assertThat(yaml("java.lang.String", "java.lang.String").check(Map.of()).toString())
        .contains("Class java.lang.String is no Beam transform", "Let it extend PTransform")
        .contains("java.lang.String is no network", "implements NetworkBuilder");
    assertThat(yaml(limit, Net.class.getName()).check(Map.of()).toString())
        .contains("Cannot make an object of class " + limit, "Make it public");
    assertThat(yaml(Holding.class.getName(), Net.class.getName()).check(Map.of()).toString())
        .contains("holds a java.lang.Thread, which is not serializable", "Make that serializable");
  }

  @Test
  void javaIsToldAllAtOnce() {
    int units = Integer.parseInt("1");
    assertThatThrownBy(
            () ->
                java(
                        new Holding(),
                        in -> new SequentialBlock().add(Linear.builder().setUnits(units).build()))
                    .build())
        .isInstanceOf(ProjectException.class)
        .hasMessageContaining("2 problems")
        .hasMessageContaining("tables.rows.java: ")
        .hasMessageContaining("models.m.network: A lambda in ")
        .hasMessageContaining("uses values from around it, which no other process has");
  }

  @Test
  void whatIsNoNameIsToldWhenItIsRead() {
    assertThatThrownBy(() -> yaml("com.acme.", "com.acme.Net"))
        .hasMessageContaining("line 6  tables.rows.java: 'com.acme.' names no class");
    assertThatThrownBy(() -> yaml("A", "com acme"))
        .hasMessageContaining("models.m.network.java: 'com acme' names no class");
    assertThatThrownBy(() -> yaml("A", "B, mlp: 3"))
        .hasMessageContaining("models.m.network.mlp: is beside java. Write one of them.");
  }
}

package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

final class ProjectFileTest {
  private static final Path FLIGHTS = Path.of("../examples/flights");
  private static final String SMALL =
      """
      project: p
      sources: {files: data/*.parquet}
      tables:
        t: {from: files, time: at}
      features:
        v: {from: t, key: k, windows: [3h], values: {n: count(*)}}
      models:
        m:
          rows: t
          inputs: {v: {view: v}, x: x}
          label: y > 1
          split: {train_until: 2001-05-01, holdout_until: 2001-06-01}
      scores:
        s: {model: m}
      monitors:
        d: {current: s}
      """;

  @Test
  void readsTheExample() {
    Project project = ProjectFile.read(FLIGHTS);
    assertThat(project.name()).isEqualTo("flights");
    assertThat(project.tables().get("flights"))
        .isEqualTo(
            new TableDecl(
                "flights",
                "flights_file",
                List.of(),
                "date",
                List.of(Partition.month("date")),
                "contracts/flights.yaml"));
    assertThat(project.features().get("nation_delays"))
        .isEqualTo(
            new ViewDecl(
                "nation_delays",
                "flights",
                List.of(),
                "date",
                "date + interval '12' hour",
                List.of(new Window("3h"), new Window("24h"), new Window("7d")),
                Map.of(
                    "flights", "count(*)",
                    "mean_delay", "avg(delay)",
                    "late_share", "share(delay > 15)")));
    ModelDecl late = Targets.of(project.models(), "late");
    assertThat(late.inputs())
        .containsEntry("origin", new Input.View("airport_delays", List.of("origin")))
        .containsEntry("nation", new Input.View("nation_delays", List.of()))
        .containsEntry("hour", new Input.Of("extract(hour from date)"));
    assertThat(late.split().trainUntil()).isEqualTo(LocalDateTime.of(2001, 5, 1, 0, 0));
    assertThat(late.gates()).containsExactly(new Gate("auc", ">", "baseline.auc", 0));
    assertThat(project.targets())
        .extracting(Target::toString)
        .containsExactly(
            "table/flights",
            "features/airport_delays",
            "features/nation_delays",
            "model/late",
            "score/late_scores",
            "monitor/late_drift");
  }

  @Test
  void fillsInWhatIsLeftOut() {
    Project project = parse(SMALL);
    assertThat(project.features().get("v"))
        .extracting(ViewDecl::time, ViewDecl::known)
        .containsExactly("at", "at");
    ModelDecl model = Targets.of(project.models(), "m");
    assertThat(model.inputs()).containsEntry("v", new Input.View("v", List.of("k")));
    assertThat(model.split().by()).isEqualTo("at");
    assertThat(model.training()).isEqualTo(Training.DEFAULT);
    assertThat(project.scores().get("s"))
        .isEqualTo(new ScoreDecl("s", new ModelRef("m", "champion"), "t", "at", null));
    assertThat(project.monitors().get("d"))
        .isEqualTo(
            new MonitorDecl(
                "d", new ModelRef("m", "champion"), "s", MonitorDecl.Period.WEEK, 0.2, null));
  }

  @Test
  void saysAllMistakesAtOnceInTheOrderOfTheirLines() {
    problems(
            """
            project: p
            sources: {files: data/*.parquet}
            tables:
              t: {from: fles, time: at, partiton: day(at)}
            features:
              v: {from: t, windows: [3 hours], values: {n: count(*)}}
            models:
              m:
                rows: tt
                time: at
                inputs: {v: {view: w}}
                label: y > 1
                split: {train_until: 2001-05-32, holdout_until: 2001-06-01}
                network: [64, 64]
            """)
        .hasMessage(
            """
            headwater.yaml has 7 problems:
              line 4  tables.t.partiton: unknown key 'partiton'. Did you mean 'partition'? \
            There are from, sql, java, time, partition, contract, write, key, order, delete, tombstones, remember, route, schema, commit, letters, resources, owner, description, tags, catalog, maintain, \
            properties, sort.
              line 4  tables.t.from: no source 'fles'. Did you mean 'files'? There is files.
              line 6  features.v.windows: '3 hours' is not a window. \
            Write a number and s, m, h, d or w: 3h, 24h, 7d.
              line 9  models.m.rows: no table 'tt'. Did you mean 't'? There is t.
              line 11  models.m.inputs.v.view: no feature view 'w'. Did you mean 'v'? There is v.
              line 13  models.m.split.train_until: '2001-05-32' is not a date. \
            Write it as yyyy-mm-dd.
              line 14  models.m.network: must be a mapping (names and values), not a list""");
  }

  @Test
  void namesTheNearestName() {
    problems(SMALL.replace("from: files", "from: file"))
        .hasMessage(
            """
            headwater.yaml has 1 problem:
              line 4  tables.t.from: no source 'file'. Did you mean 'files'? There is files.""");
    problems(SMALL.replace("model: m", "model: mm"))
        .hasMessageContaining("line 14  scores.s.model: no model 'mm'. Did you mean 'm'?");
  }

  @Test
  void refusesDuplicates() {
    problems(
            SMALL.replace(
                "  t: {from: files, time: at}", "  t: {from: files, time: at}\n  t: {from: files}"))
        .hasMessageContaining("line 5  tables.t: is there twice, first in line 4");
  }

  @Test
  void refusesTwoTablesOfOneName() {
    problems(
            SMALL.replace("  s: {model: m}", "  T: {model: m}").replace("current: s", "current: T"))
        .hasMessageContaining("line 14  scores.T: makes a table of the same name as tables.t.");
    problems(SMALL.replace("  d: {", "  t__letters: {"))
        .hasMessageContaining(
            "monitors.t__letters: is also the name of the dead letters of table t.");
  }

  @Test
  void refusesWhatNeedsItself() {
    problems(
            SMALL
                .replace("rows: t\n", "rows: s\n    time: at\n")
                .replace("s: {model: m}", "s: {model: m, rows: t, time: at}"))
        .hasMessageContaining("needs itself: ");
  }

  @Test
  void readsHowATableIsWritten() {
    Project project =
        ProjectFile.parse(
            Path.of(""),
            "headwater.yaml",
            SMALL.replace("from: files", "from: files, write: upsert, key: id, order: at"));
    assertThat(Targets.of(project.tables(), "t").write()).isEqualTo(Write.upsert("id").order("at"));
  }

  @Test
  void refusesAWayToWriteThatIsNotWhole() {
    problems(SMALL.replace("from: files", "from: files, write: upsrt"))
        .hasMessageContaining("tables.t.write: 'upsrt' is none of mirror, append, replace,")
        .hasMessageContaining("Did you mean 'upsert'?");
    problems(SMALL.replace("from: files", "from: files, write: upsert"))
        .hasMessageContaining("tables.t.key: is missing: an upsert needs one. Write key: <the");
    problems(SMALL.replace("from: files", "from: files, key: [a, a], order: b"))
        .hasMessageContaining("tables.t.key: is for upserts only. Write write: upsert")
        .hasMessageContaining("tables.t.order: is for upserts only")
        .hasMessageContaining("tables.t.key: 'a' is there twice");
    problems(SMALL.replace("from: files", "from: files, write: overwrite"))
        .hasMessageContaining("tables.t.write: overwrite replaces partitions, and there are none.");
  }

  @Test
  void readsHowFilesAreWritten() {
    SourceDecl plain =
        Objects.requireNonNull(
            parse(SMALL.replace("data/*.parquet", "data/*.tsv.gz")).sources().get("files"));
    assertThat(plain.format().kind()).isEqualTo(SourceFormat.Kind.CSV);
    assertThat(plain.format().delimiter()).isEqualTo('\t');
    assertThat(plain.form()).isEqualTo(List.of("data/*.tsv.gz"));

    Project project =
        parse(
            SMALL.replace(
                "files: data/*.parquet",
                "files: {files: in, format: csv, header: false, delimiter: ';', quote: none,"
                    + " encoding: windows-1252, nulls: [NA], others: ignore, columns: {id: long,"
                    + " day: {type: date, format: dd.MM.yyyy},"
                    + " place: 'struct<town: string, n: int>'}}"));
    SourceFormat format = Objects.requireNonNull(project.sources().get("files")).format();
    assertThat(format)
        .isEqualTo(
            SourceFormat.of(SourceFormat.Kind.CSV)
                .header(false)
                .delimiter(';')
                .quotes((char) 0, (char) 0)
                .encoding("windows-1252")
                .nulls(List.of("", "NA"))
                .ignoreOthers(true)
                .columns(
                    List.of(
                        new SourceColumn("id", "long", null),
                        new SourceColumn("day", "date", "dd.MM.yyyy"),
                        new SourceColumn("place", "struct<town: string, n: int>", null))));
    assertThat(parse(Explain.of(project)).sources()).isEqualTo(project.sources());

    problems(SMALL.replace("files: data/*.parquet", "files: {files: a.csv, columns: {x: lung}}"))
        .hasMessageContaining("sources.files.columns.x: 'lung' is no type. Write long, double");
    problems(SMALL.replace("files: data/*.parquet", "files: {files: a.csv, delimiter: ab}"))
        .hasMessageContaining("'ab' is not one character of ASCII");
  }

  @Test
  void readsWhereFilesInAStoreAre() {
    Project project =
        parse(
            SMALL.replace(
                "files: data/*.parquet",
                "files: {files: 's3://lake/in/*.csv', row: 64MiB, storage: {s3.endpoint:"
                    + " 'http://s3:9000', s3.secret-access-key: {secret: env/KEY}}}"));
    SourceDecl source = Objects.requireNonNull(project.sources().get("files"));
    assertThat(source.storage())
        .isEqualTo(
            Map.of("s3.endpoint", "http://s3:9000", "s3.secret-access-key.secret", "env/KEY"));
    assertThat(source.format().maxRow()).isEqualTo(64 << 20);
    assertThat(parse(Explain.of(project)).sources()).isEqualTo(project.sources());

    problems(
            SMALL.replace(
                "files: data/*.parquet",
                "files: {files: 's3://b/*.csv', storage: {s3.secret-access-key: abc}}"))
        .hasMessageContaining("sources.files.storage.s3.secret-access-key: is a secret");
    problems(SMALL.replace("files: data/*.parquet", "files: {files: a.csv, row: 64}"))
        .hasMessageContaining("'64' is no length of a row. Write 64MiB");
  }

  @Test
  void refusesSourcesThatAreNotThereYet() {
    problems(SMALL.replace("files: data/*.parquet", "files: {jdbc: clicks}"))
        .hasMessageContaining("sources.files.jdbc: a source of kind 'jdbc' is not supported yet");
    problems(SMALL.replace("data/*.parquet", "data/a.xlsx"))
        .hasMessageContaining("'data/a.xlsx': spreadsheets are not supported. Save it as CSV.");
    problems(SMALL.replace("data/*.parquet", "https://b/a.parquet"))
        .hasMessageContaining("'https://b/a.parquet' is neither a local path nor an object in a")
        .hasMessageContaining("Write s3://bucket/folder/*.csv, or load the file into a folder");
  }

  @Test
  void showsTheQuotingOfAnExpressionThatYamlCuts() {
    problems(SMALL.replace("s: {model: m}", "s: {model: m, where: x in ('a', 'b')}"))
        .hasMessageContaining("line 14  it is not YAML: ")
        .hasMessageEndingWith("quote it: where: \"x in ('a', 'b')\"");
    problems(SMALL.replace("s: {model: m}", "s: {model: m, where: x in (1, 2)}"))
        .hasMessage(
            """
            headwater.yaml has 1 problem:
              line 14  scores.s.where: YAML ends this expression at a comma or bracket, \
            after `x in (1`. Quote it: where: "x in (1, 2)\"""");
    problems(SMALL.replace("label: y > 1", "label: y = ' #1'"))
        .hasMessageContaining(
            "line 11  models.m.label: YAML ends this expression at a #, after `y = '`. "
                + "Quote it: label: \"y = ' #1'\"");
    problems(SMALL.replace("label: y > 1", "label: y = 'a: b'"))
        .hasMessageContaining("line 11  it is not YAML: ")
        .hasMessageContaining("quote it: label: \"y = 'a: b'\"");
    problems(SMALL.replace("label: y > 1", "label: 'a' = y"))
        .hasMessageContaining("quote it: label: \"'a' = y\"");
    problems(SMALL.replace("label: y > 1", "label: [y] = 1")).hasMessageContaining("line 11");
    problems(SMALL.replace("label: y > 1", "label: y > > 1"))
        .hasMessageContaining("models.m.label: cannot read `y > > 1` as an expression");
  }

  @Test
  void readsTextsThatOtherYamlMistakes() {
    Project project = parse(SMALL.replace("time: at", "time: on").replace("key: k", "key: no"));
    assertThat(Targets.of(project.tables(), "t").time()).isEqualTo("on");
    assertThat(Targets.of(project.features(), "v").key()).containsExactly("no");
  }

  @Test
  void boundsHostileFiles() {
    problems("a: ".repeat(1) + "[".repeat(5000)).hasMessageContaining("nested more than 20 deep");
    problems("a: &a x\nb: [" + "*a, ".repeat(60) + "]")
        .hasMessageContaining("more than 50 aliases");
    problems("project: p\n# " + "x".repeat(1_100_000))
        .hasMessageContaining("more than 1000000 characters");
    problems("!!javax.script.ScriptEngineManager [x]").hasMessageContaining("it is not a mapping");
    problems("").hasMessageContaining("it is empty");
  }

  @Test
  void saysThatThereIsNoProject(@org.junit.jupiter.api.io.TempDir Path empty) {
    assertThatThrownBy(() -> ProjectFile.read(empty))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot read")
        .hasMessageContaining("Fix: name a folder that has a headwater.yaml");
  }

  static Project parse(String text) {
    return ProjectFile.parse(FLIGHTS, "headwater.yaml", text);
  }

  static AbstractThrowableAssert<?, ? extends Throwable> problems(String text) {
    return assertThatThrownBy(() -> parse(text)).isInstanceOf(ProjectException.class);
  }
}

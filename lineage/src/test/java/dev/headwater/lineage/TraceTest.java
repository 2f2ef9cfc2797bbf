package dev.headwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
  private final Facts facts = RunIndex.of(Flights.all());

  private Trace late() {
    return Trace.back(facts, Trace.find(facts, "late"));
  }

  @Test
  void oneLineLeadsFromTheModelToTheFile() {
    String id = Flights.trained().runId().toString().substring(0, 4);

    assertThat(late().line())
        .isEqualTo(
            "late@1 <- train "
                + id
                + "… <- airport_delays@7710…08, flights@5822…41"
                + " <- data/flights-3m.parquet sha256 9c1f…");
  }

  @Test
  void theTreeShowsEveryStepAndWhatIsSharedOnce() {
    String text = late().text(80);

    assertThat(text.lines().map(l -> l.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "RUN")))
        .containsExactly(
            "late@1  auc 0.6912, log_loss 0.4321",
            "└─ train RUN  2026-11-21 04:00:33",
            "   ├─ airport_delays@7710…08  2,999,871 rows",
            "   │  └─ features RUN  2026-11-21 04:00:11",
            "   │     └─ flights@5822…41  2,999,997 rows",
            "   │        └─ ingest RUN  2026-11-21 04:00:04…",
            "   │           └─ data/flights-3m.parquet  3,000,000 rows  13,493,022 bytes",
            "   └─ flights@5822…41  (see above)",
            "late@1",
            "  sha256 " + Flights.MODEL_SHA,
            "data/flights-3m.parquet",
            "  sha256 " + Flights.FILE_SHA);
    assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    assertThat(late().text(100)).contains("kept 2999997");
  }

  @Test
  void programsGetNodesAndEdgesOnce() {
    JsonNode json = Schemas.parse(late().json());

    assertThat(json.path("versions").findValuesAsText("label"))
        .containsExactlyInAnyOrder("late", "airport_delays", "flights", "data/flights-3m.parquet");
    assertThat(json.path("runs").findValuesAsText("stage"))
        .containsExactlyInAnyOrder("train", "features", "ingest");
    assertThat(json.path("edges")).hasSize(7);
    assertThat(json.path("versions").findValuesAsText("sha256")).contains(Flights.FILE_SHA);
  }

  @Test
  void dotIsAGraphInTheDatasDirection() {
    assertThat(late().dot())
        .startsWith("digraph trace {")
        .contains("[shape=box, label=\"flights@5822…41\"]")
        .contains("label=\"flights.train.late ")
        .contains("\"" + Flights.trained().runId() + "\" -> \"models://flights | late@1\";")
        .endsWith("}\n");
  }

  @Test
  void impactLeadsFromTheFileToTheScores() {
    Trace impact = Trace.impact(facts, Trace.find(facts, "data/flights-3m.parquet"));

    assertThat(impact.text(100))
        .contains("flights@5822…41")
        .contains("late@1")
        .contains("late_scores@3391…77");
    assertThat(impact.line())
        .startsWith("data/flights-3m.parquet sha256 9c1f… -> flights@5822…41 -> ")
        .contains("late_scores@3391…77");
  }

  @Test
  void aVersionIsFoundByItsNameInEachFormThatIsShown() {
    for (String name :
        List.of("flights", "flights@5822000000000000041", "flights@5822…41", "flights@5822")) {
      assertThat(Trace.find(facts, name).version()).isEqualTo("5822000000000000041");
    }
    assertThat(Trace.find(facts, "data/flights-3m.parquet@9c1f").sha256())
        .isEqualTo(Flights.FILE_SHA);
  }

  @Test
  void whatIsNotKnownIsSaidWithWhatIs() {
    assertThatThrownBy(() -> Trace.find(facts, "late@7"))
        .isInstanceOf(LineageException.class)
        .hasMessage("No run is known that read or wrote late at 7. Fix: take one of: late@1.");
    assertThatThrownBy(() -> Trace.find(facts, "lake"))
        .isInstanceOf(LineageException.class)
        .hasMessage(
            "No run is known that read or wrote lake. Fix: look for its name with: headwater runs.");
  }

  @Test
  void aCircleEnds() {
    DataSet a = Flights.table(Flights.FLIGHTS_NAME, "a").version("1").build();
    DataSet b = Flights.table(Flights.DELAYS_NAME, "b").version("1").build();
    Facts circle =
        RunIndex.of(List.of(done(1, List.of(a), List.of(b)), done(2, List.of(b), List.of(a))));

    assertThat(Trace.back(circle, a).text(80)).contains("a@1  (see above)");
    assertThat(Trace.impact(circle, a).text(80)).contains("a@1  (see above)");
    assertThat(Schemas.parse(Trace.back(circle, a).json()).path("edges")).hasSize(4);
  }

  @Test
  void appendsStandSideBySideHoweverManyThereAre() {
    List<RunFacts> runs = new ArrayList<>();
    int appends = 20_000;
    for (int i = 1; i <= appends; i++) {
      DataSet file =
          DataSet.file(DataSetName.of("file", "/data/" + i), "data/" + i).sha256("f" + i).build();
      DataSet.Builder out = Flights.table(Flights.FLIGHTS_NAME, "flights").snapshot(i);
      out.base(i == 1 ? null : Integer.toString(i - 1));
      runs.add(done(i, List.of(file), List.of(out.build())));
    }
    Facts appended = RunIndex.of(runs);
    long start = System.nanoTime();
    Trace trace = Trace.back(appended, Trace.find(appended, "flights"));

    assertThat(trace.text(80))
        .contains("flights@20000")
        .contains("extends flights@19999")
        .contains("… and 19994 earlier versions");
    assertThat(Schemas.parse(trace.json()).path("runs")).hasSize(appends);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(2));
  }

  @Test
  void aVersionThatNobodyIsKnownToHaveWrittenSaysSo() {
    DataSet model = Flights.model().version("9").build();

    assertThat(Trace.back(RunIndex.of(List.of()), model).text(80))
        .isEqualTo("late@9  (no run is known that wrote it)\n");
  }

  private static RunFacts done(int n, List<DataSet> inputs, List<DataSet> outputs) {
    return RunFacts.run(Flights.id(n), JobName.of("p", "ingest", "t"), Flights.T0)
        .inputs(inputs)
        .outputs(outputs)
        .ended(RunFacts.Status.COMPLETED, Flights.T0.plusSeconds(n))
        .build();
  }
}

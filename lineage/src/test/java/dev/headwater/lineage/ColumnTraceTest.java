package dev.headwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ColumnTraceTest {
  private static final List<DataSet.Field> SCORES =
      List.of(DataSet.Field.of("late_probability", "double"), DataSet.Field.of("day", "date"));
  private static final DataSetName SCORES_NAME = DataSetName.location("/data/w/late_scores");

  private static DataSet scores() {
    return Flights.table(SCORES_NAME, "late_scores")
        .schema(SCORES)
        .column(
            "late_probability",
            List.of(
                ColumnSource.transformation(
                    Flights.model().build().name(), "late_probability", "score")))
        .column("day", List.of(ColumnSource.transformation(Flights.FLIGHTS_NAME, "date", "day")))
        .snapshot(3391000000000000077L)
        .build();
  }

  private static RunFacts trained() {
    return Flights.training()
        .outputs(
            List.of(
                Flights.model()
                    .column(
                        "late_probability",
                        List.of(
                            ColumnSource.transformation(
                                Flights.DELAYS_NAME, "mean_delay_24h", "train")))
                    .version("1")
                    .build()))
        .ended(RunFacts.Status.COMPLETED, Flights.T0.plusSeconds(33))
        .build();
  }

  private static RunFacts scored(DataSet output) {
    return Flights.run(34, "score", "late_scores")
        .inputs(
            List.of(
                Flights.model().version("1").build(),
                Flights.flights().snapshot(5822000000000000041L).build()))
        .outputs(List.of(output))
        .ended(RunFacts.Status.COMPLETED, Flights.T0.plusSeconds(36))
        .build();
  }

  private static Facts facts(DataSet scores) {
    return RunIndex.of(List.of(Flights.ingested(), Flights.featured(), trained(), scored(scores)));
  }

  private static Set<String> columns(ColumnTrace trace, String label) {
    return trace.stops().stream()
        .filter(stop -> stop.version().label().equals(label))
        .findFirst()
        .orElseThrow()
        .columns()
        .keySet();
  }

  @Test
  void aPredictionLeadsBackToTheRawColumns() {
    Facts facts = facts(scores());
    ColumnTrace trace =
        Trace.back(facts, Trace.find(facts, "late_scores")).columns("late_probability");

    assertThat(columns(trace, "late")).containsExactly("late_probability");
    assertThat(columns(trace, "airport_delays")).containsExactly("mean_delay_24h");
    assertThat(columns(trace, "flights")).containsExactly("date", "delay");
    assertThat(columns(trace, "data/flights-3m.parquet")).containsExactly("delay");
    assertThat(trace.text(80))
        .contains("<- late  late_probability  (score)")
        .contains("<- flights  delay  (avg(delay) over 24 h)")
        .contains("delay\n    as in data/flights-3m.parquet");
    assertThat(trace.text(80).lines()).allSatisfy(l -> assertThat(l).hasSizeLessThan(81));
  }

  @Test
  void aRawColumnLeadsForwardToWhatItHasAPartIn() {
    Facts facts = facts(scores());
    Trace impact = Trace.impact(facts, Trace.find(facts, "flights"));

    assertThat(columns(impact.columns("delay"), "late_scores")).containsExactly("late_probability");
    assertThat(columns(impact.columns("date"), "late_scores"))
        .containsExactly("day", "late_probability");
    assertThat(impact.columns("origin").stops()).hasSize(1);
  }

  @Test
  void whatDecidesWhichRowsThereAreHasAPartInAllColumns() {
    DataSet filtered =
        Flights.table(SCORES_NAME, "late_scores")
            .schema(SCORES)
            .columns(
                java.util.Map.of(),
                List.of(
                    ColumnSource.indirect(
                        Flights.FLIGHTS_NAME, "origin", "FILTER", "origin = 'A'")))
            .snapshot(3391000000000000077L)
            .build();
    Facts facts = facts(filtered);
    Trace impact = Trace.impact(facts, Trace.find(facts, "flights"));

    assertThat(columns(impact.columns("origin"), "late_scores"))
        .containsExactly("day", "late_probability");
    assertThat(columns(Trace.back(facts, filtered).columns("day"), "flights"))
        .containsExactly("origin");
  }

  @Test
  void whereATransformHidesColumnsAllOfThemCount() {
    DataSet hidden =
        Flights.table(SCORES_NAME, "late_scores")
            .schema(SCORES)
            .snapshot(3391000000000000077L)
            .build();
    Facts facts = facts(hidden);
    ColumnTrace trace = Trace.impact(facts, Trace.find(facts, "flights")).columns("origin");

    assertThat(columns(trace, "late_scores")).containsExactly("day", "late_probability");
    assertThat(trace.text(80)).contains("a transform hides where they come from");
  }

  @Test
  void aColumnThatIsNotThereIsSaid() {
    Facts facts = facts(scores());
    Trace trace = Trace.back(facts, Trace.find(facts, "late_scores"));

    assertThatThrownBy(() -> trace.columns("delays"))
        .isInstanceOf(LineageException.class)
        .hasMessage(
            "late_scores@3391…77 has no column delays. Fix: take one of: day, late_probability.");
  }

  @Test
  void aMomentHasNothingOfWhatEndedLater() {
    Facts facts = facts(scores()).asOf(Flights.T0.plusSeconds(20));

    assertThat(facts.newest("late", null)).isEmpty();
    assertThat(Trace.impact(facts, Trace.find(facts, "flights")).json())
        .contains("airport_delays")
        .doesNotContain("late_scores");
  }

  @Test
  void thePageHasAllInItselfAndNothingBreaksOut() {
    DataSet odd =
        Flights.table(SCORES_NAME, "</script><script>alert(1)")
            .schema(SCORES)
            .snapshot(3391000000000000077L)
            .build();
    String page = Trace.back(facts(odd), odd).html();

    assertThat(page).contains("\\u003c/script>").doesNotContain("</script><script>alert");
    assertThat(page).doesNotContainPattern("(src|href)=").contains("default-src 'none'");
  }
}

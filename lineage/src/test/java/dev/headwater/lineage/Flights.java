package dev.headwater.lineage;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The runs of the flights example, from the file to the scored rows. */
final class Flights {
  static final Instant T0 = Instant.parse("2026-11-21T04:00:00.123456Z");
  static final String FILE_SHA = "9c1f5b0f0cf5d3f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70819";
  static final String MODEL_SHA =
      "3f9a5b0f0cf5d3f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70819";
  static final DataSetName FLIGHTS_NAME =
      DataSetName.location("file:/data/warehouse/flights/flights");
  static final DataSetName DELAYS_NAME =
      DataSetName.location("file:/data/warehouse/flights/airport_delays");
  static final RunFacts.Parent PARENT = new RunFacts.Parent(id(99), JobName.project("flights"));
  static final List<DataSet.Field> FLIGHT_FIELDS =
      List.of(
          DataSet.Field.of("date", "timestamp"),
          DataSet.Field.of("delay", "int"),
          DataSet.Field.of("origin", "string"));

  private Flights() {}

  static UUID id(int n) {
    return RunIds.of(T0.plusSeconds(n), "run " + n);
  }

  static DataSet file() {
    return DataSet.file(
            DataSetName.file(Path.of("/home/me/data/flights-3m.parquet")),
            "data/flights-3m.parquet")
        .sha256(FILE_SHA)
        .modified(T0.minusSeconds(86_400))
        .schema(FLIGHT_FIELDS)
        .statistics(new DataSet.Statistics(3_000_000L, 13_493_022L, 1L))
        .quality(
            new Quality(
                3_000_000L,
                Map.of(
                    "delay",
                    new Quality.ColumnFigures(
                        0L, 812L, 3_000_000L, 2.1e7, -1116.0, 1439.0, Map.of(0.5, -2.0))),
                List.of(
                    new Quality.Assertion(
                        "delay_is_possible",
                        "expression",
                        false,
                        "delay",
                        "error",
                        "delay > -100",
                        "0 rows",
                        "3 rows"))))
        .build();
  }

  static DataSet.Builder table(DataSetName name, String label) {
    return DataSet.table(name, label)
        .symlink(DataSetName.of("file:/data/catalog.db", "flights." + label))
        .storage(new DataSet.Storage("iceberg", "parquet"))
        .catalog(
            new DataSet.Catalog(
                "iceberg",
                "jdbc",
                "default",
                "jdbc:sqlite:/data/catalog.db",
                "file:/data/warehouse"))
        .owners(Map.of("team-air", "OWNER"))
        .tags(Map.of("tier", "gold"));
  }

  static DataSet.Builder flights() {
    return table(FLIGHTS_NAME, "flights")
        .schema(FLIGHT_FIELDS)
        .description("Flights of 2001")
        .column("delay", List.of(ColumnSource.identity(file().name(), "delay")));
  }

  static DataSet.Builder delays() {
    return table(DELAYS_NAME, "airport_delays")
        .own(
            List.of(
                OwnFacet.Features.of(
                    "flights",
                    List.of("origin"),
                    "date",
                    "date + INTERVAL '6' HOUR",
                    List.of("24h"),
                    Map.of("mean_delay", "avg(delay)"),
                    FILE_SHA)))
        .schema(
            List.of(
                DataSet.Field.of("origin", "string"), DataSet.Field.of("mean_delay_24h", "double")))
        .column(
            "mean_delay_24h",
            List.of(
                ColumnSource.aggregation(FLIGHTS_NAME, "delay", "avg(delay) over 24 h"),
                ColumnSource.indirect(FLIGHTS_NAME, "date", "WINDOW", null)));
  }

  static DataSet.Builder model() {
    return DataSet.model(DataSetName.model("flights", "late"), "late")
        .schema(List.of(DataSet.Field.of("late_probability", "double")));
  }

  static DataSet scores() {
    return table(DataSetName.location("/data/warehouse/flights/late_scores"), "late_scores")
        .schema(List.of(DataSet.Field.of("late_probability", "double")))
        .column(
            "late_probability",
            List.of(
                ColumnSource.transformation(model().build().name(), "late_probability", "score")))
        .snapshot(3391000000000000077L)
        .statistics(DataSet.Statistics.rows(502_017))
        .build();
  }

  static RunFacts.Builder run(int n, String stage, String target) {
    return RunFacts.run(id(n), JobName.of("flights", stage, target), T0.plusSeconds(n))
        .parent(PARENT)
        .engine(new RunFacts.Engine("DirectRunner", "2.70.0", "0.1.0"))
        .parameters(Map.of("runner", "direct", "db.password", "canary-1"))
        .owners(Map.of("team-air", "MAINTAINER"))
        .tags(Map.of("env", "dev"))
        .code(
            new RunFacts.SourceCode(
                "git",
                "https://git.example/flights/headwater.yaml",
                "https://git.example/flights.git",
                "headwater.yaml",
                "0123abc"));
  }

  static RunFacts.Builder ingest() {
    return run(1, "ingest", "flights")
        .facts(Map.of("kept", "2999997", "letters", "3"))
        .inputs(List.of(file()))
        .outputs(List.of(flights().build()));
  }

  static RunFacts ingested() {
    return ingest()
        .outputs(
            List.of(
                flights()
                    .snapshot(5822000000000000041L)
                    .own(
                        List.of(
                            new OwnFacet.Letters(
                                "flights__letters",
                                3,
                                List.of(
                                    new OwnFacet.Reason("min", "delay", 2),
                                    new OwnFacet.Reason("syntax", null, 1)))))
                    .statistics(DataSet.Statistics.rows(2_999_997))
                    .build()))
        .ended(RunFacts.Status.COMPLETED, T0.plusSeconds(4))
        .build();
  }

  static RunFacts featured() {
    return run(5, "features", "airport_delays")
        .inputs(List.of(flights().snapshot(5822000000000000041L).build()))
        .outputs(
            List.of(
                delays()
                    .snapshot(7710000000000000008L)
                    .statistics(DataSet.Statistics.rows(2_999_871))
                    .build()))
        .ended(RunFacts.Status.COMPLETED, T0.plusSeconds(11))
        .build();
  }

  static RunFacts.Builder training() {
    return run(12, "train", "late")
        .nominal(T0, T0.plusSeconds(3600))
        .description("Whether a flight is more than 15 minutes late")
        .inputs(
            List.of(
                delays().snapshot(7710000000000000008L).build(),
                flights().snapshot(5822000000000000041L).build()))
        .outputs(List.of(model().build()));
  }

  static RunFacts trained() {
    return training()
        .outputs(
            List.of(
                model()
                    .version("1")
                    .model(
                        ModelFacts.of(
                            MODEL_SHA,
                            Map.of("auc", 0.6912, "log_loss", 0.4321),
                            List.of(
                                new ModelFacts.Pin(
                                    FLIGHTS_NAME,
                                    "flights",
                                    "5822000000000000041",
                                    "model/late/1"))))
                    .build()))
        .ended(RunFacts.Status.COMPLETED, T0.plusSeconds(33))
        .build();
  }

  static RunFacts scored() {
    return run(34, "score", "late_scores")
        .inputs(
            List.of(model().version("1").build(), flights().snapshot(5822000000000000041L).build()))
        .outputs(List.of(scores()))
        .ended(RunFacts.Status.COMPLETED, T0.plusSeconds(36))
        .build();
  }

  static RunFacts drifted() {
    DataSet report =
        table(DataSetName.location("/data/warehouse/flights/late_drift"), "late_drift")
            .snapshot(4405000000000000012L)
            .own(
                List.of(
                    new OwnFacet.Drift(
                        "late_scores",
                        "late@1",
                        0.2,
                        List.of(
                            new OwnFacet.Distance("hour", 502, 0.31, 0.31, 0.31, true, "rows"),
                            new OwnFacet.Distance(
                                "mean", 0, Double.NaN, 0.0, 0.1, false, "sketches")))))
            .build();
    return run(37, "drift", "late_drift")
        .inputs(List.of(scores(), model().version("1").build()))
        .outputs(List.of(report))
        .ended(RunFacts.Status.COMPLETED, T0.plusSeconds(38))
        .build();
  }

  static List<RunFacts> all() {
    return List.of(ingested(), featured(), trained(), scored());
  }
}

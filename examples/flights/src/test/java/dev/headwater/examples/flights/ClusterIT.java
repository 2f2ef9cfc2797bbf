package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.KafkaBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and pipelines that send jobs to a Flink session cluster. */
final class ClusterIT {
  static final String INGEST =
      SmallFlights.YAML.substring(0, SmallFlights.YAML.indexOf("features:"));

  /** A pipeline of a user's own, with classes that no worker has. */
  private static final String SPLIT =
      """
      package acme;
      import dev.headwater.catalog.*;
      import dev.headwater.catalog.commit.Token;
      import dev.headwater.columns.RowBatch;
      import dev.headwater.rows.RowBatchCoder;
      import dev.headwater.table.*;
      import java.io.Serializable;
      import java.nio.file.Path;
      import java.util.*;
      import org.apache.beam.sdk.Pipeline;
      import org.apache.beam.sdk.options.PipelineOptionsFactory;
      import org.apache.beam.sdk.transforms.*;
      import org.apache.iceberg.PartitionSpec;
      public class Split {
        public static void main(String[] options) {
          CatalogConfig catalog = CatalogConfig.embedded(Path.of(".headwater").toAbsolutePath());
          Routes routes =
              Routes.by(catalog, "acme", "origin", Token.ofRun("split", "r1", List.of()))
                  .creating((table, schema) -> PartitionSpec.unpartitioned());
          Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(options).create());
          pipeline
              .apply(
                  ReadTable.of(catalog, TableRef.of("flights", "flights"))
                      .columns("origin", "delay")
                      .where("origin = 'ORD' or origin = 'SFO'"))
              .apply(ParDo.of(new Own(new Mine("mine"))))
              .setCoder(RowBatchCoder.of())
              .apply(Bundles.into(RouteSink.factory(routes, "r1"), Routed.coder()))
              .apply(new WriteTables(routes, Map.of()));
          pipeline.run().waitUntilFinish();
        }
        record Mine(String name) implements Serializable {}
        static class Own extends DoFn<RowBatch, RowBatch> {
          private final Mine mine;
          Own(Mine mine) { this.mine = mine; }
          @ProcessElement public void process(@Element RowBatch batch, OutputReceiver<RowBatch> out) {
            if (mine.name().equals("mine")) out.output(batch);
          }
        }
      }
      """;

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  private final FlinkCluster cluster = FlinkCluster.shared();

  @Test
  void whatWouldFailAgainIsTriedOnce() {
    SmallFlights flights =
        SmallFlights.empty(folder)
            .yaml(INGEST)
            .flights("a.parquet", SmallFlights.FORTIETH)
            .contract(SmallFlights.CONTRACT.replace("distance: {", "distance: {max: 0, "));
    List<String> before = ended();
    try (Command run = run(flights, cluster)) {
      assertThat(run.status()).as(run.output()).isEqualTo(3);
      assertThat(run.output()).contains("contract");
    }
    List<String> jobs = ended();
    jobs.removeAll(before);
    assertThat(jobs).isNotEmpty();
    assertThat(
            cluster
                .get("/jobs/" + jobs.get(0) + "/exceptions")
                .path("exceptionHistory")
                .path("entries"))
        .hasSize(1);
  }

  /** Jobs that were ended, or failed. */
  private List<String> ended() {
    List<String> jobs = new ArrayList<>(cluster.jobs("CANCELED"));
    jobs.addAll(cluster.jobs("FAILED"));
    return jobs;
  }

  @Test
  void ofTwoCommandsAtOnceOneDoesTheWorkAndOneIsToldSo() {
    SmallFlights flights = SmallFlights.empty(folder).yaml(INGEST).numbered("a.parquet");
    int jobs = cluster.get("/jobs/overview").path("jobs").size();
    try (Command one = run(flights, cluster, "--no-wait");
        Command other = run(flights, cluster, "--no-wait")) {
      Command told = one.status() == 0 ? other : one;
      assertThat(List.of(one.status(), other.status()))
          .as(one.output() + other.output())
          .containsExactlyInAnyOrder(0, 5);
      assertThat(told.output())
          .contains("Cannot run table/flights: process ", " is at it.", "Fix: ");
    }
    assertThat(cluster.get("/jobs/overview").path("jobs")).hasSize(jobs + 1);
    ClusterKillsIT.check(flights);

    // And a command that is ended ends its job.
    try (Command run = run(flights, cluster, "--force")) {
      cluster.await("a job", () -> !cluster.jobs("RUNNING").isEmpty());
      String job = cluster.jobs("RUNNING").get(0);
      run.end();
      cluster.await("its end", () -> cluster.jobs("CANCELED").contains(job));
    }
  }

  @Test
  void aTopicIntoATableOfPostgresql() throws Exception {
    KafkaBroker broker = KafkaBroker.shared();
    broker.create("clicks", 2, Map.of());
    SmallFlights clicks =
        SmallFlights.empty(folder)
            .yaml(
                """
                project: flights
                sources:
                  clicks_topic: {kafka: {servers: "%s", topic: clicks, columns: {id: long}}}
                tables:
                  clicks: {from: clicks_topic}
                """
                        .formatted(broker.servers())
                    + Postgres.catalog());
    for (int round = 1; round <= 2; round++) {
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (int id = 1_000 * (round - 1); id < 1_000 * round; id++) {
        records.add(
            new ProducerRecord<>(
                "clicks", id % 2, null, ("{\"id\":" + id + "}").getBytes(StandardCharsets.UTF_8)));
      }
      broker.send(records);
      try (Command run = run(clicks, cluster)) {
        assertThat(run.status()).as(run.output()).isZero();
      }
      String ids = "select unnest(range(0, " + 1_000L * round + ")) id";
      clicks.catalog(
          catalog -> {
            TableOracle.check(catalog.load(clicks.ref("clicks")), "id", ids);
            return true;
          });
    }
    // Workers tell what the command tells, also when their tasks have ended.
    String of = "{project=\"flights\",stage=\"ingest\",target=\"clicks\"}";
    assertThat(cluster.metric("headwater_stage_rows_total" + of)).isEqualTo(2_000);
    cluster.await("rest", () -> cluster.metric("headwater_stage_running" + of) == 0);
  }

  @Test
  void aPipelineOfTheUsersOwn() throws IOException {
    SmallFlights flights = SmallFlights.empty(folder).flights("a.parquet", SmallFlights.FORTIETH);
    flights.yaml(INGEST).run();
    String jar = UserJar.make(folder, "Split", SPLIT).toString();
    try (Command own =
        Command.java(
            folder,
            Map.of(),
            Command.classPath() + ":" + jar,
            "acme.Split",
            "--runner=FlinkRunner",
            "--flinkMaster=" + cluster.address(),
            "--parallelism=2",
            "--filesToStage=" + jar)) {
      assertThat(own.status()).as(own.output()).isZero();
    }
    for (String origin : List.of("ORD", "SFO")) {
      long rows =
          flights.catalog(
              catalog ->
                  Long.valueOf(
                      catalog
                          .load(dev.headwater.catalog.TableRef.of("acme", origin))
                          .currentSnapshot()
                          .summary()
                          .get("total-records")));
      assertThat(rows)
          .as(origin)
          .isEqualTo(flights.inFiles(SmallFlights.KEPT + " and origin = '" + origin + "'"));
    }
  }

  @Test
  void classesOfTheUsersAreSentOnce() throws IOException {
    SmallFlights flights =
        SmallFlights.empty(folder)
            .yaml(INGEST.replace("    time: date", "    java: acme.Mark\n    time: date"))
            .flights("a.parquet", "file_row_number % 3000 = 0");
    String classPath = Command.classPath() + ":" + UserJar.make(folder, "Mark", UserJar.MARK);
    try (Relay relay = Relay.to(cluster.address())) {
      long[] sent = new long[2];
      for (int i = 0; i < sent.length; i++) {
        try (Command run =
            Command.java(
                folder,
                Map.of(),
                classPath,
                "dev.headwater.runners.Headwater",
                "run",
                "--force",
                "--cluster=" + relay.address())) {
          assertThat(run.status()).as(run.output()).isZero();
        }
        sent[i] = relay.sent();
      }
      assertThat(sent[0]).isGreaterThan(5_000_000);
      assertThat(sent[1]).isLessThan(1_000_000);
    }
    assertThat(flights.rows("flights")).hasSize((int) flights.inFiles(SmallFlights.KEPT));
  }

  static Command run(SmallFlights flights, FlinkCluster cluster, String... more) {
    List<String> arguments =
        Stream.concat(Stream.of("run", "--cluster", cluster.address()), Stream.of(more)).toList();
    return Command.start(flights.folder(), Map.of(), arguments.toArray(String[]::new));
  }
}

package dev.headwater.runners;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.files.SourceFormat;
import dev.headwater.ingest.IngestFolder;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.table.AppendStream;
import dev.headwater.table.FollowTable;
import dev.headwater.table.RouteStream;
import dev.headwater.table.Routes;
import dev.headwater.upsert.DeleteStream;
import dev.headwater.upsert.OverwriteStream;
import dev.headwater.upsert.UpsertStream;
import dev.headwater.validate.Letters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.joda.time.Duration;

/**
 * Every stream into tables in one job: numbers that go on and on, each a row of each table; the
 * tables, new and empty, are in a folder.
 */
final class AllStreams {
  static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.required(2, "kind", Types.StringType.get()),
          NestedField.required(3, "at", Types.TimestampType.withoutZone()));

  /** Text may lack anything. */
  private static final Schema OF_TEXT =
      new Schema(SCHEMA.columns().stream().map(NestedField::asOptional).toList());

  static final TableRef APPENDED = TableRef.of("all", "appended");
  static final TableRef EVEN = TableRef.of("all", "routed_even");
  static final TableRef ODD = TableRef.of("all", "routed_odd");
  static final TableRef UPSERTED = TableRef.of("all", "upserted");
  static final TableRef OVERWRITTEN = TableRef.of("all", "overwritten");
  static final TableRef DELETED = TableRef.of("all", "deleted");
  static final TableRef LANDED = TableRef.of("all", "landed");
  static final TableRef COPIED = TableRef.of("all", "copied");

  /** The first window of time that is overwritten is of so many numbers. */
  static final int WINDOW = 300;

  /** How many numbers have come, in this JVM. */
  static final AtomicInteger SEEN = new AtomicInteger();

  private static final String RUN = "r1";

  private final CatalogConfig config;
  private final Path folder;

  AllStreams(Path folder) {
    this.folder = folder;
    this.config = CatalogConfig.embedded(folder);
  }

  TableCatalog catalog() {
    return TableCatalog.open(config);
  }

  void create() throws IOException {
    Files.createDirectories(folder.resolve("in"));
    try (TableCatalog catalog = catalog()) {
      for (TableRef ref : List.of(APPENDED, EVEN, ODD, UPSERTED, OVERWRITTEN, DELETED)) {
        create(catalog, ref, SCHEMA);
      }
      create(catalog, LANDED, OF_TEXT);
      create(catalog, COPIED, OF_TEXT);
      create(catalog, Letters.of(LANDED), Letters.SCHEMA);
    }
  }

  private static void create(TableCatalog catalog, TableRef ref, Schema schema) {
    catalog.create(
        ref,
        schema,
        PartitionSpec.unpartitioned(),
        SortOrder.unsorted(),
        Map.of("format-version", "3"));
  }

  /** As a user runs such a job. */
  static FlinkPipelineOptions options() {
    FlinkPipelineOptions options = Numbers.flink();
    options.setFlinkMaster(ClusterEnvironment.MASTER);
    options.setAttachedMode(false);
    options.setEnableStableInputDrain(false);
    options.setNumberOfExecutionRetries(0);
    return options;
  }

  Pipeline pipeline(FlinkPipelineOptions options, Duration every) {
    Pipeline pipeline = Pipeline.create(options);
    PCollection<Integer> numbers =
        pipeline.apply("Numbers", Read.from(new Numbers(Integer.MAX_VALUE)));
    PCollection<RowBatch> rows =
        numbers.apply("Rows", ParDo.of(new Rows())).setCoder(RowBatchCoder.of());
    try (TableCatalog catalog = catalog()) {
      Table appended = catalog.load(APPENDED);
      rows.apply(
          "Append", AppendStream.to(config, APPENDED, appended, "appended", RUN).every(every));
      Routes routes =
          Routes.by(config, "all", "kind", Token.ofRun("routed", RUN, List.of()))
              .prefixed("routed_");
      rows.apply("Route", RouteStream.by(routes, RUN).every(every));
      rows.apply(
          "Upsert",
          UpsertStream.to(config, UPSERTED, catalog.load(UPSERTED), "upserted", RUN, "id")
              .every(every));
      rows.apply(
          "Overwrite",
          OverwriteStream.to(
                  config,
                  OVERWRITTEN,
                  catalog.load(OVERWRITTEN),
                  "overwritten",
                  RUN,
                  "at",
                  FixedWindows.of(Duration.millis(WINDOW)))
              .every(every));
      numbers
          .apply("Conditions", ParDo.of(new Conditions()))
          .setCoder(StringUtf8Coder.of())
          .apply(
              "Delete",
              DeleteStream.from(config, DELETED, catalog.load(DELETED), "deleted", RUN)
                  .every(every));
      pipeline.apply(
          "Land",
          IngestFolder.into(config, LANDED, Letters.of(LANDED), "landed", RUN)
              .files(folder.resolve("in"), SourceFormat.of(SourceFormat.Kind.CSV), "*.csv")
              .settle(Duration.ZERO)
              .every(Duration.millis(100)));
      pipeline
          .apply("Follow", FollowTable.of(config, LANDED).every(Duration.millis(100)))
          .apply(
              "Copy",
              AppendStream.to(config, COPIED, catalog.load(COPIED), "copied", RUN).every(every));
    }
    return pipeline;
  }

  /** A number as a row, which is as many milliseconds old as time. */
  private static final class Rows extends DoFn<Integer, RowBatch> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<RowBatch> out) {
      SEEN.incrementAndGet();
      RowBatchBuilder row = new RowBatchBuilder(SCHEMA);
      row.append((long) number, number % 2 == 0 ? "even" : "odd", number * 1_000L);
      out.output(row.build());
    }
  }

  /** A condition for the row of a number. */
  private static final class Conditions extends DoFn<Integer, String> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<String> out) {
      out.output("id = " + number);
    }
  }
}

package dev.headwater.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.ingest.IngestFiles;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Splits;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Files are ingested into a table in S3 and read from there. */
@Isolated("counts all requests of this process")
final class TablesInS3IT {
  private static final TableRef REF = TableRef.of("demo", "rides");
  private static final int ROWS = 100_000;
  private static final Token TOKEN = Token.ofRun("rides", "r1", List.of("in"));
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "noise", Types.LongType.get()),
          Types.NestedField.optional(3, "word", Types.StringType.get()));

  private final Path folder;
  private final S3Server server = new S3Server();
  private CatalogConfig config = CatalogConfig.embedded(Path.of("unset"));

  TablesInS3IT(@TempDir Path folder) throws Exception {
    this.folder = folder;
  }

  @BeforeEach
  void start() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "key");
    config = server.in(CatalogConfig.embedded(folder.resolve("catalog")), "file/" + secret);
    Files.createDirectories(folder.resolve("in"));
    Record row = GenericRecord.create(SCHEMA);
    try (FileAppender<Record> out =
        Parquet.write(org.apache.iceberg.Files.localOutput(folder.resolve("in/a.parquet").toFile()))
            .schema(SCHEMA)
            .set("write.parquet.row-group-size-bytes", "400000")
            .createWriterFunc(GenericParquetWriter::create)
            .build()) {
      for (long i = 0; i < ROWS; i++) {
        row.set(0, i);
        row.set(1, i * 0x9E3779B97F4A7C15L);
        row.set(2, "word " + i % 1000);
        out.add(row);
      }
    }
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  private void ingest(TableCatalog catalog, Map<String, String> properties) {
    Sources sources = Sources.of(catalog.io(), SourceFiles.of(folder, "in/*.parquet"));
    Table table =
        catalog.create(
            REF, sources.schema(), PartitionSpec.unpartitioned(), SortOrder.unsorted(), properties);
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--targetParallelism=1", "--enforceImmutability=false")
                .create());
    pipeline
        .apply("ingest", IngestFiles.into(sources.groups(1 << 29, 1), table, "rides", "r1"))
        .apply("commit", CommitTable.append(config, REF, TOKEN));
    pipeline.run().waitUntilFinish();
  }

  @Test
  void rowsAreWrittenOnceAndReadInFewRequests() throws Exception {
    try (TableCatalog catalog = TableCatalog.open(config)) {
      ingest(catalog, Map.of("write.parquet.row-group-size-bytes", "400000"));
      Table table = catalog.load(REF);
      assertThat(table.location()).isEqualTo("s3://lake/warehouse/demo/rides");
      assertThat(Committer.find(REF, table, TOKEN)).isPresent();

      ByteArrayOutputStream travelling = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(travelling)) {
        out.writeObject(SerializableTable.copyOf(table));
      }
      assertThat(travelling.toString(StandardCharsets.ISO_8859_1))
          .contains("file/" + folder.resolve("secret"))
          .doesNotContain("\u0003key");

      var snapshot = Committer.find(REF, table, TOKEN).orElseThrow().snapshot().orElseThrow();
      var groups = Splits.of(table, snapshot, null, 1 << 29, 1);
      Requests.forget();
      long rows = 0;
      long sum = 0;
      for (var group : groups) {
        try (var batches = group.open(table.io(), table.schema().select("id"), null)) {
          while (batches.hasNext()) {
            RowBatch batch = batches.next();
            rows += batch.size();
            for (long id : ((LongColumn) batch.column("id")).values()) {
              sum += id;
            }
          }
        }
      }
      assertThat(rows).isEqualTo(ROWS);
      assertThat(sum).isEqualTo(ROWS * (ROWS - 1L) / 2);
      int splits = groups.stream().mapToInt(group -> group.splits().size()).sum();
      assertThat(splits).isGreaterThan(1);
      // A split asks for the footer's length, the footer, and its column; the length is known.
      assertThat(Requests.seen("GetObject")).hasSize(3 * splits);
      assertThat(Requests.seen("HeadObject")).isEmpty();
    }
  }

  @Test
  void anUploadThatFailsIsNeverCommitted() {
    try (TableCatalog catalog = TableCatalog.open(config)) {
      assertThatThrownBy(
              () -> ingest(catalog, Map.of("write.data.path", "s3://no-such-bucket/data")))
          // Or the server has said so, and hung up, before all of the file was sent.
          .satisfiesAnyOf(
              e -> assertThat(e).hasStackTraceContaining("NoSuchBucket"),
              e -> assertThat(e).hasStackTraceContaining("Error writing request body"));
      assertThat(catalog.load(REF).currentSnapshot()).isNull();
    }
  }
}

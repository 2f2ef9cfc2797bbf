package dev.headwater.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Splits;
import dev.headwater.validate.Contract;
import dev.headwater.validate.Contract.ColumnRule;
import dev.headwater.validate.ContractCheck;
import dev.headwater.validate.Letters;
import dev.headwater.validate.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IngestFilesIT {
  private static final Path FLIGHTS =
      Path.of("../../examples/flights/data").toAbsolutePath().normalize();
  private static final TableRef FLIGHTS_TABLE = TableRef.of("flights", "flights");
  private static final Contract SANE =
      Contract.of(
          List.of(ColumnRule.of("delay").type("long").asRequired().range("-120", "1500")),
          List.of());

  @TempDir private Path folder = Path.of("unset");
  private CatalogConfig config = CatalogConfig.embedded(Path.of("unset"));

  @BeforeEach
  void catalog() {
    config = CatalogConfig.embedded(folder.resolve("catalog"));
  }

  private void ingest(String run, List<SourceFile> files, Contract contract) {
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Optional<Table> there = catalog.find(FLIGHTS_TABLE);
      Sources sources = Sources.of(LocalFiles.IO, files);
      Table table =
          there.orElseGet(
              () ->
                  catalog.create(
                      FLIGHTS_TABLE,
                      sources.schema(),
                      PartitionSpec.builderFor(sources.schema()).month("date").build(),
                      SortOrder.unsorted(),
                      Map.of()));
      TableRef lettersRef = Letters.of(FLIGHTS_TABLE);
      Table letters =
          catalog
              .find(lettersRef)
              .orElseGet(
                  () ->
                      catalog.create(
                          lettersRef,
                          Letters.SCHEMA,
                          PartitionSpec.unpartitioned(),
                          SortOrder.unsorted(),
                          Map.of()));
      Pipeline pipeline =
          Pipeline.create(
              PipelineOptionsFactory.fromArgs(
                      "--targetParallelism=2", "--enforceImmutability=false")
                  .create());
      pipeline
          .apply(
              "ingest",
              IngestFiles.into(sources.groups(1 << 29, 2), table, "flights", run)
                  .checked(schema -> new ContractCheck(contract, schema, run, 0), letters))
          .apply(
              "commit",
              CommitTable.append(config, FLIGHTS_TABLE, token(run, files))
                  .letters(lettersRef)
                  .summary(Map.of(SummaryKeys.RUN, run))
                  .check(Limits.of(contract).check("flights", letters)));
      pipeline.run().waitUntilFinish();
    }
  }

  private static Token token(String run, List<SourceFile> files) {
    return Token.ofRun("flights", run, files.stream().map(SourceFile::version).toList());
  }

  @Test
  void threeMillionFlightsReachTheirTableOnceAndTheWrongOnesTheLetters() throws Exception {
    List<SourceFile> files = SourceFiles.of(FLIGHTS, "*.parquet");

    ingest("r1", files, SANE);
    ingest("r1", files, SANE);

    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table = catalog.load(FLIGHTS_TABLE);
      Committed committed = Committer.find(FLIGHTS_TABLE, table, token("r1", files)).orElseThrow();
      long kept = Long.parseLong(committed.summary().get(SummaryKeys.ROWS_KEPT));
      long letters = Long.parseLong(committed.summary().get(SummaryKeys.ROWS_LETTERS));
      assertThat(committed.summary()).containsEntry(SummaryKeys.ROWS_IN, "3000000");
      assertThat(kept + letters).isEqualTo(3_000_000);
      assertThat(letters).isPositive().isLessThan(1_000);
      assertThat(table.snapshots()).hasSize(1);
      long rows = 0;
      long least = 0;
      for (var group : Splits.of(table, committed.snapshot().orElseThrow(), null, 1 << 29, 2)) {
        try (var batches = group.open(table.io(), table.schema(), null)) {
          while (batches.hasNext()) {
            RowBatch batch = batches.next();
            rows += batch.size();
            for (long delay : ((LongColumn) batch.column("delay")).values()) {
              least = Math.min(least, delay);
            }
          }
        }
      }
      assertThat(rows).isEqualTo(kept);
      assertThat(least).isGreaterThanOrEqualTo(-120);
    }
  }

  @Test
  void aContractThatEveryRowBreaksLeavesTheTableAsItWas() {
    List<SourceFile> files = SourceFiles.of(FLIGHTS, "*.parquet");
    Contract impossible =
        Contract.of(List.of(ColumnRule.of("delay").range("100000", null)), List.of());

    assertThatThrownBy(() -> ingest("r1", files.subList(0, 1), impossible))
        .rootCause()
        .isInstanceOf(HeadwaterException.class)
        .hasMessageStartingWith("Cannot load flights: all 3000000 rows are letters. Most often: ")
        .hasMessageEndingWith("belong to this data. Nothing was committed.");

    try (TableCatalog catalog = TableCatalog.open(config)) {
      assertThat(catalog.load(FLIGHTS_TABLE).currentSnapshot()).isNull();
      assertThat(catalog.load(Letters.of(FLIGHTS_TABLE)).currentSnapshot()).isNull();
    }
  }

  @Test
  void aMissingFileIsSaidAsSuch() {
    assertThatThrownBy(() -> SourceFiles.of(folder, "none.parquet"))
        .hasMessage(
            "Cannot read "
                + folder.resolve("none.parquet")
                + ": there is no such file. Fix: check the source's path in the project file; it"
                + " begins at the project's folder.");
  }

  @Test
  void aFileThatIsNotParquetIsSaidAsSuch() throws Exception {
    Path file = Files.writeString(folder.resolve("a.parquet"), "id,name\n1,x\n2,y\n3,z\n");
    List<SourceFile> files = SourceFiles.of(folder, "a.parquet");

    assertThatThrownBy(() -> Sources.of(LocalFiles.IO, files))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageStartingWith("Cannot read " + file + ": its Parquet footer cannot be read (")
        .hasMessageEndingWith("Fix: replace the file by a whole Parquet file, or leave it out.");
  }
}

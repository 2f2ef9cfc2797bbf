package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatchBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WriteTablesIT {
  private static final Schema SCHEMA =
      new Schema(
          NestedField.optional(1, "kind", Types.StringType.get()),
          NestedField.optional(2, "id", Types.LongType.get()));

  @TempDir private Path folder = Path.of("unset");
  private CatalogConfig config;
  private TableCatalog catalog;

  @BeforeEach
  void open() {
    config = CatalogConfig.embedded(folder);
    catalog = TableCatalog.open(config);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void eachRowReachesTheTableThatItNamesOnce() throws Exception {
    // More tables than are written at a time, and rows that go to and fro between them.
    int tables = RouteSink.OPEN + 10;
    RowBatchBuilder rows = new RowBatchBuilder(SCHEMA);
    for (int i = 0; i < 4 * tables; i++) {
      rows.append("k" + i % tables, (long) i);
    }
    Table source = source("source", rows);
    Routes routes =
        Routes.by(config, "out", "kind", token("r1"))
            .creating((name, schema) -> PartitionSpec.unpartitioned());
    run(source, routes, "r1");
    run(source, routes, "r1");
    assertThat(catalog.list("out")).hasSize(tables);
    for (TableRef ref : catalog.list("out")) {
      Table table = catalog.load(ref);
      assertThat(table.snapshots()).hasSize(1);
      assertThat(table.currentSnapshot().summary())
          .containsEntry(SnapshotSummary.TOTAL_RECORDS_PROP, "4")
          .containsEntry("headwater.token", "s." + ref.name() + "/r1");
    }

    // Another sink of the same run on the same tables is another commit.
    run(source, Routes.by(config, "out", "kind", Token.ofRun("other", "r1", List.of())), "r1");
    assertThat(catalog.load(TableRef.of("out", "k0")).snapshots()).hasSize(2);
  }

  @Test
  void aTableIsMadeOnlyWhereItIsAllowed() throws Exception {
    RowBatchBuilder rows = new RowBatchBuilder(SCHEMA).append("nowhere", 1L);
    Table source = source("source", rows);
    Routes routes = Routes.by(config, "out", "kind", token("r1"));
    assertThatThrownBy(() -> run(source, routes, "r1"))
        .hasRootCauseInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot write a row to table out.nowhere, which its kind names");
    Table wrong = source("wrong", new RowBatchBuilder(SCHEMA).append("no/table", 1L));
    assertThatThrownBy(() -> run(wrong, routes, "r1"))
        .hasMessageContaining("Cannot write a row to table 'no/table'");
    Table none = source("none", new RowBatchBuilder(SCHEMA).append(null, 1L));
    assertThatThrownBy(() -> run(none, routes, "r1")).hasMessageContaining("its kind is null");
    assertThat(catalog.list("out")).isEmpty();
  }

  private static Token token(String run) {
    return Token.ofRun("s", run, List.of("in"));
  }

  private Table source(String name, RowBatchBuilder rows) throws Exception {
    Table table =
        catalog.create(
            TableRef.of("in", name),
            SCHEMA,
            PartitionSpec.unpartitioned(),
            SortOrder.unsorted(),
            Map.of());
    try (BatchWriter out = BatchWriter.open(table, "test", "setup")) {
      out.accept(rows.build());
      TablesOnDisk.append(table, out.finish());
    }
    return table;
  }

  private static void run(Table source, Routes routes, String run) {
    SnapshotRef now =
        new SnapshotRef(
            TableRef.of("in", "source"), source.uuid(), source.currentSnapshot().snapshotId());
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--targetParallelism=2", "--enforceImmutability=false")
                .create());
    pipeline
        .apply(
            "write",
            new PullGroups<>(
                "route",
                Splits.of(source, now, null, 1 << 20, 1),
                SerializableTable.copyOf(source),
                source.schema(),
                null,
                RouteSink.factory(routes, run),
                Routed.coder()))
        .apply("commit", new WriteTables(routes, Map.of()));
    pipeline.run().waitUntilFinish();
  }
}

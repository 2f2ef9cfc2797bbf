package dev.headwater.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.sketch.TableProfile;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Distribution;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of many partitions, in random order, from several groups of input. */
final class DistributionTest {
  private static final TableRef REF = TableRef.of("d", "rows");
  private static final Schema SCHEMA =
      new Schema(
          NestedField.optional(1, "town", Types.StringType.get()),
          NestedField.optional(2, "id", Types.LongType.get()));
  private static final PartitionSpec BY_TOWN =
      PartitionSpec.builderFor(SCHEMA).identity("town").build();
  private static final int GROUPS = 2;
  private static final int ROWS = 1_000;
  private static final int TOWNS = 110;

  @TempDir private Path folder = Path.of("unset");
  private CatalogConfig config = CatalogConfig.embedded(Path.of("unset"));

  @BeforeEach
  void source() throws IOException {
    config = CatalogConfig.embedded(folder.resolve("catalog"));
    Files.createDirectories(folder.resolve("in"));
    SplittableRandom random = new SplittableRandom(3);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table source =
          catalog.create(
              TableRef.of("d", "source"),
              SCHEMA,
              PartitionSpec.unpartitioned(),
              SortOrder.unsorted(),
              Map.of());
      for (int group = 0; group < GROUPS; group++) {
        RowBatchBuilder batch = new RowBatchBuilder(SCHEMA);
        for (long id = 0; id < ROWS; id++) {
          int town = random.nextInt(TOWNS + 1);
          batch.append(town == TOWNS ? null : "t" + town, group * ROWS + ROWS - id);
        }
        try (BatchWriter out = BatchWriter.open(source, "make", "g" + group)) {
          out.accept(batch.build());
          Path made = Path.of(URI.create(out.finish().get(0).location()));
          Files.move(made, folder.resolve("in/" + group + ".parquet"));
        }
      }
    }
  }

  @Test
  void withHashEachPartitionIsOneFileWhateverTheGroups() throws Exception {
    Map<String, String> hash = Map.of("write.distribution-mode", "hash");
    assertThat(ingest(SortOrder.unsorted(), hash)).hasSize(TOWNS + 1);
  }

  @Test
  void withNoneEachGroupWritesItsOwn() throws Exception {
    Map<String, String> none = Map.of("write.distribution-mode", "none");
    assertThat(ingest(SortOrder.unsorted(), none)).hasSize(GROUPS * (TOWNS + 1));
  }

  @Test
  void byDefaultRowsMeetThatHaveNoOpenFile() throws Exception {
    assertThat(ingest(SortOrder.unsorted(), Map.of()))
        .hasSizeBetween(TOWNS + 1, GROUPS * 100 + TOWNS + 1);
  }

  @Test
  void aPartitionsRowsAreInTheTablesOrder() throws Exception {
    SortOrder order = SortOrder.builderFor(SCHEMA).asc("id").build();
    Map<String, String> range = Map.of("write.distribution-mode", "range");
    List<DataFile> files = ingest(order, range);
    assertThat(files).hasSize(TOWNS + 1).allMatch(file -> file.sortOrderId() == 1);
    for (List<String> rows : rows().subList(0, 5)) {
      List<Long> ids =
          rows.stream().map(r -> Long.valueOf(r.substring(r.indexOf(' ') + 1))).toList();
      assertThat(ids).isSorted();
    }
  }

  private List<DataFile> ingest(SortOrder order, Map<String, String> properties) throws Exception {
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Sources sources =
          Sources.of(LocalFiles.IO, SourceFiles.of(folder.resolve("in"), "*.parquet"));
      Table table = catalog.create(REF, SCHEMA, BY_TOWN, order, properties);
      Spill spill = Spill.in(folder.resolve("scratch").toString(), table.io());
      Pipeline pipeline = Pipeline.create();
      pipeline
          .apply(
              IngestFiles.into(sources.groups(1, GROUPS), table, "s", "r")
                  .meeting(Distribution.of(table, spill, sources.rows(), 2)))
          .apply(CommitTable.append(config, REF, Token.ofRun("s", "r", List.of())));
      pipeline.run().waitUntilFinish();
      Table after = catalog.load(REF);
      long now = after.currentSnapshot().snapshotId();
      assertThat(TableProfile.of(after, now).column("id", 1).orElseThrow().values())
          .isEqualTo(GROUPS * ROWS);
      List<String> all = rows().stream().flatMap(List::stream).toList();
      assertThat(all).hasSize(GROUPS * ROWS).doesNotHaveDuplicates();
      List<DataFile> files = new ArrayList<>();
      try (CloseableIterable<FileScanTask> tasks = after.newScan().planFiles()) {
        tasks.forEach(task -> files.add(task.file()));
      }
      return files;
    }
  }

  /** The rows of each file; all of a file's have its partition's town. */
  private List<List<String>> rows() throws IOException {
    List<List<String>> out = new ArrayList<>();
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table = catalog.load(REF);
      SnapshotRef now = new SnapshotRef(REF, table.uuid(), table.currentSnapshot().snapshotId());
      for (SplitGroup group : Splits.of(table, now, null, 1, 1)) {
        List<String> rows = new ArrayList<>();
        try (var batches = group.open(table.io(), table.schema(), null)) {
          batches.forEachRemaining(
              batch -> {
                Values town = Values.of(batch.column(0), Types.StringType.get());
                Values id = Values.of(batch.column(1), Types.LongType.get());
                for (int row = 0; row < batch.size(); row++) {
                  rows.add(town.at(row) + " " + id.at(row));
                }
              });
        }
        assertThat(rows.stream().map(r -> r.substring(0, r.indexOf(' '))).distinct()).hasSize(1);
        out.add(rows);
      }
    }
    return out;
  }
}

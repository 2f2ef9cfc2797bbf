package dev.headwater.upsert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.compact.CompactPlan;
import dev.headwater.compact.CompactRule;
import dev.headwater.compact.CompactTable;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of format version 3 keep their ids wherever they are moved. */
final class RowLineageIT extends RewriteCase {
  /** A row's id, and the number of the commit that changed it last. */
  private record Birth(long rowId, long updated) {}

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rowsThatMoveKeepTheirIds(boolean sorted) throws Exception {
    create(PartitionSpec.unpartitioned(), 3);
    append("f1", LongStream.range(0, 100).mapToObj(id -> row(id, "old")).toList());
    append("f2", LongStream.range(100, 200).mapToObj(id -> row(id, "old")).toList());
    Map<Long, Birth> born = births();
    assertThat(born.values().stream().map(Birth::rowId).distinct()).hasSize(200);
    assertThat(of(born, 7).updated()).isLessThan(of(born, 107).updated());

    upsert("u1", List.of("id"), null, List.of(row(5, "new"), row(900, "new")), 1);
    Map<Long, Birth> now = births();
    Birth changed = Objects.requireNonNull(now.remove(5L));
    Birth came = Objects.requireNonNull(now.remove(900L));
    assertThat(changed.updated()).isEqualTo(came.updated()).isGreaterThan(of(born, 107).updated());
    born.remove(5L);
    assertThat(now).isEqualTo(born);
    now.put(5L, changed);
    now.put(900L, came);

    remove("d1", "id between 10 and 19");
    LongStream.range(10, 20).forEach(now::remove);
    assertThat(births()).isEqualTo(now);

    Table table = catalog.load(REF);
    SortOrder order =
        sorted ? SortOrder.builderFor(table.schema()).desc("id").build() : SortOrder.unsorted();
    compact("c1", order);
    assertThat(paths()).hasSize(1);
    assertThat(births()).isEqualTo(now);
    // Once more, now that the numbers are in the file.
    append("f3", List.of(row(1_000, "old")));
    now.put(1_000L, of(births(), 1_000));
    compact("c2", order);
    assertThat(births()).isEqualTo(now);
  }

  private void compact(String run, SortOrder order) {
    CompactRule rule = new CompactRule(null, order, true, 0, 1);
    CompactPlan plan = CompactPlan.of(catalog.load(REF), snapshot(), rule);
    Pipeline pipeline = pipeline();
    pipeline.apply(
        "compact",
        CompactTable.of(
                plan,
                catalog.load(REF),
                rule,
                config,
                Token.ofRun("compact.rides", run, List.of()),
                Map.of())
            .spill(folder.resolve("scratch").toString(), 2));
    execute(pipeline);
  }

  private SnapshotRef snapshot() {
    Table now = catalog.load(REF);
    return new SnapshotRef(REF, now.uuid(), now.currentSnapshot().snapshotId());
  }

  private Map<Long, Birth> births() throws IOException {
    Map<Long, Birth> out = new TreeMap<>();
    Table table = catalog.load(REF);
    Schema read = MetadataColumns.schemaWithRowLineage(table.schema().select("id"));
    for (SplitGroup group : Splits.of(table, snapshot(), null, 1 << 20, 1)) {
      try (var batches = group.open(table.io(), read, null)) {
        batches.forEachRemaining(
            batch -> {
              for (int row = 0; row < batch.size(); row++) {
                Birth birth = new Birth(at(batch, 1, row), at(batch, 2, row));
                assertThat(out.put(at(batch, 0, row), birth)).isNull();
              }
            });
      }
    }
    return out;
  }

  private static Birth of(Map<Long, Birth> all, long id) {
    return Objects.requireNonNull(all.get(id));
  }

  private static long at(RowBatch batch, int column, int row) {
    LongColumn values = (LongColumn) batch.column(column);
    assertThat(values.isNull(row)).isFalse();
    return values.values()[row];
  }
}

package dev.headwater.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.expr.Expression;
import dev.headwater.compact.CompactPlan;
import dev.headwater.compact.CompactRule;
import dev.headwater.compact.CompactTable;
import dev.headwater.sketch.SketchStatistics;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.table.ReadTable;
import dev.headwater.upsert.RemoveRows;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tables that we changed, moved to other columns and partitions, and compacted. */
final class ChangedHereIT {
  private static void allSay(String name, List<String> expected) {
    Same.rows("our", Ours.read(ReadTable.of(Lake.config(), Ours.ref(name))), expected);
    Same.rows("Spark's", Lake.spark().run("select * from default.demo." + name), expected);
    Same.rows("Flink's", Lake.flink().run("select * from `default`.demo." + name), expected);
    Same.rows("PyIceberg's", Lake.pyiceberg().run("{\"table\": \"demo." + name + "\"}"), expected);
  }

  @Test
  void rowsThatWereRemovedAndFilesThatWereCompacted() throws Exception {
    Schema schema = Samples.ALL.select("id", "dbl", "dec38", "local", "moment", "txt", "bin");
    Ours.create(
        "compacted", schema, PartitionSpec.builderFor(schema).bucket("id", 2).build(), Map.of());
    for (int file = 0; file < 4; file++) {
      Ours.append("compacted", Samples.rows(schema, file * 50, file * 50 + 50));
    }
    Table table = Lake.catalog().load(Ours.ref("compacted"));
    Pipeline removal = Ours.pipeline();
    Edit edit =
        new Edit.Rewrite(
            table.currentSnapshot().snapshotId(), List.of(), List.of(), Expressions.alwaysFalse());
    removal
        .apply(
            "Remove",
            new RemoveRows(
                table, table, Expression.parse("id % 7 = 3", table.schema()), "remove", "r"))
        .apply(
            "Commit",
            CommitTable.of(
                Lake.config(),
                Change.of(
                    Ours.ref("compacted"),
                    edit,
                    Token.ofRun("remove", "r", List.of()),
                    List.of())));
    removal.run().waitUntilFinish();
    table = Lake.catalog().load(Ours.ref("compacted"));
    SnapshotRef now =
        new SnapshotRef(Ours.ref("compacted"), table.uuid(), table.currentSnapshot().snapshotId());
    CompactRule rule = new CompactRule(null, SortOrder.unsorted(), false, 0, 2);
    CompactPlan plan = CompactPlan.of(table, now, rule);
    assertThat(plan.files()).isEqualTo(8);
    Pipeline compaction = Ours.pipeline();
    compaction.apply(
        "Compact",
        CompactTable.of(
            plan, table, rule, Lake.config(), Token.ofRun("compact", "c", List.of()), Map.of()));
    compaction.run().waitUntilFinish();

    List<@Nullable Object[]> rows = new ArrayList<>(Samples.rows(schema, 200));
    rows.removeIf(row -> row[0] instanceof Long id && id % 7 == 3);
    allSay("compacted", Told.EXACTLY.rows(schema, rows));
  }

  @Test
  void oldRowsInNewColumnsAndPartitions() throws Exception {
    Schema schema =
        new Schema(
            NestedField.required(1, "id", Types.LongType.get()),
            NestedField.optional(2, "a", Types.IntegerType.get()),
            NestedField.optional(3, "b", Types.FloatType.get()),
            NestedField.optional(
                4, "s", Types.StructType.of(NestedField.optional(5, "x", Types.IntegerType.get()))),
            NestedField.optional(6, "gone", Types.StringType.get()));
    Table table =
        Ours.create(
            "moved", schema, PartitionSpec.builderFor(schema).bucket("id", 2).build(), Map.of());
    Ours.append(
        "moved",
        List.of(
            new Object[] {1L, 1, 0.1f, new Object[] {7}, "g"},
            new @Nullable Object[] {2L, null, null, null, null}));
    table.refresh();
    table
        .updateSchema()
        .renameColumn("a", "a2")
        .updateColumn("a", Types.LongType.get())
        .updateColumn("b", Types.DoubleType.get())
        .addColumn("s", "y", Types.StringType.get())
        .renameColumn("s.x", "x2")
        .deleteColumn("gone")
        .addColumn("n", Types.DateType.get())
        .moveFirst("n")
        .commit();
    table.updateSpec().removeField("id_bucket").addField(Expressions.truncate("a2", 10)).commit();
    Ours.append(
        "moved",
        List.<@Nullable Object[]>of(
            new @Nullable Object[] {-1, 3L, 1L << 40, 0.1, new Object[] {8, "y"}}));

    table.refresh();
    allSay(
        "moved",
        Told.EXACTLY.rows(
            table.schema(),
            List.of(
                new @Nullable Object[] {
                  null, 1L, 1L, (double) 0.1f, new @Nullable Object[] {7, null}
                },
                new @Nullable Object[] {null, 2L, null, null, null},
                new Object[] {-1, 3L, 1L << 40, 0.1, new Object[] {8, "y"}})));
  }

  /** Spark's planner has our distinct counts, and counts as many itself. */
  @Test
  void distinctCountsAreSparks() throws Exception {
    Schema schema =
        new Schema(
            NestedField.required(1, "id", Types.LongType.get()),
            NestedField.optional(2, "word", Types.StringType.get()),
            NestedField.optional(3, "day", Types.DateType.get()),
            NestedField.optional(4, "price", Types.DecimalType.of(12, 2)));
    Table table = Ours.create("counted", schema, PartitionSpec.unpartitioned(), Map.of());
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      rows.add(
          new @Nullable Object[] {
            (long) i, "w" + i % 9_000, i % 365, BigDecimal.valueOf(i % 77, 2)
          });
    }
    try (BatchWriter writer = BatchWriter.open(table, "counted", "r").sketching()) {
      writer.accept(Ours.batch(schema, rows));
      Change change =
          Change.append(
              Ours.ref("counted"), Token.ofRun("counted", "r", List.of()), writer.finish());
      new Committer(Lake.catalog()).commit(change, new SketchStatistics(writer.sketch()));
    }

    // With the sketches beside it, everybody opens the table.
    allSay("counted", Told.EXACTLY.rows(schema, rows));
    Map<String, Long> ours = distinct();
    assertThat(ours).hasSize(4).containsEntry("day", 365L).containsEntry("price", 77L);
    Lake.spark().run("call default.system.compute_table_stats(table => 'demo.counted')");
    // The same sketch: an estimate is cut to a whole number there, and rounded here.
    distinct().forEach((column, count) -> assertThat(ours.get(column)).isBetween(count, count + 1));
  }

  private static Map<String, Long> distinct() {
    Map<String, Long> counts = new HashMap<>();
    for (String row : Lake.spark().run("ndv default.demo.counted")) {
      String[] parts = row.split(" ", 2);
      counts.put(parts[0], Long.valueOf(parts[1]));
    }
    return counts;
  }
}

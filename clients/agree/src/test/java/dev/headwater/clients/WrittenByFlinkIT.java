package dev.headwater.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.At;
import dev.headwater.table.ReadTable;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;

/** What Flink upserted, with its equality deletes, is read by us as Flink reads it. */
final class WrittenByFlinkIT {
  private static List<String> flink(String statement) {
    return Lake.flink().run(statement);
  }

  private static Table load(String name) {
    return Lake.catalog().load(Ours.ref(name));
  }

  private static ReadTable read(String name) {
    return ReadTable.of(Lake.config(), Ours.ref(name));
  }

  @Test
  void upsertedRowsAreTheSame() throws IOException {
    flink(
        "create table `default`.demo.upserted (id bigint, town string not null, v double, `at` timestamp_ltz(6),"
            + " primary key (id, town) not enforced) partitioned by (town)"
            + " with ('format-version'='2', 'write.upsert.enabled'='true')");
    String values = "insert into `default`.demo.upserted values ";
    String at = "cast(timestamp '2024-02-29 12:34:56.123456' as timestamp_ltz(6))";
    flink(
        values
            + "(1, 'a', 0.1, %s), (2, 'a', cast('NaN' as double), %s), (3, 'b', -0.0, cast(null as timestamp_ltz(6))), (1, 'b', 5, %s)"
                .formatted(at, at, at));
    flink(
        values
            + "(2, 'a', 22, cast(null as timestamp_ltz(6))), (9, 'c', 1e300, %s), (2, 'a', 23, %s)"
                .formatted(at, at));
    flink(
        values
            + "(1, 'b', cast(null as double), cast(null as timestamp_ltz(6))), (3, 'c', 3, %s)"
                .formatted(at));

    Set<String> kinds = new TreeSet<>();
    try (CloseableIterable<FileScanTask> tasks = load("upserted").newScan().planFiles()) {
      tasks.forEach(task -> task.deletes().forEach(file -> kinds.add(file.content().toString())));
    }
    assertThat(kinds).contains("EQUALITY_DELETES");
    for (Snapshot snapshot : load("upserted").snapshots()) {
      Same.rows(
          "our upserted",
          Ours.read(read("upserted").at(At.snapshot(snapshot.snapshotId()))),
          flink(
              "select * from `default`.demo.upserted /*+ OPTIONS('snapshot-id'='%d') */"
                  .formatted(snapshot.snapshotId())));
    }
    Same.rows(
        "our upserted where",
        Ours.read(read("upserted").columns("v", "id").where("town <> 'b' and id < 9")),
        flink("select v, id from `default`.demo.upserted where town <> 'b' and id < 9"));
    assertThat(flink("select count(*) from `default`.demo.upserted")).containsExactly("{6}");
  }
}

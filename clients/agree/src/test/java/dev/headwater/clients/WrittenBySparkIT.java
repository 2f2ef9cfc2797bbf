package dev.headwater.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.At;
import dev.headwater.table.ReadTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Spark wrote and changed is read by us as Spark reads it: each state, column and row. */
final class WrittenBySparkIT {
  private static final String ROWS =
      "id, concat('n', id %% 7) name, cast(id * 1.5 as decimal(12, 3)) price,"
          + " timestamp_micros(id * 86400000001 - 5000000000000) at,"
          + " array('a', cast(id as string), null) tags,"
          + " named_struct('x', cast(id as int), 'y', double(id) / 3) s from range(%d, %d)";

  private static List<String> spark(String statement) {
    return Lake.spark().run(statement);
  }

  private static String rows(int from, int to) {
    return ROWS.formatted(from, to);
  }

  private static Table load(String name) {
    return Lake.catalog().load(Ours.ref(name));
  }

  private static ReadTable read(String name) {
    return ReadTable.of(Lake.config(), Ours.ref(name));
  }

  /** Every state that the table ever had. */
  private static void sameHistory(String name) {
    for (Snapshot snapshot : load(name).snapshots()) {
      Same.rows(
          "our " + name + "@" + snapshot.operation(),
          Ours.read(read(name).at(At.snapshot(snapshot.snapshotId()))),
          spark(
              "select * from default.demo.%s version as of %d"
                  .formatted(name, snapshot.snapshotId())));
    }
  }

  private static void sameWhere(String name, String columns, String condition) {
    Same.rows(
        "our " + name + " where " + condition,
        Ours.read(read(name).columns(columns.split(", ")).where(condition)),
        spark("select %s from default.demo.%s where %s".formatted(columns, name, condition)));
  }

  /** By which kinds of file rows of the current state are deleted. */
  private static Set<String> deletes(String name) throws IOException {
    Set<String> kinds = new TreeSet<>();
    try (CloseableIterable<FileScanTask> tasks = load(name).newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        for (DeleteFile file : task.deletes()) {
          kinds.add(file.content() + " " + file.format());
        }
      }
    }
    return kinds;
  }

  private static void change(String name) {
    spark("insert into default.demo.%s select %s".formatted(name, rows(0, 200)));
    spark("delete from default.demo.%s where id %% 10 = 3".formatted(name));
    spark(
        "update default.demo.%s set price = price + 1, name = 'upd' where id %% 17 = 0"
            .formatted(name));
    spark(
        ("merge into default.demo.%s t using (select %s) s on t.id = s.id"
                + " when matched and s.id %% 2 = 0 then delete"
                + " when matched then update set t.name = 'm', t.tags = null, t.s = null"
                + " when not matched then insert *")
            .formatted(name, rows(150, 260)));
    spark("insert into default.demo.%s select %s".formatted(name, rows(300, 320)));
    spark(
        "delete from default.demo.%s where id between 295 and 305 or name = 'n1'".formatted(name));
  }

  @ParameterizedTest
  @CsvSource({
    "mor2, 2, parquet, merge-on-read, file, '', POSITION_DELETES PARQUET",
    "mor2p, 2, parquet, merge-on-read, partition, 'partitioned by (bucket(2, id))', POSITION_DELETES PARQUET",
    "mor3, 3, parquet, merge-on-read, file, 'partitioned by (months(at))', POSITION_DELETES PUFFIN",
    "cow, 2, parquet, copy-on-write, file, 'partitioned by (truncate(2, name))', ''",
    "cow3, 3, parquet, copy-on-write, file, '', ''",
    "avro2, 2, avro, merge-on-read, file, 'partitioned by (bucket(2, id))', POSITION_DELETES AVRO",
    "avro3, 3, avro, merge-on-read, file, '', POSITION_DELETES PUFFIN",
    "orc2, 2, orc, merge-on-read, partition, '', POSITION_DELETES ORC",
    "orc3, 3, orc, copy-on-write, file, 'partitioned by (truncate(2, name))', ''",
  })
  void changedRowsAreTheSame(
      String name,
      int version,
      String format,
      String mode,
      String granularity,
      String partitions,
      String kinds)
      throws IOException {
    spark(
        ("create table default.demo.%s (id bigint, name string, price decimal(12, 3), at timestamp,"
                + " tags array<string>, s struct<x: int, y: double>) using iceberg %s"
                + " tblproperties ('format-version' = '%d', 'write.format.default' = '%s',"
                + " 'write.delete.mode' = '%s',"
                + " 'write.update.mode' = '%s', 'write.merge.mode' = '%s',"
                + " 'write.delete.granularity' = '%s')")
            .formatted(name, partitions, version, format, mode, mode, mode, granularity));
    change(name);

    assertThat(load(name).snapshots()).hasSize(6);
    assertThat(String.join(", ", deletes(name))).isEqualTo(kinds);
    sameHistory(name);
    sameWhere(name, "name, id", "id > 100 and id <= 301");
    sameWhere(name, "s, id", "name = 'm' or price > 200");
    sameChanges(name);
  }

  /** What each commit changed leads from its state to the next. */
  private static void sameChanges(String name) {
    List<String> changes = Ours.read(read(name).changes(null, At.current()));
    Map<String, List<String>> byCommit = new HashMap<>();
    changes.forEach(
        row -> byCommit.computeIfAbsent(last(row), commit -> new ArrayList<>()).add(row));
    List<String> state = new ArrayList<>();
    for (Snapshot snapshot : load(name).snapshots()) {
      for (String row : byCommit.getOrDefault(Long.toString(snapshot.snapshotId()), List.of())) {
        boolean inserted = row.contains(",\"INSERT\",");
        String plain =
            row.substring(0, row.lastIndexOf(inserted ? ",\"INSERT\"" : ",\"DELETE\"")) + "}";
        if (inserted) {
          state.add(plain);
        } else {
          assertThat(state.remove(plain)).as(row).isTrue();
        }
      }
    }
    Same.rows("changed " + name, state, spark("select * from default.demo." + name));
  }

  private static String last(String row) {
    return row.substring(row.lastIndexOf(',') + 1, row.length() - 1);
  }

  @Test
  void oldRowsAreTheSameInNewSchemasAndPartitions() throws IOException {
    String t = "default.demo.evolved";
    spark(
        "create table %s (id int, a int, b float, c string, s struct<p: int, q: string>, d decimal(9, 2), gone string) using iceberg partitioned by (c) tblproperties ('format-version' = '2', 'write.delete.mode' = 'merge-on-read')"
            .formatted(t));
    String insert =
        "insert into %s select cast(id as int), cast(id as int) * 3, float(id) / 7, concat('c', id %% 3), named_struct('p', cast(id as int), 'q', 'q'), cast(id as decimal(9, 2)) / 4, 'gone' from range(%d, %d)";
    spark(insert.formatted(t, 0, 50));
    for (String change :
        List.of(
            "rename column a to a2",
            "alter column a2 type bigint",
            "alter column b type double",
            "alter column d type decimal(18, 2)",
            "add column n string after id",
            "add column s.r array<int>",
            "rename column s.p to pp",
            "drop column gone",
            "add column gone bigint",
            "alter column d first")) {
      spark("alter table %s %s".formatted(t, change));
    }
    spark("alter table %s replace partition field c with bucket(3, id)".formatted(t));
    spark(
        "insert into %s select id / 3, cast(id as int), concat('new', id), id * 5000000000, id * 0.1, concat('c', id %% 3), named_struct('pp', 1, 'q', 'r', 'r', array(1, null)), id from range(40, 90)"
            .formatted(t));
    spark("delete from %s where a2 %% 4 = 0".formatted(t));
    spark("alter table %s drop partition field bucket(3, id)".formatted(t));
    spark("alter table %s add partition field truncate(3, n)".formatted(t));
    spark("update %s set n = 'upd', gone = 7 where id in (1, 5, 45, 70)".formatted(t));

    assertThat(deletes("evolved")).contains("POSITION_DELETES PARQUET");
    sameHistory("evolved");
    sameWhere("evolved", "id, a2, b", "a2 > 30 and b < 6");
    sameWhere("evolved", "n, gone, s", "gone is null and c <> 'c1'");
    sameWhere("evolved", "id, d", "d >= 10.5 or n = 'upd'");
  }

  @Test
  void whatSparkTookAndGaveBackIsTheSame() {
    String t = "default.demo.branched";
    spark(
        "create table %s using iceberg partitioned by (name) as select %s"
            .formatted(t, rows(0, 60)));
    spark("alter table %s create branch audit".formatted(t));
    spark("insert into %s.branch_audit select %s".formatted(t, rows(60, 80)));
    spark("insert overwrite %s select %s where id %% 7 = 2".formatted(t, rows(100, 130)));
    spark(
        "call default.system.rewrite_data_files(table => 'demo.branched', options => map('rewrite-all', 'true'))");
    spark("alter table %s create tag eoy".formatted(t));
    spark("delete from %s where name = 'n4'".formatted(t));

    sameHistory("branched");
    Same.rows(
        "our branch",
        Ours.read(read("branched").at(At.branch("audit"))),
        spark("select * from %s version as of 'audit'".formatted(t)));
    Same.rows(
        "our tag",
        Ours.read(read("branched").at(At.tag("eoy"))),
        spark("select * from %s version as of 'eoy'".formatted(t)));
  }
}

package dev.headwater.clients;

import dev.headwater.table.ReadTable;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What we wrote is what others read. */
final class WrittenHereIT {

  private static void oursAre(String name, List<String> expected) {
    Same.rows("our", Ours.read(ReadTable.of(Lake.config(), Ours.ref(name))), expected);
  }

  private static void sparksAre(String name, List<String> expected) {
    Same.rows("Spark's", Lake.spark().run("select * from default.demo." + name), expected);
  }

  private static void flinksAre(String name, List<String> expected) {
    Same.rows("Flink's", Lake.flink().run("select * from `default`.demo.`" + name + "`"), expected);
  }

  private static void pyicebergsAre(String name, List<String> expected) {
    Same.rows("PyIceberg's", Lake.pyiceberg().run("{\"table\": \"demo." + name + "\"}"), expected);
  }

  private static void ducksAre(String name, List<String> expected) throws Exception {
    Same.rows("DuckDB's", Duck.read(Lake.catalog().load(Ours.ref(name))), expected);
  }

  @Test
  void everyTypeAsItIs() throws Exception {
    Ours.create("every", Samples.ALL, PartitionSpec.unpartitioned(), Map.of());
    List<@Nullable Object[]> rows = Samples.rows(Samples.ALL, 500);
    Ours.append("every", rows);
    List<String> expected = Told.EXACTLY.rows(Samples.ALL, rows);

    oursAre("every", expected);
    sparksAre("every", expected);
    flinksAre("every", Told.BY_FLINK.rows(Samples.ALL, rows));
    ducksAre("every", expected);
    pyicebergsAre("every", Told.BY_PYICEBERG.rows(Samples.ALL, rows));
  }

  /** Spark has no time. */
  @Test
  void timesAsTheyAre() throws Exception {
    Schema schema = Samples.ALL_WITH_TIME.select("id", "time");
    Ours.create("times", schema, PartitionSpec.unpartitioned(), Map.of());
    List<@Nullable Object[]> rows = Samples.rows(schema, 20);
    Ours.append("times", rows);
    List<String> expected = Told.EXACTLY.rows(schema, rows);

    oursAre("times", expected);
    flinksAre("times", Told.BY_FLINK.rows(schema, rows));
    ducksAre("times", expected);
    pyicebergsAre("times", expected);
  }
}

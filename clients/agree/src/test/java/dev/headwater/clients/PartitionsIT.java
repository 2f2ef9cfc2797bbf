package dev.headwater.clients;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.table.ReadTable;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Partitions that we wrote are where others look for them: each finds the rows of a value, though
 * it leaves out all files of which its own transform says that they cannot have it.
 */
final class PartitionsIT {
  private static final Schema SCHEMA =
      Samples.ALL.select(
          "id", "small", "big", "dec9", "day", "local", "moment", "txt", "uid", "bin");
  private static final int ROWS = 90;

  /** The last of the days that came when calendars changed in 1582: Flink has no literals of it. */
  private static final Set<Object> SKIPPED = Set.of(-141_428, -12_219_292_800_000_001L);

  /** What Iceberg cannot truncate: there is no lesser value that the type holds. */
  private static final List<Object> LEAST =
      Arrays.asList(Integer.MIN_VALUE, new BigDecimal("-9999999.99"));

  private record Spec(
      String name,
      Function<PartitionSpec.Builder, PartitionSpec.Builder> fields,
      List<String> columns) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** The rows with this value in a column, or with a lesser one. */
  private record Probe(String column, String how, Object value) {
    private Type type() {
      return SCHEMA.findField(column).type();
    }

    String sql(Literals dialect) {
      return dialect.name(column) + " " + how + " " + dialect.of(type(), value);
    }

    boolean holds(@Nullable Object[] row) {
      Object has = row[SCHEMA.columns().indexOf(SCHEMA.findField(column))];
      if (has == null) {
        return false;
      }
      int order = Comparators.forType(type().asPrimitiveType()).compare(has, value);
      return how.equals("=") ? order == 0 : order < 0;
    }
  }

  static Stream<Spec> specs() {
    return Stream.of(
        new Spec("itself", b -> b.identity("txt"), List.of("txt")),
        new Spec("numbers", b -> b.bucket("big", 4).truncate("small", 10), List.of("big", "small")),
        new Spec("words", b -> b.truncate("txt", 2).bucket("uid", 4), List.of("txt", "uid")),
        new Spec("bytes", b -> b.truncate("bin", 3).bucket("bin", 5), List.of("bin")),
        new Spec("years", b -> b.year("day").month("local"), List.of("day", "local")),
        new Spec("days", b -> b.day("moment").bucket("day", 3), List.of("moment", "day")),
        new Spec("hours", b -> b.hour("local").bucket("dec9", 3), List.of("local", "dec9")),
        new Spec(
            "more", b -> b.truncate("dec9", 50).bucket("moment", 3), List.of("dec9", "moment")),
        new Spec("rest", b -> b.bucket("txt", 5).year("moment"), List.of("txt", "moment")));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void areWhereOthersLookForThem(Spec spec) throws Exception {
    Table table =
        Ours.create(
            spec.name(),
            SCHEMA,
            spec.fields().apply(PartitionSpec.builderFor(SCHEMA)).build(),
            Map.of());
    List<@Nullable Object[]> rows = new ArrayList<>(Samples.rows(table.schema(), ROWS));
    rows.removeIf(row -> Arrays.stream(row).anyMatch(LEAST::contains));
    Ours.append(spec.name(), rows);
    List<Probe> probes = new ArrayList<>();
    for (String column : spec.columns()) {
      probes.addAll(probes(column, rows));
    }
    // Spark finds no UUID in buckets, in tables of its own neither; Flink refuses to look for one.
    List<Probe> bySql = probes.stream().filter(probe -> !probe.column().equals("uid")).toList();

    Same.rows(
        "Spark's",
        Lake.spark().run(all(bySql, Literals.SPARK, "default.demo." + spec.name())),
        expected(bySql, rows));
    Same.rows(
        "Flink's",
        Lake.flink().run(all(bySql, Literals.FLINK, "`default`.demo.`" + spec.name() + "`")),
        expected(bySql, rows));
    Same.rows("PyIceberg's", byPyIceberg(spec.name(), probes), expected(probes, rows));
    Probe one = probes.get(0);
    Same.rows(
        "our",
        Ours.read(
            ReadTable.of(Lake.config(), Ours.ref(spec.name()))
                .columns("id")
                .where(one.sql(Literals.OURS))),
        rows.stream().filter(one::holds).map(row -> "{" + row[0] + "}").toList());
  }

  private static List<Probe> probes(String column, List<@Nullable Object[]> rows) {
    int at = SCHEMA.columns().indexOf(SCHEMA.findField(column));
    List<Object> values =
        rows.stream()
            .map(row -> row[at])
            .filter(value -> value != null && !SKIPPED.contains(value))
            .distinct()
            .limit(5)
            .toList();
    List<Probe> probes = new ArrayList<>();
    values.forEach(value -> probes.add(new Probe(column, "=", value)));
    switch (SCHEMA.findType(column).typeId()) {
      // Each client has an order of its own for these.
      case STRING, BINARY, UUID -> {}
      default -> probes.add(new Probe(column, "<", values.get(0)));
    }
    return probes;
  }

  private static List<String> expected(List<Probe> probes, List<@Nullable Object[]> rows) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < probes.size(); i++) {
      Probe probe = probes.get(i);
      int number = i;
      rows.stream().filter(probe::holds).forEach(row -> out.add("{" + number + "," + row[0] + "}"));
    }
    return out;
  }

  private static String all(List<Probe> probes, Literals dialect, String table) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < probes.size(); i++) {
      parts.add(
          "select %d as probe, id from %s where %s"
              .formatted(i, table, probes.get(i).sql(dialect)));
    }
    return String.join(" union all ", parts);
  }

  private static List<String> byPyIceberg(String name, List<Probe> probes) throws IOException {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < probes.size(); i++) {
      Probe probe = probes.get(i);
      List<String> where = new ArrayList<>(List.of(probe.column(), probe.how()));
      where.addAll(Literals.python(probe.type(), probe.value()));
      String statement =
          new ObjectMapper()
              .writeValueAsString(
                  Map.of("table", "demo." + name, "where", where, "columns", List.of("id")));
      for (String row : Lake.pyiceberg().run(statement)) {
        out.add("{" + i + "," + row.substring(1));
      }
    }
    return out;
  }
}

package dev.headwater.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.Bits;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.table.FileSplit;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.TablesOnDisk;
import dev.headwater.table.Written;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Types;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twelve days of flights, from their table to both views, against DuckDB's RANGE windows. */
class FlightFeaturesIT {
  static final Schema FLIGHTS =
      new Schema(
          Types.NestedField.optional(1, "date", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(2, "delay", Types.LongType.get()),
          Types.NestedField.optional(3, "distance", Types.LongType.get()),
          Types.NestedField.optional(4, "origin", Types.StringType.get()),
          Types.NestedField.optional(5, "destination", Types.StringType.get()));
  private static final Path FILE =
      Path.of("../../examples/flights/data/flights-3m.parquet").toAbsolutePath().normalize();
  private static final LocalDateTime END = LocalDateTime.of(2001, 1, 13, 0, 0);

  static FeatureView airportDelays() {
    return view("airport_delays", List.of("origin"), "date + interval '6' hour");
  }

  static FeatureView nationDelays() {
    return view("nation_delays", List.of(), "date + interval '12' hour");
  }

  private static FeatureView view(String name, List<String> keys, String known) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("flights", "count(*)");
    values.put("mean_delay", "avg(delay)");
    values.put("late_share", "share(delay > 15)");
    return new FeatureView(
        name,
        keys,
        "date",
        known,
        List.of(Window.parse("3h"), Window.parse("24h"), Window.parse("7d")),
        values);
  }

  @Test
  void equalsDuckDbsRangeWindows(@TempDir Path folder) throws Exception {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      Table flights = tables.create("flights", FLIGHTS);
      SnapshotRef days = TablesOnDisk.append(flights, days(flights).iterator(), 20);
      for (FeatureView view : List.of(airportDelays(), nationDelays())) {
        Table target = tables.create(view.name(), view.schema(FLIGHTS));
        List<Written> written =
            TablesOnDisk.run(
                "features",
                ComputeFeatures.of(view, flights, days)
                    .into(target, "run-1")
                    .spill(folder.resolve("scratch").toString(), 2),
                2);
        List<DataFile> files = new ArrayList<>();
        written.forEach(w -> files.addAll(w.files()));
        TablesOnDisk.append(target, files);
        Map<List<@Nullable Object>, List<@Nullable Object>> rows = rows(target, view);
        assertThat(written.stream().mapToLong(Written::in).sum())
            .isEqualTo(
                written.stream().mapToLong(w -> w.kept() + w.filtered() + w.letters()).sum());
        assertThat(written.stream().mapToLong(Written::kept).sum()).isEqualTo(rows.size());
        compare(view, rows);
      }
    }
  }

  private static List<RowBatch> days(Table flights) throws Exception {
    long end = micros(END);
    List<RowBatch> out = new ArrayList<>();
    SplitGroup file =
        new SplitGroup(
            List.of(FileSplit.of(FILE.toString(), Files.size(FILE), 0, Files.size(FILE))));
    try (CloseableIterator<RowBatch> batches = file.open(flights.io(), FLIGHTS, null)) {
      while (batches.hasNext()) {
        RowBatch batch = batches.next();
        long[] dates = ((LongColumn) batch.column("date")).values();
        long[] keep = new long[Bits.words(dates.length)];
        for (int i = 0; i < dates.length; i++) {
          keep[i >>> 6] |= dates[i] < end ? 1L << i : 0;
        }
        RowBatch kept = batch.filter(Bits.of(keep, dates.length));
        if (kept.size() > 0) {
          out.add(kept);
        }
      }
    }
    return out;
  }

  private static Map<List<@Nullable Object>, List<@Nullable Object>> rows(
      Table table, FeatureView view) {
    Map<List<@Nullable Object>, List<@Nullable Object>> out = new HashMap<>();
    int keys = view.keys().size() + 1;
    for (RowBatch batch : TablesOnDisk.read(table)) {
      List<Types.NestedField> fields = batch.schema().columns();
      for (int row = 0; row < batch.size(); row++) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
          values.add(Values.of(batch.column(i), fields.get(i).type(), row));
        }
        assertThat(out.put(values.subList(0, keys), values.subList(keys, values.size()))).isNull();
      }
    }
    return out;
  }

  private static void compare(
      FeatureView view, Map<List<@Nullable Object>, List<@Nullable Object>> rows) throws Exception {
    boolean keyed = !view.keys().isEmpty();
    StringBuilder columns = new StringBuilder();
    StringBuilder windows = new StringBuilder();
    for (Window window : view.windows()) {
      windows
          .append(windows.isEmpty() ? " window " : ", ")
          .append("w")
          .append(window.label())
          .append(" as (")
          .append(keyed ? "partition by origin " : "")
          .append("order by moment range between interval '")
          .append(window.micros() / 1_000_000)
          .append(" seconds' preceding and interval 1 microsecond preceding)");
    }
    for (String value :
        List.of(
            "count(n) over %s",
            "avg(delay) over %s",
            "avg(case when delay > 15 then 1.0 when delay <= 15 then 0.0 end) over %s")) {
      for (Window window : view.windows()) {
        columns.append(", ").append(value.formatted("w" + window.label()));
      }
    }
    String known = keyed ? "6" : "12";
    String days = "from '" + FILE + "' where date < timestamp '2001-01-13'";
    // A row looks back at its own time; an event counts at the time it is known.
    String both =
        "(select distinct "
            + (keyed ? "origin" : "'' as origin")
            + ", date as moment, null as n, null as delay, true as asks "
            + days
            + " union all select "
            + (keyed ? "origin" : "''")
            + ", date + interval "
            + known
            + " hour, 1, delay, false "
            + days
            + ")";
    String sql =
        "select * exclude (asks) from (select origin, moment, asks"
            + columns
            + " from "
            + both
            + windows
            + ") where asks";
    int found = 0;
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        found++;
        List<@Nullable Object> point = new ArrayList<>();
        if (keyed) {
          point.add(result.getString(1));
        }
        point.add(micros(result.getObject(2, LocalDateTime.class)));
        List<@Nullable Object> ours = rows.get(point);
        assertThat(ours).as("row of %s", point).isNotNull();
        for (int i = 0; i < 3; i++) {
          assertThat(ours.get(i)).as("count of %s", point).isEqualTo(result.getLong(3 + i));
        }
        for (int i = 3; i < ours.size(); i++) {
          double theirs = result.getDouble(3 + i);
          if (result.wasNull()) {
            assertThat(ours.get(i)).as("value %s of %s", i, point).isNull();
          } else {
            assertThat((Double) ours.get(i))
                .as("value %s of %s", i, point)
                .isCloseTo(theirs, Offset.offset(1e-9));
          }
        }
      }
    }
    assertThat(found).isEqualTo(rows.size());
  }

  private static long micros(LocalDateTime time) {
    return ChronoUnit.MICROS.between(LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), time);
  }
}

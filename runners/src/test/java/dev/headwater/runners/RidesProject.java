package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A project with rides, whose tables are compared with what DuckDB makes of the same files. */
abstract class RidesProject {
  static final Schema RIDES =
      new Schema(
          NestedField.optional(1, "id", Types.LongType.get()),
          NestedField.optional(2, "town", Types.StringType.get()),
          NestedField.optional(3, "fare", Types.DoubleType.get()),
          NestedField.optional(4, "moment", Types.TimestampType.withoutZone()),
          NestedField.optional(5, "tip", Types.DecimalType.of(9, 2)),
          NestedField.optional(6, "seats", Types.IntegerType.get()));

  static final Schema ZONES =
      new Schema(
          NestedField.optional(1, "town", Types.StringType.get()),
          NestedField.optional(2, "zone", Types.StringType.get()),
          NestedField.optional(3, "since", Types.TimestampType.withoutZone()),
          NestedField.optional(4, "price", Types.DecimalType.of(9, 3)),
          NestedField.optional(5, "seats", Types.LongType.get()));

  static final long JUNE = 991_353_600_000_000L;

  @TempDir Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init")
  TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
  }

  final void runs(String... verb) {
    assertThat(project.headwater(verb)).as(project.said()).isZero();
  }

  final void refused(String... verb) {
    assertThat(project.headwater(verb)).as(project.said()).isNotZero();
  }

  /** Rides with nulls, and with fares whose sums are exact in any order. */
  final void rides(String name, int from, int count) throws IOException {
    Random random = new Random(from);
    @Nullable Object[][] rows = new Object[count][];
    for (int i = 0; i < count; i++) {
      rows[i] =
          TestProject.row(
              (long) from + i,
              random.nextInt(10) == 0 ? null : "town " + random.nextInt(7),
              random.nextInt(9) == 0 ? null : (random.nextInt(400) - 20) / 4.0,
              JUNE + random.nextInt(30) * 86_400_000_000L + random.nextInt(86_400) * 1_000_000L,
              random.nextInt(5) == 0 ? null : BigDecimal.valueOf(random.nextInt(2_000) - 300, 2),
              random.nextInt(6) == 0 ? null : random.nextInt(5));
    }
    project.file(name, RIDES, rows);
  }

  /** Zones of towns: some have several, one has none, and of one nobody knows its town. */
  final void zones() throws IOException {
    Files.createDirectories(folder.resolve("data/zones"));
    @Nullable Object[][] rows = new Object[12][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] =
          TestProject.row(
              i % 6 == 5 ? null : "town " + (i % 6 + 2),
              "zone " + i,
              i % 4 == 0 ? null : JUNE + i * 86_400_000_000L + 123_456L * i,
              BigDecimal.valueOf(i * 250 - 1_000, 3),
              i % 3 == 0 ? null : (long) i % 5);
    }
    project.file("zones/z", ZONES, rows);
  }

  /** The rows that differ, counted, between a table and a query of DuckDB's over the files. */
  final long differences(String table, String query) throws Exception {
    List<String> files = new ArrayList<>();
    try (TableCatalog catalog = project.catalog();
        CloseableIterable<FileScanTask> tasks =
            catalog.load(TableRef.of("shop", table)).newScan().planFiles()) {
      tasks.forEach(task -> files.add("'" + Path.of(URI.create(task.file().location())) + "'"));
    }
    String ours = "select * from read_parquet([" + String.join(",", files) + "])";
    String data = "'" + folder.resolve("data");
    String theirs =
        "select * from ("
            + query
                .replaceAll("\\brides\\b", data + "/*.parquet'")
                .replaceAll("\\bzones\\b", data + "/zones/*.parquet'")
            + ")";
    return count(
        "select count(*) from (("
            + ours
            + " except all "
            + theirs
            + ") union all ("
            + theirs
            + " except all "
            + ours
            + "))");
  }

  static long count(String sql) throws SQLException {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}

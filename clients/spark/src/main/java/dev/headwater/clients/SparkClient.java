package dev.headwater.clients;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.source.SparkTable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.read.SupportsReportStatistics;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.jspecify.annotations.Nullable;
import scala.collection.JavaConverters;

/**
 * Spark, local, with an Iceberg catalog named {@code default}: runs SQL. {@code ndv TABLE} tells
 * how many distinct values Spark's planner takes each column to have.
 *
 * <p>Arguments: the catalog's properties, {@code name=value}.
 */
public final class SparkClient {
  private static final String CATALOG = "spark.sql.catalog.default";

  private SparkClient() {}

  public static void main(String[] args) throws IOException {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.datetime.java8API.enabled", "true")
            .config("spark.sql.iceberg.report-column-stats", "true")
            .config("spark.sql.cbo.enabled", "true")
            .config(
                "spark.sql.extensions",
                "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
            .config(CATALOG, "org.apache.iceberg.spark.SparkCatalog");
    for (String property : args) {
      String[] parts = property.split("=", 2);
      builder.config(CATALOG + "." + parts[0], parts[1]);
    }
    SparkSession spark = builder.getOrCreate();
    Talk.serve(
        statement ->
            statement.startsWith("ndv ")
                ? ndv(spark, statement.substring(4))
                : sql(spark, statement));
    spark.stop();
  }

  private static List<String> sql(SparkSession spark, String statement) {
    List<String> rows = new ArrayList<>();
    for (Row row : spark.sql(statement).collectAsList()) {
      rows.add(Said.of(java(row)));
    }
    return rows;
  }

  /** What {@link Said} knows, of what Spark has. */
  private static @Nullable Object java(@Nullable Object value) {
    if (value instanceof Row row) {
      @Nullable Object[] struct = new Object[row.length()];
      for (int i = 0; i < struct.length; i++) {
        struct[i] = java(row.get(i));
      }
      return struct;
    }
    if (value instanceof scala.collection.Seq<?> seq) {
      List<@Nullable Object> list = new ArrayList<>();
      for (Object element : JavaConverters.seqAsJavaList(seq)) {
        list.add(java(element));
      }
      return list;
    }
    if (value instanceof scala.collection.Map<?, ?> held) {
      Map<@Nullable Object, @Nullable Object> map = new HashMap<>();
      JavaConverters.mapAsJavaMap(held).forEach((key, of) -> map.put(java(key), java(of)));
      return map;
    }
    return value;
  }

  private static List<String> ndv(SparkSession spark, String name) throws Exception {
    Spark3Util.CatalogAndIdentifier found = Spark3Util.catalogAndIdentifier(spark, name);
    Identifier identifier = found.identifier();
    SparkTable table = (SparkTable) ((TableCatalog) found.catalog()).loadTable(identifier);
    SupportsReportStatistics scan =
        (SupportsReportStatistics) table.newScanBuilder(CaseInsensitiveStringMap.empty()).build();
    Map<String, String> columns = new TreeMap<>();
    scan.estimateStatistics()
        .columnStats()
        .forEach(
            (column, statistics) ->
                statistics
                    .distinctCount()
                    .ifPresent(count -> columns.put(column.describe(), Long.toString(count))));
    List<String> rows = new ArrayList<>();
    columns.forEach((column, count) -> rows.add(column + " " + count));
    return rows;
  }
}

package dev.headwater.clients;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;

/**
 * Flink SQL in this process, in batch mode, with an Iceberg catalog named {@code default}. A
 * statement that puts rows in is waited for.
 *
 * <p>Arguments: the catalog's properties, {@code name=value}.
 */
public final class FlinkClient {
  private FlinkClient() {}

  public static void main(String[] args) throws IOException {
    Configuration configuration =
        Configuration.fromMap(
            Map.of(
                "parallelism.default", "2",
                "table.local-time-zone", "UTC",
                "taskmanager.memory.network.min", "32m",
                "taskmanager.memory.network.max", "32m",
                "taskmanager.memory.managed.size", "64m"));
    TableEnvironment flink =
        TableEnvironment.create(
            EnvironmentSettings.newInstance()
                .inBatchMode()
                .withConfiguration(configuration)
                .build());
    StringBuilder properties = new StringBuilder("'type'='iceberg'");
    for (String property : args) {
      String[] parts = property.split("=", 2);
      properties.append(", '%s'='%s'".formatted(parts[0], parts[1]));
    }
    flink.executeSql("CREATE CATALOG `default` WITH (" + properties + ")");
    Talk.serve(statement -> sql(flink, statement));
  }

  private static List<String> sql(TableEnvironment flink, String statement) throws Exception {
    TableResult result = flink.executeSql(statement);
    result.await();
    List<String> rows = new ArrayList<>();
    result.collect().forEachRemaining(row -> rows.add(Said.of(java(row))));
    return rows;
  }

  /** What {@link Said} knows, of what Flink has: arrays are lists there. */
  private static @Nullable Object java(@Nullable Object value) {
    if (value instanceof Row row) {
      @Nullable Object[] struct = new Object[row.getArity()];
      for (int i = 0; i < struct.length; i++) {
        struct[i] = java(row.getField(i));
      }
      return struct;
    }
    if (value instanceof Object[] array) {
      List<@Nullable Object> list = new ArrayList<>();
      for (Object element : array) {
        list.add(java(element));
      }
      return list;
    }
    if (value instanceof Map<?, ?> held) {
      Map<@Nullable Object, @Nullable Object> map = new HashMap<>();
      held.forEach((key, of) -> map.put(java(key), java(of)));
      return map;
    }
    return value;
  }
}

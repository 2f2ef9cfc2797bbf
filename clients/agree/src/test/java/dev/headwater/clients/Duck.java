package dev.headwater.clients;

import java.io.IOException;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Struct;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** DuckDB over a table's data files, which it takes for what they are: Parquet. */
final class Duck {
  private Duck() {}

  /** The rows of the files of the current snapshot, which has no deletes. */
  static List<String> read(Table table) throws IOException, SQLException {
    List<String> paths = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(
          task -> paths.add("'" + task.file().location().replaceFirst("^file:/+", "/") + "'"));
    }
    String columns =
        table.schema().columns().stream()
            .map(field -> '"' + field.name() + '"')
            .collect(Collectors.joining(", "));
    Set<Type> local =
        Set.of(Types.TimestampType.withoutZone(), Types.TimestampNanoType.withoutZone());
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet found =
            statement.executeQuery(
                "select " + columns + " from read_parquet([" + String.join(", ", paths) + "])")) {
      List<String> rows = new ArrayList<>();
      while (found.next()) {
        @Nullable Object[] row = new Object[table.schema().columns().size()];
        for (int i = 0; i < row.length; i++) {
          // The driver's own Timestamp is of the Julian calendar before 1582.
          row[i] =
              local.contains(table.schema().columns().get(i).type())
                  ? found.getObject(i + 1, LocalDateTime.class)
                  : java(found.getObject(i + 1));
        }
        rows.add(Said.row(row));
      }
      return rows;
    }
  }

  /** What {@link Said} knows, of what DuckDB's driver has. */
  private static @Nullable Object java(@Nullable Object value) throws SQLException {
    if (value instanceof Blob blob) {
      return blob.getBytes(1, (int) blob.length());
    }
    if (value instanceof Struct struct) {
      @Nullable Object[] fields = struct.getAttributes();
      for (int i = 0; i < fields.length; i++) {
        fields[i] = java(fields[i]);
      }
      return fields;
    }
    if (value instanceof Array array) {
      List<@Nullable Object> list = new ArrayList<>();
      for (Object element : (Object[]) array.getArray()) {
        list.add(java(element));
      }
      return list;
    }
    if (value instanceof Map<?, ?> held) {
      Map<@Nullable Object, @Nullable Object> map = new HashMap<>();
      for (Map.Entry<?, ?> entry : held.entrySet()) {
        map.put(java(entry.getKey()), java(entry.getValue()));
      }
      return map;
    }
    return value;
  }
}

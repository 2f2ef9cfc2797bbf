package dev.headwater.pipelines.connect;

import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Views for DuckDB. It opens REST catalogs itself; of others it is told the tables as they are now:
 * by their files where these alone are the table, else by their metadata, which takes its {@code
 * iceberg} extension.
 */
final class Duck {
  private static final int MOST_FILES = 500;

  private Duck() {}

  static String server(Connection catalog, String table) {
    String token =
        catalog.secrets().containsKey("token")
            ? ", TOKEN " + secret(String.valueOf(catalog.secrets().get("token")))
            : catalog.secrets().containsKey("credential")
                ? ", SECRET " + catalog.name()
                : ", AUTHORIZATION_TYPE 'none'";
    String credential = catalog.secrets().get("credential");
    return "install iceberg;\nload iceberg;\n"
        + (credential == null
            ? ""
            : "-- "
                + credential
                + " is CLIENT_ID:CLIENT_SECRET\ncreate secret "
                + catalog.name()
                + " (TYPE iceberg, CLIENT_ID '<before the colon>', CLIENT_SECRET '<behind it>'"
                + ", OAUTH2_SERVER_URI "
                + text(catalog.get("oauth2-server-uri"))
                + ");\n")
        + "attach "
        + text(catalog.get("warehouse"))
        + " as "
        + name(catalog.name())
        + " (TYPE iceberg, ENDPOINT "
        + text(catalog.uri())
        + token
        + ");\nselect * from "
        + name(catalog.name())
        + "."
        + table
        + " limit 10;\n";
  }

  private static String secret(String at) {
    return at.startsWith("env/")
        ? "getenv(" + text(at.substring(4)) + ")"
        : "'<the secret at " + at + ">'";
  }

  /** A view of a table's current snapshot. */
  static String view(TableRef ref, Table table) {
    List<String> files = files(table);
    String rows =
        files == null
            ? "iceberg_scan("
                + text(((BaseTable) table).operations().current().metadataFileLocation())
                + ")"
            : "read_parquet(["
                + files.stream().map(Duck::text).collect(Collectors.joining(", "))
                + "])";
    return "create or replace view " + name(ref.name()) + " as select * from " + rows + ";\n";
  }

  /** The files that are the table; Java's null where more must be known to read them. */
  private static @org.jspecify.annotations.Nullable List<String> files(Table table) {
    if (table.schemas().size() > 1) {
      return null;
    }
    List<String> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        if (!task.deletes().isEmpty()
            || task.file().format() != FileFormat.PARQUET
            || files.size() == MOST_FILES) {
          return null;
        }
        files.add(task.file().location().replaceFirst("^file:/+", "/"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files.isEmpty() ? null : files;
  }

  private static String name(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  private static String text(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}

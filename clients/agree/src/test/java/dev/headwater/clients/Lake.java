package dev.headwater.clients;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The warehouse that all tests of a JVM share, with the SQLite catalog that all clients open, and
 * the clients, each started when it is first asked for and ended with the JVM.
 */
final class Lake {
  private static final Path FOLDER = fresh();
  private static final CatalogConfig CONFIG = CatalogConfig.embedded(FOLDER);
  private static final TableCatalog CATALOG = TableCatalog.open(CONFIG);

  /** What Spark's and Flink's own launchers open for them. */
  private static final List<String> OPENS =
      Stream.of(
              "java.lang",
              "java.lang.invoke",
              "java.lang.reflect",
              "java.io",
              "java.net",
              "java.nio",
              "java.util",
              "java.util.concurrent",
              "java.util.concurrent.atomic",
              "sun.nio.ch",
              "sun.nio.cs",
              "sun.security.action",
              "sun.util.calendar")
          .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
          .toList();

  private static @Nullable ClientProcess spark;
  private static @Nullable ClientProcess flink;
  private static @Nullable ClientProcess pyiceberg;

  private Lake() {}

  static CatalogConfig config() {
    return CONFIG;
  }

  static TableCatalog catalog() {
    return CATALOG;
  }

  static Path folder() {
    return FOLDER;
  }

  static synchronized ClientProcess spark() {
    if (spark == null) {
      List<String> properties = properties();
      properties.add("type=jdbc");
      spark = ended(ClientProcess.java("spark", "900m", "SparkClient", OPENS, properties));
    }
    return spark;
  }

  static synchronized ClientProcess flink() {
    if (flink == null) {
      List<String> properties = properties();
      properties.add("catalog-impl=org.apache.iceberg.jdbc.JdbcCatalog");
      flink = ended(ClientProcess.java("flink", "900m", "FlinkClient", OPENS, properties));
    }
    return flink;
  }

  /** Skips the test where Python has no PyIceberg; never in CI. */
  static synchronized ClientProcess pyiceberg() {
    if (pyiceberg == null) {
      String python =
          Python.with(
              "HEADWATER_PYTHON",
              "pyiceberg.catalog.sql, pyarrow",
              "pyiceberg[sql-sqlite,pyarrow]");
      pyiceberg =
          ended(
              ClientProcess.start(
                  "pyiceberg",
                  List.of(
                      python,
                      Path.of("src", "test", "resources", "pyiceberg_client.py")
                          .toAbsolutePath()
                          .toString(),
                      FOLDER.resolve("catalog.db").toString(),
                      CONFIG.properties().get(CatalogConfig.WAREHOUSE))));
    }
    return pyiceberg;
  }

  private static List<String> properties() {
    return new ArrayList<>(
        List.of(
            "uri=" + CONFIG.properties().get(CatalogConfig.URI),
            "warehouse=" + CONFIG.properties().get(CatalogConfig.WAREHOUSE),
            "jdbc.schema-version=V1",
            // Others commit between two statements.
            "cache-enabled=false"));
  }

  private static ClientProcess ended(ClientProcess client) {
    Runtime.getRuntime().addShutdownHook(new Thread(client::close, "close"));
    return client;
  }

  private static Path fresh() {
    try {
      Path clients = Files.createDirectories(Path.of("target", "clients").toAbsolutePath());
      return Files.createTempDirectory(clients, "lake");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

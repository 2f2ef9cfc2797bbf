package dev.headwater.pipelines.connect;

import dev.headwater.catalog.CatalogConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a tool is told so that it opens a catalog. Secrets are named by where they are. */
final class Snippets {
  private static final String ELSEWHERE =
      "keep the tables in PostgreSQL or behind a REST server (catalogs: {default: ...}).";

  /** Those of headwater-bom, as a test holds. */
  static final String ICEBERG = "1.11.0";

  static final String SQLITE = "3.53.4.0";
  static final String POSTGRESQL = "42.7.8";

  private Snippets() {}

  static String pyiceberg(Connection catalog, String table) {
    Map<String, String> lines = new LinkedHashMap<>();
    if (catalog.rest()) {
      lines.put("type", python("rest"));
      lines.put("uri", python(catalog.uri()));
    } else if (catalog.sqlite()) {
      lines.put("type", python("sql"));
      lines.put("uri", python(catalog.uri().replace("jdbc:sqlite:", "sqlite:///")));
    } else if (catalog.postgresql()) {
      lines.put("type", python("sql"));
      lines.put("uri", postgresql(catalog));
    } else {
      throw catalog.refused("PyIceberg", ELSEWHERE);
    }
    if (!catalog.get(CatalogConfig.WAREHOUSE).isEmpty()) {
      lines.put("warehouse", python(catalog.get(CatalogConfig.WAREHOUSE)));
    }
    catalog.others().forEach((key, value) -> lines.put(key, python(value)));
    catalog
        .secrets()
        .forEach(
            (key, at) -> {
              if (!key.startsWith("jdbc.")) {
                lines.put(key, pythonSecret(at));
              }
            });
    boolean env = lines.values().stream().anyMatch(value -> value.contains("os.environ"));
    boolean quote = lines.values().stream().anyMatch(value -> value.contains("quote_plus"));
    return (env ? "import os\n" : "")
        + (quote ? "from urllib.parse import quote_plus\n" : "")
        + "from pyiceberg.catalog import load_catalog\n\ncatalog = load_catalog("
        + python(catalog.name())
        + ", **{\n"
        + lines.entrySet().stream()
            .map(e -> "    " + python(e.getKey()) + ": " + e.getValue() + ",\n")
            .collect(Collectors.joining())
        + "})\nrows = catalog.load_table("
        + python(table)
        + ").scan().to_arrow()\n";
  }

  private static String postgresql(Connection catalog) {
    String at = catalog.uri().substring("jdbc:postgresql://".length());
    String user = catalog.get(CatalogConfig.USER);
    String secret = catalog.secrets().get(CatalogConfig.PASSWORD);
    String who =
        user.isEmpty()
            ? "\"postgresql+psycopg2://"
            : "\"postgresql+psycopg2://"
                + user
                + (secret == null ? "" : ":\" + quote_plus(" + pythonSecret(secret) + ") + \"")
                + "@";
    return who + at + "\"";
  }

  private static String python(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String pythonSecret(String at) {
    return at.startsWith("env/")
        ? "os.environ[" + python(at.substring(4)) + "]"
        : at.startsWith("file/")
            ? "open(" + python(at.substring(5)) + ").read().strip()"
            : "\"<the secret at " + at + ">\"";
  }

  static String spark(Connection catalog, String table) {
    String prefix = "spark.sql.catalog." + catalog.name();
    List<String> lines = new ArrayList<>();
    lines.add(
        conf(
            "spark.sql.extensions",
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"));
    lines.add(conf(prefix, "org.apache.iceberg.spark.SparkCatalog"));
    Map<String, String> all = new LinkedHashMap<>(catalog.properties());
    if (!catalog.rest() && !all.containsKey(CatalogConfig.IMPL)) {
      all.putIfAbsent(CatalogConfig.TYPE, "jdbc");
      all.putIfAbsent("jdbc.schema-version", "V1");
    }
    all.put("cache-enabled", "false");
    all.forEach((key, value) -> lines.add(conf(prefix + "." + key, value)));
    catalog.secrets().forEach((key, at) -> lines.add(secret(prefix + "." + key, at)));
    String driver =
        catalog.sqlite()
            ? ",org.xerial:sqlite-jdbc:" + SQLITE
            : catalog.postgresql() ? ",org.postgresql:postgresql:" + POSTGRESQL : "";
    return "spark-sql \\\n  --packages org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:"
        + ICEBERG
        + driver
        + " \\\n"
        + String.join(" \\\n", lines)
        + " \\\n  -e 'select * from "
        + quoted(catalog.name(), table)
        + " limit 10'\n";
  }

  private static String quoted(String catalog, String table) {
    return "`" + catalog + "`." + table;
  }

  private static String conf(String key, String value) {
    return "  --conf '" + key + "=" + value.replace("'", "'\\''") + "'";
  }

  private static String secret(String key, String at) {
    String value =
        at.startsWith("env/")
            ? "$" + at.substring(4)
            : at.startsWith("file/")
                ? "$(cat " + at.substring(5) + ")"
                : "<the secret at " + at + ">";
    return "  --conf \"" + key + "=" + value + "\"";
  }

  static String trino(Connection catalog, String table) {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("connector.name", "iceberg");
    String warehouse = catalog.get(CatalogConfig.WAREHOUSE);
    if (catalog.rest()) {
      lines.put("iceberg.catalog.type", "rest");
      lines.put("iceberg.rest-catalog.uri", catalog.uri());
      if (!warehouse.isEmpty()) {
        lines.put("iceberg.rest-catalog.warehouse", warehouse);
      }
      if (catalog.secrets().containsKey("credential")) {
        lines.put("iceberg.rest-catalog.security", "OAUTH2");
        lines.put(
            "iceberg.rest-catalog.oauth2.credential",
            trinoSecret(catalog.secrets().get("credential")));
      }
    } else if (catalog.postgresql()) {
      lines.put("iceberg.catalog.type", "jdbc");
      lines.put("iceberg.jdbc-catalog.catalog-name", catalog.name());
      lines.put("iceberg.jdbc-catalog.driver-class", "org.postgresql.Driver");
      lines.put("iceberg.jdbc-catalog.connection-url", catalog.uri());
      lines.put("iceberg.jdbc-catalog.schema-version", "V1");
      if (!catalog.get(CatalogConfig.USER).isEmpty()) {
        lines.put("iceberg.jdbc-catalog.connection-user", catalog.get(CatalogConfig.USER));
      }
      String password = catalog.secrets().get(CatalogConfig.PASSWORD);
      if (password != null) {
        lines.put("iceberg.jdbc-catalog.connection-password", trinoSecret(password));
      }
      lines.put("iceberg.jdbc-catalog.default-warehouse-dir", warehouse);
    } else {
      throw catalog.refused("Trino", ELSEWHERE);
    }
    if (warehouse.startsWith("s3")) {
      lines.put("fs.native-s3.enabled", "true");
      Map.of(
              "s3.endpoint", "s3.endpoint",
              "client.region", "s3.region",
              "s3.path-style-access", "s3.path-style-access",
              "s3.access-key-id", "s3.aws-access-key",
              "s3.secret-access-key", "s3.aws-secret-key")
          .forEach(
              (ours, theirs) -> {
                if (catalog.properties().containsKey(ours)) {
                  lines.put(theirs, catalog.get(ours));
                } else if (catalog.secrets().containsKey(ours)) {
                  lines.put(theirs, trinoSecret(String.valueOf(catalog.secrets().get(ours))));
                }
              });
    }
    String file = catalog.name().toLowerCase(Locale.ROOT);
    return "# etc/catalog/"
        + file
        + ".properties\n"
        + lines.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue() + "\n")
            .collect(Collectors.joining())
        + "# then: select * from \""
        + file
        + "\"."
        + table
        + " limit 10\n";
  }

  private static String trinoSecret(String at) {
    return at.startsWith("env/") ? "${ENV:" + at.substring(4) + "}" : "<the secret at " + at + ">";
  }
}

package dev.headwater.catalog;

import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.io.FileIO;

/** Makes Iceberg's catalog out of a configuration. */
final class Catalogs {
  private static final int OPEN_ATTEMPTS = 5;
  private static final Set<String> RENAMING =
      Set.of("hadoop", "org.apache.iceberg.hadoop.HadoopCatalog");

  private Catalogs() {}

  /** What reads and writes a catalog's files, where its server doesn't say otherwise. */
  static FileIO files(CatalogConfig config) {
    return SchemeFileIO.of(config);
  }

  static Catalog open(CatalogConfig config, FileIO files) {
    if (config.jdbc()) {
      if (config.readOnly()) {
        Database.checkThere(config);
      }
      return jdbc(config, Database.source(config), files);
    }
    String impl =
        config
            .properties()
            .getOrDefault(
                CatalogConfig.IMPL, config.properties().getOrDefault(CatalogConfig.TYPE, ""));
    if (RENAMING.contains(impl)) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Catalog '%s' keeps its tables by renaming files (hadoop), which object storage and most network disks do not do in one step: two writers would lose rows."
              .formatted(config.name()),
          "Use type: rest, or jdbc with SQLite or PostgreSQL.");
    }
    try {
      return CatalogUtil.buildIcebergCatalog(config.nameInside(), properties(config), null);
    } catch (RuntimeException e) {
      throw Trouble.find(config, "open catalog '" + config.name() + "'", e)
          .orElseGet(() -> unknown(config, impl, e));
    }
  }

  private static HeadwaterException unknown(
      CatalogConfig config, String impl, RuntimeException cause) {
    return new HeadwaterException(
        Kind.USAGE,
        "Cannot open catalog '%s' (%s): %s."
            .formatted(config.name(), impl, String.valueOf(cause.getMessage()).split("\n", 2)[0]),
        "Check 'type' or 'catalog-impl', and that Iceberg's module for it is on the class path.",
        cause);
  }

  /**
   * Iceberg's properties with the secrets in their places. Beside each stands its reference, so
   * that what is sent to workers can leave the secret out.
   */
  static Map<String, String> properties(CatalogConfig config) {
    Map<String, String> all = new HashMap<>();
    // No answer is an answer too, but Iceberg's client would wait for ever.
    all.put("rest.client.connection-timeout-ms", "10000");
    all.put("rest.client.socket-timeout-ms", "120000");
    Secrets.resolve(config)
        .forEach(
            (key, value) -> {
              if (!key.startsWith(CatalogConfig.OURS)) {
                all.put(key, value);
              }
            });
    String chosen = all.put(CatalogProperties.FILE_IO_IMPL, SchemeFileIO.class.getName());
    if (chosen != null) {
      all.put(SchemeFileIO.CHOSEN, chosen);
    }
    config
        .properties()
        .forEach(
            (key, value) -> {
              if (key.endsWith(CatalogConfig.SECRET_SUFFIX)) {
                String name = key.substring(0, key.length() - CatalogConfig.SECRET_SUFFIX.length());
                all.put(SchemeFileIO.REFERENCE + name, value);
              }
            });
    return all;
  }

  static SafeJdbcCatalog jdbc(CatalogConfig config, Database.Source source, FileIO files) {
    Map<String, String> properties = new HashMap<>();
    config
        .properties()
        .forEach(
            (key, value) -> {
              if (key.startsWith("table-")) {
                properties.put(key, value);
              }
            });
    properties.put(CatalogProperties.URI, config.where());
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, warehouse(config));
    properties.put("jdbc.schema-version", "V1");
    for (int attempt = 1; ; attempt++) {
      Database database = new Database(config, source);
      try {
        SafeJdbcCatalog catalog = new SafeJdbcCatalog(files, database);
        catalog.initialize(config.nameInside(), properties);
        return catalog;
      } catch (RuntimeException e) {
        database.close();
        // Of two processes that create the same tables at once, one fails and finds them next time.
        if (attempt == OPEN_ATTEMPTS || !raced(e)) {
          throw Trouble.find(config, "open catalog '" + config.name() + "'", e)
              .orElseThrow(() -> e);
        }
      }
    }
  }

  private static boolean raced(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("already exists") || message.contains("duplicate")) {
        return true;
      }
    }
    return false;
  }

  private static String warehouse(CatalogConfig config) {
    String warehouse = config.properties().get(CatalogConfig.WAREHOUSE);
    if (warehouse != null && warehouse.startsWith("file:/")) {
      return LocalFileIO.location(LocalFileIO.path(warehouse));
    }
    if (warehouse == null || !warehouse.matches("[a-z][a-z0-9+.-]*://.+")) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Catalog '%s' has no warehouse that is a location: %s."
              .formatted(config.name(), warehouse),
          "Set 'warehouse' to an absolute one: file:///path/to/warehouse or s3://bucket/path.");
    }
    return warehouse;
  }
}

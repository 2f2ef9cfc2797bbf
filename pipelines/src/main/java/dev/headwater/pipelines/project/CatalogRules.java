package dev.headwater.pipelines.project;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.project.CatalogDecl.Access;
import dev.headwater.pipelines.project.CatalogDecl.Pin;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What a catalog must be like, whether a file or Java declares it. */
final class CatalogRules {
  private CatalogRules() {}

  /**
   * Tells what is wrong, by key.
   *
   * @param properties secrets as references, their keys with {@link CatalogConfig#SECRET_SUFFIX}
   */
  static void check(
      String name,
      Access access,
      @Nullable Pin pin,
      Map<String, String> properties,
      BiConsumer<String, String> problem) {
    if (name.equals(TableRef.DEFAULT_CATALOG) && access == Access.READ) {
      problem.accept("access", "must be write: the project's own tables are in this catalog");
    }
    if (pin == Pin.TAG && access == Access.READ) {
      problem.accept(
          "pin", "by tag needs access: write. Write pin: copy or none, or access: write");
    }
    Properties.secrets(properties, problem);
    kind(properties, problem);
  }

  /** How snapshots are kept where nothing is said. */
  static Pin pin(Access access, @Nullable Pin pin) {
    return pin != null ? pin : access == Access.WRITE ? Pin.TAG : Pin.NONE;
  }

  /** A warehouse that is a path, as the folder that it means. */
  static String location(Path folder, String warehouse) {
    return warehouse.startsWith("/") || warehouse.startsWith(".")
        ? "file://" + folder.resolve(warehouse).toAbsolutePath().normalize()
        : warehouse;
  }

  private static void kind(Map<String, String> properties, BiConsumer<String, String> problem) {
    String type = properties.get(CatalogConfig.TYPE);
    String impl = properties.get(CatalogConfig.IMPL);
    if (type != null && impl != null) {
      problem.accept("type", "and catalog-impl are both there. Write one of them");
    }
    if ("hadoop".equals(type)) {
      problem.accept(
          "type",
          "hadoop keeps tables by renaming files, which two writers at once don't survive. Write rest, or jdbc");
    }
    boolean jdbc = impl == null && (type == null || type.equals("jdbc"));
    String uri = properties.get(CatalogConfig.URI);
    if (jdbc && (uri == null || !uri.matches("jdbc:(sqlite|postgresql):.+"))) {
      problem.accept(
          CatalogConfig.URI,
          (uri == null ? "is missing" : "'" + uri + "' is no database that can be used")
              + ". Write uri: jdbc:postgresql://host/database, or type: rest and uri: https://host");
    }
    if (jdbc && !properties.containsKey(CatalogConfig.WAREHOUSE)) {
      problem.accept(
          CatalogConfig.WAREHOUSE,
          "is missing. Write warehouse: s3://bucket/path, or a folder's path");
    }
    if ("rest".equals(type) && uri == null) {
      problem.accept(CatalogConfig.URI, "is missing. Write uri: https://host");
    }
  }
}

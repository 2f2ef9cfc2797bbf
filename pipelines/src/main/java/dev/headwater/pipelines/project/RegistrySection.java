package dev.headwater.pipelines.project;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.pipelines.project.CatalogDecl.Access;
import dev.headwater.pipelines.project.CatalogDecl.Pin;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The database that runs, models and locks are in, where it isn't the tables' own. */
final class RegistrySection {
  private static final String NAME = "registry";

  private RegistrySection() {}

  static @Nullable CatalogDecl parse(@Nullable Section s) {
    if (s == null) {
      return null;
    }
    Map<String, String> properties = new LinkedHashMap<>();
    for (String key : s.names()) {
      Properties.read(s, key, properties);
    }
    return of(properties, s::problem);
  }

  static CatalogDecl of(Map<String, String> properties, BiConsumer<String, String> problem) {
    Properties.secrets(properties, problem);
    String uri = properties.get(CatalogConfig.URI);
    if (uri == null || !uri.matches("jdbc:(sqlite|postgresql):.+")) {
      problem.accept(
          CatalogConfig.URI,
          (uri == null ? "is missing" : "'" + uri + "' is no database that can be used")
              + ". Write uri: jdbc:postgresql://host/database");
    }
    properties.keySet().stream()
        .filter(key -> !key.equals(CatalogConfig.URI) && !key.startsWith("jdbc."))
        .forEach(key -> problem.accept(key, "is unknown. There are uri, jdbc.user, jdbc.password"));
    return new CatalogDecl(NAME, Access.WRITE, Pin.NONE, properties);
  }
}

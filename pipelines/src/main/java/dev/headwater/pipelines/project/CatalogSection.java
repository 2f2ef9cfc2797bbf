package dev.headwater.pipelines.project;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.project.CatalogDecl.Access;
import dev.headwater.pipelines.project.CatalogDecl.Pin;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One catalog of the project file: Iceberg's properties, {@code access} and {@code pin}. */
final class CatalogSection {
  private final Path folder;
  private final Section section;
  private final String name;

  CatalogSection(Path folder, Section section) {
    this.folder = folder;
    this.section = section;
    this.name = section.name();
  }

  CatalogDecl parse() {
    Access declared = word("access", List.of("read", "write"), Access::valueOf);
    boolean own = name.equals(TableRef.DEFAULT_CATALOG);
    Access access = declared == null ? (own ? Access.WRITE : Access.READ) : declared;
    Pin pin = word("pin", List.of("tag", "copy", "none"), Pin::valueOf);
    Map<String, String> properties = new LinkedHashMap<>();
    for (String key : section.names()) {
      if (!key.equals("access") && !key.equals("pin")) {
        property(key, properties);
      }
    }
    CatalogRules.check(name, access, pin, properties, this::problem);
    return new CatalogDecl(name, access, CatalogRules.pin(access, pin), properties);
  }

  private <T> @Nullable T word(String key, List<String> known, Function<String, T> of) {
    String text = section.value(key, t -> Values.oneOf(t, known));
    return text == null ? null : of.apply(text.toUpperCase(Locale.ROOT));
  }

  private void property(String key, Map<String, String> properties) {
    Properties.read(section, key, properties);
    properties.computeIfPresent(
        CatalogConfig.WAREHOUSE, (warehouse, value) -> CatalogRules.location(folder, value));
  }

  /** The line is that of the key, or of the key inside of it. */
  private void problem(String key, String what) {
    section.problem(key, what);
  }
}

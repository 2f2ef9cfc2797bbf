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
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One catalog of the project file: Iceberg's properties, {@code access} and {@code pin}. */
final class CatalogSection {
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(password|secret|secret-access-key|token|credential|authorization)");

  private final Path folder;
  private final Section section;
  private final String name;

  CatalogSection(Path folder, Section section) {
    this.folder = folder;
    this.section = section;
    this.name = section.path().substring(section.path().indexOf('.') + 1);
  }

  CatalogDecl parse() {
    boolean own = name.equals(TableRef.DEFAULT_CATALOG);
    Access access = word("access", List.of("read", "write"), Access::valueOf);
    if (own && access == Access.READ) {
      section.problem("access", "must be write: the project's own tables are in this catalog");
    }
    if (access == null) {
      access = own ? Access.WRITE : Access.READ;
    }
    Pin pin = word("pin", List.of("tag", "none"), Pin::valueOf);
    if (pin == Pin.TAG && access == Access.READ) {
      section.problem("pin", "by tag needs access: write. Write pin: none, or access: write");
    }
    if (pin == null) {
      pin = access == Access.WRITE ? Pin.TAG : Pin.NONE;
    }
    Map<String, String> properties = new LinkedHashMap<>();
    for (String key : section.names()) {
      if (!key.equals("access") && !key.equals("pin")) {
        property(key, properties);
      }
    }
    kind(properties);
    return new CatalogDecl(name, access, pin, properties);
  }

  private <T> @Nullable T word(String key, List<String> known, Function<String, T> of) {
    String text = section.value(key, t -> Values.oneOf(t, known));
    return text == null ? null : of.apply(text.toUpperCase(Locale.ROOT));
  }

  private void property(String key, Map<String, String> properties) {
    if (section.isSection(key)) {
      Section reference = Objects.requireNonNull(section.section(key));
      String where = reference.required("secret", "env/PG_PASSWORD");
      reference.end();
      if (where != null && !where.matches("(env|file)/.+")) {
        reference.problem("secret", "'" + where + "' is no reference. Write env/NAME or file/PATH");
      } else if (where != null) {
        properties.put(key + CatalogConfig.SECRET_SUFFIX, where);
      }
      return;
    }
    String value = section.text(key);
    if (value == null) {
      return;
    }
    if (SECRET.matcher(key).matches() || value.startsWith("env:")) {
      section.problem(
          key, "is a secret. Write " + key + ": {secret: env/NAME}, and set that variable");
      return;
    }
    boolean local = key.equals(CatalogConfig.WAREHOUSE) && value.matches("\\.{0,2}/.*");
    properties.put(
        key, local ? "file://" + folder.resolve(value).toAbsolutePath().normalize() : value);
  }

  private void kind(Map<String, String> properties) {
    String type = properties.get(CatalogConfig.TYPE);
    String impl = properties.get(CatalogConfig.IMPL);
    if (type != null && impl != null) {
      section.problem("type", "and catalog-impl are both there. Write one of them");
    }
    if ("hadoop".equals(type)) {
      section.problem(
          "type",
          "hadoop keeps tables by renaming files, which two writers at once don't survive. Write rest, or jdbc");
    }
    boolean jdbc = impl == null && (type == null || type.equals("jdbc"));
    String uri = properties.get(CatalogConfig.URI);
    if (jdbc && (uri == null || !uri.matches("jdbc:(sqlite|postgresql):.+"))) {
      section.problem(
          CatalogConfig.URI,
          (uri == null ? "is missing" : "'" + uri + "' is no database that can be used")
              + ". Write uri: jdbc:postgresql://host/database, or type: rest and uri: https://host");
    }
    if (jdbc && !properties.containsKey(CatalogConfig.WAREHOUSE)) {
      section.problem(
          CatalogConfig.WAREHOUSE,
          "is missing. Write warehouse: s3://bucket/path, or a folder's path");
    }
    if ("rest".equals(type) && uri == null) {
      section.problem(CatalogConfig.URI, "is missing. Write uri: https://host");
    }
  }
}

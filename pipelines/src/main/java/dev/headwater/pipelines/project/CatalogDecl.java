package dev.headwater.pipelines.project;

import dev.headwater.catalog.CatalogConfig;
import java.util.Locale;
import java.util.Map;

/**
 * A catalog whose tables are read, or that the project's own tables are in ("default").
 *
 * @param access whether its tables may be changed from here
 * @param pin how a model keeps the snapshots of its tables that it was trained on
 * @param properties Iceberg's own; a secret as a reference, its key with {@link
 *     CatalogConfig#SECRET_SUFFIX}
 */
public record CatalogDecl(String name, Access access, Pin pin, Map<String, String> properties) {
  /** Whether tables are changed. */
  public enum Access {
    READ,
    WRITE
  }

  /** How snapshots are kept. */
  public enum Pin {
    /** By a tag that never expires; needs the right to write. */
    TAG,
    /** By a copy of the rows, in the project's own catalog. */
    COPY,
    /** Not at all: its owner may let them expire, and the model can't be trained again then. */
    NONE
  }

  public CatalogDecl {
    properties = Map.copyOf(properties);
  }

  /** As the catalog is opened. */
  public CatalogConfig config() {
    return new CatalogConfig(name, properties)
        .with(CatalogConfig.ACCESS, access == Access.WRITE ? "write" : "read");
  }

  /** As it is written in the file, defaults filled in. */
  Map<String, Object> form() {
    Map<String, Object> form = Properties.form(properties);
    form.put("access", access.name().toLowerCase(Locale.ROOT));
    form.put("pin", pin.name().toLowerCase(Locale.ROOT));
    return form;
  }
}

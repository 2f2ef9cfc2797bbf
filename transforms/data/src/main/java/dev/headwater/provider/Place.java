package dev.headwater.provider;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import java.util.Map;

/** A table by its catalog's properties and its name. */
record Place(CatalogConfig catalog, TableRef table) {
  static final String CATALOG =
      "The Iceberg catalog's properties by Iceberg's own names, such as type, uri and warehouse."
          + " A secret is a reference: jdbc.password.secret: env/PG_PASSWORD.";
  static final String TABLE = "The table: namespace.name.";

  static Place of(Map<String, String> catalog, String table) {
    int dot = table.lastIndexOf('.');
    if (dot < 1 || catalog.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          dot < 1
              ? "'" + table + "' names no table."
              : "There are no properties of the catalog of " + table + ".",
          "write catalog: {uri: ..., warehouse: ...} and table: namespace.name.");
    }
    return new Place(
        new CatalogConfig(TableRef.DEFAULT_CATALOG, catalog),
        TableRef.of(table.substring(0, dot), table.substring(dot + 1)));
  }
}

package dev.headwater.pipelines.project;

import dev.headwater.catalog.TableRef;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names of tables that aren't the project's own. */
final class Foreign {
  private Foreign() {}

  /**
   * What a dotted name means: its catalog's name first, where it is one that is declared.
   *
   * @throws IllegalArgumentException saying why it is no table's name
   */
  static TableRef ref(Map<String, CatalogDecl> catalogs, String text) {
    int first = text.indexOf('.');
    int last = text.lastIndexOf('.');
    if (first < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is no table's name. Write catalog.namespace.table");
    }
    String catalog = text.substring(0, first);
    if (first == last) {
      return new TableRef(
          TableRef.DEFAULT_CATALOG, text.substring(0, first), text.substring(last + 1));
    }
    if (!catalogs.containsKey(catalog) && !catalog.equals(TableRef.DEFAULT_CATALOG)) {
      throw new IllegalArgumentException(
          "no catalog '"
              + catalog
              + "'."
              + Nearest.of(catalog, Set.copyOf(catalogs.keySet()))
              + (catalogs.isEmpty()
                  ? " Declare it under catalogs:."
                  : " There is " + String.join(", ", catalogs.keySet()) + "."));
    }
    return new TableRef(catalog, text.substring(first + 1, last), text.substring(last + 1));
  }

  /**
   * The same for a name that was written down once, whether its catalog is still declared or not.
   */
  static TableRef known(String text) {
    int first = text.indexOf('.');
    int last = text.lastIndexOf('.');
    return first == last
        ? new TableRef(TableRef.DEFAULT_CATALOG, text.substring(0, first), text.substring(last + 1))
        : new TableRef(
            text.substring(0, first), text.substring(first + 1, last), text.substring(last + 1));
  }

  static @Nullable String complaint(Map<String, CatalogDecl> catalogs, String text) {
    try {
      ref(catalogs, text);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }
}

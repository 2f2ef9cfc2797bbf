package dev.headwater.catalog;

import java.io.Serializable;
import java.util.regex.Pattern;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * The name of a table: its catalog's name in the project ("default" where there is one), its
 * namespace (the project's name, for tables that the project owns) and its own.
 *
 * @param namespace its levels with dots between them: "sales" or "sales.eu"
 */
public record TableRef(String catalog, String namespace, String name) implements Serializable {
  public static final String DEFAULT_CATALOG = "default";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern FOREIGN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");

  public TableRef {
    check(NAME, catalog);
    boolean own = catalog.equals(DEFAULT_CATALOG);
    for (String part : (namespace + "." + name).split("\\.", -1)) {
      check(own ? NAME : FOREIGN, part);
    }
    if (name.indexOf('.') >= 0) {
      throw new IllegalArgumentException("'" + name + "' is not a table's own name: it has a dot");
    }
  }

  private static void check(Pattern pattern, String part) {
    if (!pattern.matcher(part).matches()) {
      throw new IllegalArgumentException(
          "'"
              + part
              + "' is not a name: letters, digits and _"
              + (pattern == NAME ? ", not beginning with a digit" : " and -"));
    }
  }

  public static TableRef of(String namespace, String name) {
    return new TableRef(DEFAULT_CATALOG, namespace, name);
  }

  public TableIdentifier identifier() {
    return TableIdentifier.of(levels(namespace), name);
  }

  static Namespace levels(String namespace) {
    return Namespace.of(namespace.split("\\.", -1));
  }

  @Override
  public String toString() {
    return (catalog.equals(DEFAULT_CATALOG) ? "" : catalog + ".") + namespace + "." + name;
  }
}

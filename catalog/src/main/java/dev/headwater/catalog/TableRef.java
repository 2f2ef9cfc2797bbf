package dev.headwater.catalog;

import java.io.Serializable;
import java.util.regex.Pattern;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * The name of a table: its catalog's name in the project ("default" where there is one), its
 * namespace (the project's name, for tables that the project owns) and its own.
 */
public record TableRef(String catalog, String namespace, String name) implements Serializable {
  public static final String DEFAULT_CATALOG = "default";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  public TableRef {
    for (String part : new String[] {catalog, namespace, name}) {
      if (!NAME.matcher(part).matches()) {
        throw new IllegalArgumentException(
            "'" + part + "' is not a name: letters, digits and _, not beginning with a digit");
      }
    }
  }

  public static TableRef of(String namespace, String name) {
    return new TableRef(DEFAULT_CATALOG, namespace, name);
  }

  public TableIdentifier identifier() {
    return TableIdentifier.of(Namespace.of(namespace), name);
  }

  @Override
  public String toString() {
    return (catalog.equals(DEFAULT_CATALOG) ? "" : catalog + ".") + namespace + "." + name;
  }
}

package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Which table a row goes to: the one that a column names.
 *
 * @param namespace the tables' namespace
 * @param column a text column; it stays in the rows
 * @param creates how a table is made that isn't there; null: it is an error
 */
public record Routes(
    CatalogConfig catalog, String namespace, String column, Token token, @Nullable Create creates)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** How a table is made on the way. */
  @FunctionalInterface
  public interface Create extends Serializable {
    /** The partitioning of a table with the rows' columns; its name is the route. */
    PartitionSpec spec(String table, Schema schema);
  }

  /** The tables must be there. */
  public static Routes by(CatalogConfig catalog, String namespace, String column, Token token) {
    return new Routes(catalog, namespace, column, token, null);
  }

  /** Tables that aren't there are made, with the rows' columns. */
  public Routes creating(Create how) {
    return new Routes(catalog, namespace, column, token, how);
  }

  /**
   * The table of a route.
   *
   * @throws HeadwaterException DATA if no table can have this name, or if it isn't there
   */
  Table open(TableCatalog open, String route, Schema schema) {
    if (!route.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot write a row to table '" + route + "', which its " + column + " names.",
          "letters, digits and _ make a table's name; give such rows another " + column + ".");
    }
    TableRef ref = ref(route);
    Optional<Table> there = open.find(ref);
    if (there.isPresent()) {
      return there.get();
    }
    if (creates == null) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot write a row to table "
              + ref
              + ", which its "
              + column
              + " names: it isn't there.",
          "create it, or let tables be created on the way.");
    }
    try {
      return open.create(ref, schema, creates.spec(route, schema), SortOrder.unsorted(), Map.of());
    } catch (HeadwaterException e) {
      // Another worker may have been faster.
      return open.find(ref).orElseThrow(() -> e);
    }
  }

  TableRef ref(String route) {
    return new TableRef(catalog.name(), namespace, route);
  }

  /** What a table's commit is known by. */
  Token token(String route) {
    return token.derived(route);
  }
}

package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.SchemaPolicy;
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
 * @param prefix what the tables' names have before what the column says; often nothing
 * @param column a text column; it stays in the rows
 * @param creates how a table is made that isn't there; null: it is an error
 * @param policy what rows with other columns may do to a table's; null: nothing
 * @param before whether new columns come in a commit of their own, before the files with them
 */
public record Routes(
    CatalogConfig catalog,
    String namespace,
    String prefix,
    String column,
    Token token,
    @Nullable Create creates,
    @Nullable SchemaPolicy policy,
    boolean before)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** How a table is made on the way. */
  @FunctionalInterface
  public interface Create extends Serializable {
    /** The partitioning of a table with the rows' columns; its name is the route. */
    PartitionSpec spec(String table, Schema schema);

    /** Makes the table; by default without an order or properties. */
    default Table create(TableCatalog open, TableRef ref, Schema schema) {
      return open.create(ref, schema, spec(ref.name(), schema), SortOrder.unsorted(), Map.of());
    }
  }

  /** The tables must be there. */
  public static Routes by(CatalogConfig catalog, String namespace, String column, Token token) {
    return new Routes(catalog, namespace, "", column, token, null, null, false);
  }

  /** The tables' names begin with this. */
  public Routes prefixed(String with) {
    return new Routes(catalog, namespace, with, column, token, creates, policy, before);
  }

  /** Tables that aren't there are made, with the rows' columns. */
  public Routes creating(Create how) {
    return new Routes(catalog, namespace, prefix, column, token, how, policy, before);
  }

  /**
   * Rows with other columns than their table's change these, in the commit of the rows.
   *
   * @param by without letters: there are none
   * @throws HeadwaterException USAGE for a policy with letters
   */
  public Routes schema(SchemaPolicy by) {
    SchemaPolicy checked = Renaming.checked(namespace + "." + prefix + "*", by);
    return new Routes(catalog, namespace, prefix, column, token, creates, checked, before);
  }

  /** New columns come before the rows, which any commit can bring then, without a policy. */
  public Routes columnsBefore() {
    return new Routes(catalog, namespace, prefix, column, token, creates, policy, true);
  }

  /**
   * The table of a route.
   *
   * @throws HeadwaterException DATA if no table can have this name, or if it isn't there
   */
  Table open(TableCatalog open, String route, Schema schema) {
    if (!names(route)) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot write a row to table '" + prefix + route + "', which its " + column + " names.",
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
      return creates.create(open, ref, schema);
    } catch (HeadwaterException e) {
      // Another worker may have been faster.
      return open.find(ref).orElseThrow(() -> e);
    }
  }

  /** The table that a route means. */
  public TableRef ref(String route) {
    return new TableRef(catalog.name(), namespace, prefix + route);
  }

  /** Whether a table can have this name. Behind a prefix it begins with no _. */
  public boolean names(String route) {
    return route.matches(prefix.isEmpty() ? "[A-Za-z_][A-Za-z0-9_]*" : "[A-Za-z0-9][A-Za-z0-9_]*");
  }

  /** What was written of a route, into its table. */
  public AppendTo into(String route, String run, Map<String, String> summary) {
    return new AppendTo(catalog, ref(route), token(route).sink(), run, policy, summary);
  }

  /** What a table's commit is known by. */
  public Token token(String route) {
    return token.derived(route);
  }
}

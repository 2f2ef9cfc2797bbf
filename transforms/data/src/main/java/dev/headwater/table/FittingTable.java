package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.BaseMovedException;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * A table as a worker of a stream last saw it, made to fit rows with other columns where a policy
 * allows it: in a commit of its own, before the first of them is written. So a table may have a
 * column a while before it has a value in it; rows never wait. Several workers may do it at once.
 * One thread.
 */
public final class FittingTable implements Serializable {
  private static final long serialVersionUID = 1;

  /** Others change the columns so often at most while one batch waits. */
  private static final int MOST_TRIES = 5;

  private final CatalogConfig catalog;
  private final TableRef ref;
  private final String sink;
  private final @Nullable SchemaPolicy policy;
  private final ArrayList<String> fixed;
  private Table table;
  private transient @Nullable Renaming renaming;
  private transient @Nullable TableColumns columns;

  /**
   * Of a stream's workers.
   *
   * @param policy null: the table stays as it is
   * @param fixed columns that keep their names and types, whatever is allowed
   */
  public FittingTable(
      CatalogConfig catalog,
      TableRef ref,
      Table table,
      String sink,
      @Nullable SchemaPolicy policy,
      List<String> fixed) {
    this.catalog = catalog;
    this.ref = ref;
    this.table = SerializableTable.copyOf(table);
    this.sink = sink;
    this.policy = policy == null ? null : Renaming.checked(ref, policy);
    this.fixed = new ArrayList<>(fixed);
    for (String column : fixed) {
      if (policy != null && !policy.name(column).equals(column)) {
        throw kept(column, "be renamed");
      }
    }
  }

  /** As it was last seen. */
  public Table table() {
    return table;
  }

  /** A batch with the names that its columns have in the table. */
  public RowBatch named(RowBatch batch) {
    if (renaming == null) {
      renaming = new Renaming(policy);
    }
    return renaming.of(batch);
  }

  /**
   * The table that these rows can be written to; the same object as long as nothing changed.
   *
   * @throws HeadwaterException DATA if the policy does not allow what they need
   */
  public Table with(RowBatch named) {
    if (policy == null || takes(named)) {
      return table;
    }
    try (TableCatalog open = TableCatalog.open(catalog)) {
      see(open.load(ref));
      for (int left = MOST_TRIES; !takes(named); left--) {
        if (left == 0) {
          throw new HeadwaterException(
              Kind.FAILED,
              "Cannot fit the columns of " + ref + " to its rows: others change them all the time.",
              "let one job at a time change them.");
        }
        change(open, policy, named);
        see(open.load(ref));
      }
    }
    return table;
  }

  private boolean takes(RowBatch named) {
    if (columns == null) {
      columns = new TableColumns(table.schema());
    }
    return columns.takes(named);
  }

  private void see(Table now) {
    table = SerializableTable.copyOf(now);
    columns = null;
  }

  private void change(TableCatalog open, SchemaPolicy by, RowBatch named) {
    Table now = open.load(ref);
    NewColumns next = NewColumns.of(ref, now, by, List.of(NewColumns.arrival(named)));
    check(now.schema(), next.table().schema());
    try {
      next.commit(open, sink);
    } catch (BaseMovedException e) {
      // Another worker may have brought the same columns.
      return;
    }
  }

  private void check(Schema now, Schema next) {
    for (String column : fixed) {
      NestedField before = now.asStruct().field(column);
      NestedField after = next.asStruct().field(column);
      if (before != null && (after == null || !after.type().equals(before.type()))) {
        throw kept(column, "become " + (after == null ? "another" : after.type()));
      }
    }
  }

  private HeadwaterException kept(String column, String what) {
    return new HeadwaterException(
        Kind.DATA,
        "Column " + column + " of " + ref + " cannot " + what + " while a stream goes by it.",
        "stop the stream, change the table, and start it anew.");
  }
}

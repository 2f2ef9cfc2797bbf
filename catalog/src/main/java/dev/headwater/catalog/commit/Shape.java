package dev.headwater.catalog.commit;

import dev.headwater.catalog.TableRef;
import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * A schema and a partitioning that a table does not have yet, with the ids that it will give them,
 * and {@link Settings} that it lacks. Files are written for the shape and come into the table in
 * the same step, so a reader never sees one without the other, and older snapshots keep their own.
 *
 * @param base the table's schema that it was made from: had somebody else changed it since, their
 *     columns would be gone
 * @param order of rows in new files, over {@code schema}; null: the table's, as long as it has
 *     these columns
 * @param properties that are set
 * @param dropped the names of properties that go
 */
public record Shape(
    Schema schema,
    PartitionSpec spec,
    Schema base,
    @Nullable SortOrder order,
    Map<String, String> properties,
    Set<String> dropped)
    implements Serializable {
  private static final long serialVersionUID = 1;

  public Shape {
    properties = new HashMap<>(properties);
    dropped = new HashSet<>(dropped);
  }

  private Shape(Schema schema, PartitionSpec spec, Schema base) {
    this(schema, spec, base, null, Map.of(), Set.of());
  }

  /**
   * The table's next shape: a column keeps its id if its name is there with a type that may become
   * the wanted one; another type makes it a new column.
   *
   * @param schema the wanted schema; its ids don't count
   * @param spec the wanted partitioning, over {@code schema}
   */
  public static Shape next(Table table, Schema schema, PartitionSpec spec) {
    return next(table, schema, spec, SchemaPolicy.DEFAULT);
  }

  /** As above; a column that the policy renames keeps its id, too. */
  public static Shape next(Table table, Schema schema, PartitionSpec spec, SchemaPolicy policy) {
    TableMetadata now = ((HasTableOperations) table).operations().current();
    List<NestedField> kept =
        policy.renamed(now.schema()).columns().stream()
            .filter(column -> stays(column, schema))
            .toList();
    // A table that never was: only what stays can lend its ids.
    TableMetadata trimmed =
        TableMetadata.buildFrom(now)
            .setDefaultPartitionSpec(PartitionSpec.unpartitioned())
            .setDefaultSortOrder(SortOrder.unsorted())
            .addSchema(new Schema(kept))
            .build();
    trimmed =
        TableMetadata.buildFrom(trimmed)
            .setCurrentSchema(new Schema(kept), now.lastColumnId())
            .build();
    TableMetadata replaced =
        trimmed.buildReplacement(
            schema, spec, SortOrder.unsorted(), now.location(), now.properties());
    // Ids of specs count in the real table, which may lack the trimmed one's.
    TableMetadata real = new Shape(replaced.schema(), replaced.spec(), now.schema()).apply(now);
    return new Shape(real.schema(), real.spec(), now.schema());
  }

  /**
   * A shape of columns that have their ids.
   *
   * @param schema the table's own, perhaps with more columns, as Iceberg's {@code UpdateSchema}
   *     gives it
   * @param spec the wanted partitioning, over {@code schema}
   */
  public static Shape of(Table table, Schema schema, PartitionSpec spec) {
    TableMetadata now = ((HasTableOperations) table).operations().current();
    TableMetadata real = new Shape(schema, spec, now.schema()).apply(now);
    return new Shape(real.schema(), real.spec(), now.schema());
  }

  /**
   * A table's columns with more of them, or wider ones, and the names that a policy gives them;
   * they have their ids.
   *
   * @param columns all of the table's at least, under their new names, see {@link Evolution#of};
   *     ids don't count
   */
  public static Schema union(TableRef ref, Table table, Schema columns, SchemaPolicy policy) {
    Schema own = policy.renamed(table.schema());
    Table renamed =
        own.sameSchema(table.schema())
            ? table
            : of(table, own, PartitionSpec.unpartitioned()).of(ref, table);
    return renamed.updateSchema().unionByNameWith(columns).apply();
  }

  /**
   * A table as it will be once the shape has come, to write files for. It can't be committed to.
   *
   * @throws BaseMovedException if somebody else changed the columns meanwhile
   */
  public Table of(TableRef ref, Table table) {
    TableMetadata now = ((HasTableOperations) table).operations().current();
    return new BaseTable(
        new StaticTableOperations(of(ref, now), table.io(), table.locationProvider()),
        table.name());
  }

  /** With an order and properties. */
  Shape settled(@Nullable SortOrder by, Map<String, String> set, Set<String> gone) {
    return new Shape(schema, spec, base, by, set, gone);
  }

  /** Whether a table has it already. */
  public boolean isOf(Table table) {
    return table.schema().sameSchema(schema)
        && table.spec().equals(spec)
        && (order == null || table.sortOrder().sameOrder(order))
        && properties.isEmpty()
        && dropped.isEmpty();
  }

  /** The table's metadata in this shape. */
  TableMetadata of(TableRef ref, TableMetadata now) {
    boolean columns = now.schema().sameSchema(schema) && now.spec().equals(spec);
    if (!columns && !now.schema().sameSchema(base)) {
      throw new BaseMovedException(ref);
    }
    TableMetadata next = apply(now);
    if (next.spec().specId() != spec.specId()) {
      throw new BaseMovedException(ref);
    }
    return next;
  }

  private TableMetadata apply(TableMetadata now) {
    int highest = Math.max(now.lastColumnId(), schema.highestFieldId());
    TableMetadata.Builder builder = TableMetadata.buildFrom(now);
    boolean sortable =
        now.sortOrder().fields().stream().allMatch(f -> schema.findField(f.sourceId()) != null);
    if (!sortable) {
      builder.setDefaultSortOrder(SortOrder.unsorted());
    }
    builder.setCurrentSchema(schema, highest).setDefaultPartitionSpec(spec);
    if (order != null) {
      builder.setDefaultSortOrder(order);
    }
    Settings.set(builder, properties, dropped);
    return builder.build();
  }

  private static boolean stays(NestedField column, Schema wanted) {
    NestedField next = wanted.findField(column.name());
    if (next == null) {
      return false;
    }
    if (next.type().isPrimitiveType()) {
      return column.type().isPrimitiveType()
          && TypeUtil.isPromotionAllowed(column.type(), next.type().asPrimitiveType());
    }
    return plain(column.type()).equals(plain(next.type()));
  }

  /** The type with ids that only its structure gives. */
  static Type plain(Type type) {
    AtomicInteger ids = new AtomicInteger();
    return TypeUtil.assignFreshIds(
        Types.StructType.of(NestedField.optional(0, "it", type)), ids::incrementAndGet);
  }
}

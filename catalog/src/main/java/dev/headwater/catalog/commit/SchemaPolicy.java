package dev.headwater.catalog.commit;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * What may become of a table's columns when rows come that have others. What is allowed happens in
 * the rows' own commit, see {@link Evolution}.
 *
 * @param add columns that the table lacks come to it
 * @param widen a column takes the wider type: int to long, float to double, more digits of a
 *     decimal
 * @param optional a required column becomes optional where rows have no value for it
 * @param rename old names of columns to new ones: the table's column is renamed and stays the same
 *     one, and what comes under the old name belongs to it
 * @param orElse what becomes of rows that don't fit for all that
 */
public record SchemaPolicy(
    boolean add, boolean widen, boolean optional, Map<String, String> rename, Else orElse)
    implements Serializable {
  /** Columns are added and widened; anything else stops. */
  public static final SchemaPolicy DEFAULT =
      new SchemaPolicy(true, true, false, Map.of(), Else.STOP);

  /** The columns stay as they are; anything else stops. */
  public static final SchemaPolicy FIXED =
      new SchemaPolicy(false, false, false, Map.of(), Else.STOP);

  /** What becomes of rows that don't fit. */
  public enum Else {
    /** Nothing is written. */
    STOP,
    /** They go to the dead letters; values that fit as they are stay. */
    LETTERS
  }

  public SchemaPolicy {
    rename = new LinkedHashMap<>(rename);
  }

  /** Whether columns may come. */
  public SchemaPolicy add(boolean allowed) {
    return new SchemaPolicy(allowed, widen, optional, rename, orElse);
  }

  /** Whether types may get wider. */
  public SchemaPolicy widen(boolean allowed) {
    return new SchemaPolicy(add, allowed, optional, rename, orElse);
  }

  /** Whether required columns may become optional. */
  public SchemaPolicy optional(boolean allowed) {
    return new SchemaPolicy(add, widen, allowed, rename, orElse);
  }

  /** One more column gets another name. */
  public SchemaPolicy rename(String from, String to) {
    Map<String, String> all = new LinkedHashMap<>(rename);
    all.put(from, to);
    return new SchemaPolicy(add, widen, optional, all, orElse);
  }

  /** What becomes of rows that don't fit. */
  public SchemaPolicy orElse(Else what) {
    return new SchemaPolicy(add, widen, optional, rename, what);
  }

  /** A column's name as the table has it. */
  public String name(String column) {
    return rename.getOrDefault(column, column);
  }

  /** A table's columns, those that have got another name also under the one before. */
  public Schema withOldNames(Schema table) {
    List<NestedField> columns = new ArrayList<>(table.columns());
    AtomicInteger ids = new AtomicInteger(table.highestFieldId());
    rename.forEach(
        (old, now) -> {
          NestedField field = table.asStruct().field(now);
          if (field != null && table.asStruct().field(old) == null) {
            Schema before = new Schema(NestedField.from(field.asOptional()).withName(old).build());
            columns.addAll(TypeUtil.assignFreshIds(before, ids::incrementAndGet).columns());
          }
        });
    return new Schema(columns);
  }

  /** The columns under their new names. One whose new name is there already keeps the old one. */
  public Schema renamed(Schema schema) {
    if (rename.isEmpty()) {
      return schema;
    }
    List<NestedField> columns =
        schema.columns().stream()
            .map(
                f ->
                    schema.asStruct().field(name(f.name())) != null
                        ? f
                        : NestedField.from(f).withName(name(f.name())).build())
            .toList();
    return new Schema(Types.StructType.of(columns).fields());
  }
}

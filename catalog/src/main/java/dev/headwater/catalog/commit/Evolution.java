package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * What rows that come make of a table's columns, by policy.
 *
 * @param columns in their order, with types; ids count in this schema only
 * @param changes what becomes another, in a few words each: "added c"
 * @param misfits what is not allowed: rows in which it matters don't fit
 */
public record Evolution(Schema columns, List<String> changes, List<Misfit> misfits) {
  private static final int MOST_TOLD = 10;
  private static final String TABLE = "the table";

  /**
   * Of rows that come to those that are there.
   *
   * @throws HeadwaterException DATA if a column is there under its old and its new name
   */
  public static Evolution of(Table table, List<Arrival> arrivals, SchemaPolicy policy) {
    return new Merge(table.schema(), policy, false).all(arrivals);
  }

  /**
   * Of rows that take the place of all that are there: columns that nobody has any more go, and
   * types may become others. Columns that come and types that get wider need to be allowed.
   *
   * @param table null: there is none yet, and everything is allowed but types that don't meet
   */
  public static Evolution anew(@Nullable Table table, List<Arrival> arrivals, SchemaPolicy policy) {
    return new Merge(table == null ? null : table.schema(), policy, true).all(arrivals);
  }

  /**
   * Returns if everything fits.
   *
   * @param into what they should fit: "table rides"
   * @param key the policy's place in the project file: "tables.rides.schema"
   * @throws HeadwaterException DATA with all misfits
   */
  public void orStop(String into, String key) {
    if (misfits.isEmpty()) {
      return;
    }
    Set<String> cures = new LinkedHashSet<>();
    for (Misfit misfit : misfits) {
      cures.add(
          misfit.why() == Misfit.Why.TYPE
              ? "give column " + misfit.column() + " one type"
              : "allow it by " + key + "." + misfit.why().word() + ": true");
    }
    List<String> told =
        new ArrayList<>(misfits.stream().limit(MOST_TOLD).map(Misfit::sentence).toList());
    if (misfits.size() > MOST_TOLD) {
      told.add("and " + (misfits.size() - MOST_TOLD) + " more");
    }
    throw new HeadwaterException(
        Kind.DATA,
        "The rows do not fit " + into + ": " + String.join("; ", told) + ".",
        String.join(", ", cures)
            + ", or send the rows that don't fit to the letters by "
            + key
            + ".else: letters.");
  }

  /** The merging of columns while it goes on. */
  private static final class Merge {
    private final Map<String, NestedField> known = new LinkedHashMap<>();
    private final Map<String, NestedField> columns = new LinkedHashMap<>();
    private final Map<String, String> from = new HashMap<>();
    private final SchemaPolicy policy;
    private final boolean first;
    private final boolean anew;
    private final List<String> changes = new ArrayList<>();
    private final List<Misfit> misfits = new ArrayList<>();

    Merge(@Nullable Schema table, SchemaPolicy policy, boolean anew) {
      this.policy = policy;
      this.first = table == null;
      this.anew = anew;
      if (table != null) {
        once("the table", table, policy);
        policy
            .rename()
            .forEach(
                (old, now) -> {
                  if (table.asStruct().field(old) != null) {
                    changes.add("renamed " + old + " to " + now);
                  }
                });
        policy.renamed(table).columns().forEach(f -> known.put(f.name(), f));
      }
      if (!anew) {
        columns.putAll(known);
      }
    }

    Evolution all(List<Arrival> arrivals) {
      for (Arrival arrival : arrivals) {
        if (!arrival.byRow()) {
          once(arrival.name(), arrival.schema(), policy);
        }
        for (NestedField field : arrival.schema().columns()) {
          column(arrival, NestedField.from(field).withName(policy.name(field.name())).build());
        }
      }
      for (Arrival arrival : arrivals) {
        Map<String, NestedField> own = new HashMap<>();
        arrival.schema().columns().forEach(f -> own.put(policy.name(f.name()), f));
        List.copyOf(columns.values()).forEach(c -> nulls(arrival, own.get(c.name()), c));
      }
      tell();
      AtomicInteger ids = new AtomicInteger();
      List<NestedField> fresh = new ArrayList<>();
      for (NestedField field : columns.values()) {
        fresh.addAll(TypeUtil.assignFreshIds(new Schema(field), ids::incrementAndGet).columns());
      }
      return new Evolution(new Schema(fresh), changes, misfits);
    }

    private void column(Arrival arrival, NestedField field) {
      NestedField there = known.get(field.name());
      NestedField now = columns.get(field.name());
      if (now == null && there != null) {
        // All is made anew: the table's type stays if it takes the values.
        now =
            takes(there.type(), field.type()) || takes(field.type(), there.type()) ? there : field;
      }
      if (now == null) {
        if (first || policy.add()) {
          // Rows that are in the table have no value in a new column.
          put(field, field.type(), !anew || field.isOptional());
          from.put(field.name(), arrival.name());
        } else {
          misfit(arrival, field, Misfit.Why.ADD, null);
        }
        return;
      }
      Type type = now.type();
      if (!takes(type, field.type())) {
        if (!takes(field.type(), type)) {
          if (policy.add() && grows(type, field.type())) {
            type = field.type();
          } else {
            misfit(arrival, field, Misfit.Why.TYPE, type);
          }
        } else if (there != null && !policy.widen()) {
          misfit(arrival, field, Misfit.Why.WIDEN, type);
        } else {
          type = field.type();
        }
      }
      put(field, type, columns.containsKey(field.name()) ? now.isOptional() : field.isOptional());
    }

    private void put(NestedField field, Type type, boolean optional) {
      NestedField made = NestedField.optional(field.fieldId(), field.name(), type);
      columns.put(field.name(), optional ? made : made.asRequired());
    }

    /**
     * Looks whether a column can stay required.
     *
     * @param field as the rows have it, under their name for it; null: they lack it
     */
    private void nulls(Arrival arrival, @Nullable NestedField field, NestedField column) {
      if (column.isOptional()
          || (field != null && !arrival.nulls().contains(field.name()))
          || misfits.stream().anyMatch(m -> is(m, arrival, column, Misfit.Why.OPTIONAL))) {
        return;
      }
      if (anew || policy.optional()) {
        columns.put(column.name(), column.asOptional());
      } else {
        misfits.add(
            new Misfit(
                arrival.name(),
                column.name(),
                Misfit.Why.OPTIONAL,
                column.type(),
                field == null ? null : field.type(),
                TABLE));
      }
    }

    private static boolean is(Misfit m, Arrival arrival, NestedField column, Misfit.Why why) {
      return m.why() == why
          && m.column().equals(column.name())
          && m.arrival().equals(arrival.name());
    }

    private void misfit(Arrival arrival, NestedField field, Misfit.Why why, @Nullable Type there) {
      String where =
          known.containsKey(field.name()) ? TABLE : from.getOrDefault(field.name(), TABLE);
      misfits.add(new Misfit(arrival.name(), field.name(), why, there, field.type(), where));
    }

    private void tell() {
      if (first) {
        return;
      }
      columns.forEach(
          (name, now) -> {
            NestedField was = known.get(name);
            if (was == null) {
              changes.add("added " + name);
            } else if (!plain(was.type()).equals(plain(now.type()))) {
              changes.add(
                  (takes(now.type(), was.type()) ? "widened " : "made anew ")
                      + name
                      + " from "
                      + was.type()
                      + " to "
                      + now.type());
            } else if (was.isRequired() && now.isOptional()) {
              changes.add("made " + name + " optional");
            }
          });
      known.keySet().stream()
          .filter(name -> !columns.containsKey(name))
          .forEach(name -> changes.add("dropped " + name));
    }

    /** Whether a column of the one type can hold every value of the other. */
    private static boolean takes(Type type, Type other) {
      if (!type.isPrimitiveType() || !other.isPrimitiveType()) {
        return plain(type).equals(plain(other));
      }
      // Iceberg's files know dates only as dates.
      return type.equals(other)
          || (other.typeId() != Type.TypeID.DATE
              && TypeUtil.isPromotionAllowed(other, type.asPrimitiveType()));
    }

    /** Whether a nested type has all that another one has, of the same types, and more. */
    private static boolean grows(Type type, Type more) {
      if (type.isStructType() && more.isStructType()) {
        return type.asStructType().fields().stream()
            .allMatch(
                f -> {
                  NestedField same = more.asStructType().field(f.name());
                  return same != null
                      && (plain(f.type()).equals(plain(same.type()))
                          || grows(f.type(), same.type()));
                });
      }
      if (type.isListType() && more.isListType()) {
        return grows(type.asListType().elementType(), more.asListType().elementType());
      }
      return type.isMapType()
          && more.isMapType()
          && type.asMapType().keyType().equals(more.asMapType().keyType())
          && grows(type.asMapType().valueType(), more.asMapType().valueType());
    }

    private static void once(String where, Schema schema, SchemaPolicy policy) {
      policy
          .rename()
          .forEach(
              (old, now) -> {
                if (schema.asStruct().field(old) != null && schema.asStruct().field(now) != null) {
                  throw new HeadwaterException(
                      Kind.DATA,
                      "Cannot rename column " + old + " to " + now + ": " + where + " has both.",
                      "take one of them out, or the name out of schema.rename.");
                }
              });
    }

    private static Type plain(Type type) {
      return Shape.plain(type);
    }
  }
}

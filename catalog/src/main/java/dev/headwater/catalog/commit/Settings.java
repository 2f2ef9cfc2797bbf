package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;

/**
 * What is declared of a table beside its columns and partitions: Iceberg's table properties, and
 * the order of rows in its files. What was declared once and is no more goes back to what Iceberg
 * has without it; what others have set stays. No file is written again.
 *
 * @param order null: none is declared
 */
public record Settings(Map<String, String> properties, @Nullable Order order) {
  /** Nothing is declared. */
  public static final Settings NONE = new Settings(Map.of(), null);

  /** The table's property that remembers what was declared. */
  public static final String DECLARED = "headwater.declared";

  private static final String SORT = "sort";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** An order of rows, by the names of their columns. */
  public interface Order {
    /**
     * The order over a table's columns.
     *
     * @throws ValidationException if one is not there, or can't be sorted by
     */
    SortOrder of(Schema schema);
  }

  public Settings {
    properties = Map.copyOf(properties);
  }

  /** The properties of a new table. */
  public Map<String, String> whole() {
    Map<String, String> all = new HashMap<>(properties);
    Set<String> names = names();
    if (!names.isEmpty()) {
      all.put(DECLARED, String.join(",", names));
    }
    return all;
  }

  /**
   * The order over these columns.
   *
   * @throws HeadwaterException USAGE if it is none over them
   */
  public SortOrder order(TableRef ref, Schema schema) {
    try {
      return order == null ? SortOrder.unsorted() : order.of(schema);
    } catch (ValidationException | IllegalArgumentException e) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot sort table " + ref + " as declared: " + e.getMessage() + ".",
          "name columns that it has, and transforms that their types take.",
          e);
    }
  }

  /**
   * A shape of the table with what of this the table lacks.
   *
   * @throws HeadwaterException USAGE if the order is none over the shape's columns, or the format
   *     version lower than the table's
   */
  public Shape on(TableRef ref, Table table, Shape shape) {
    Map<String, String> there = new HashMap<>(table.properties());
    there.put(TableProperties.FORMAT_VERSION, Integer.toString(TableUtil.formatVersion(table)));
    Set<String> before = declared(there);
    Map<String, String> set = new HashMap<>();
    whole().forEach((name, value) -> put(set, name, value, there));
    Set<String> gone = new HashSet<>(before);
    gone.removeAll(names());
    gone.remove(TableProperties.FORMAT_VERSION);
    gone.add(DECLARED);
    gone.retainAll(there.keySet());
    gone.removeAll(whole().keySet());
    String version = set.get(TableProperties.FORMAT_VERSION);
    if (version != null && Integer.parseInt(version) < TableUtil.formatVersion(table)) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot give table %s the format version %s: it has %d."
              .formatted(ref, version, TableUtil.formatVersion(table)),
          "leave format-version out: no table's version gets lower.");
    }
    boolean sorts = order != null || before.contains(SORT);
    return shape.settled(sorts ? order(ref, shape.schema()) : null, set, gone);
  }

  private static void put(
      Map<String, String> set, String name, String value, Map<String, String> there) {
    if (!value.equals(there.get(name))) {
      set.put(name, value);
    }
  }

  /** What differs in a table, in so many words; empty if nothing does. */
  public List<String> lacking(TableRef ref, Table table) {
    Shape shape = on(ref, table, Shape.of(table, table.schema(), table.spec()));
    Map<String, String> words = new TreeMap<>(shape.properties());
    words.remove(DECLARED);
    List<String> all = new ArrayList<>();
    words.forEach((name, value) -> all.add(name + " = " + value));
    new TreeSet<>(shape.dropped())
        .stream().filter(name -> !name.equals(DECLARED)).forEach(name -> all.add("no " + name));
    SortOrder by = shape.order();
    if (by != null && !by.sameOrder(table.sortOrder())) {
      all.add(by.isUnsorted() ? "no sort" : "sort");
    }
    return all;
  }

  /**
   * Gives a table what it lacks, by a change of its own, without a snapshot. The same again changes
   * nothing.
   *
   * @throws HeadwaterException as {@link #on}; UNREACHABLE if the catalog did not answer for too
   *     long
   */
  public void settle(TableCatalog catalog, TableRef ref) {
    Patience left = new Patience("give table " + ref + " its properties", PATIENCE);
    while (true) {
      RuntimeException failure;
      try {
        Table table = catalog.load(ref);
        TableOperations operations = ((HasTableOperations) table).operations();
        TableMetadata now = operations.current();
        Shape shape = on(ref, table, Shape.of(table, table.schema(), table.spec()));
        if (shape.isOf(table)) {
          return;
        }
        operations.commit(now, shape.of(ref, now));
        continue;
      } catch (HeadwaterException e) {
        if (e.kind() != Kind.UNREACHABLE) {
          throw e;
        }
        failure = e;
      } catch (RuntimeException e) {
        // Lost to another change, or its answer was lost: the table is asked.
        failure = e;
      }
      left.pause(failure);
    }
  }

  private Set<String> names() {
    Set<String> names = new TreeSet<>(properties.keySet());
    if (order != null) {
      names.add(SORT);
    }
    return names;
  }

  private static Set<String> declared(Map<String, String> properties) {
    String names = properties.getOrDefault(DECLARED, "");
    return new HashSet<>(Arrays.stream(names.split(",")).filter(n -> !n.isEmpty()).toList());
  }

  /** What the builder's metadata will say. */
  static void set(TableMetadata.Builder builder, Map<String, String> set, Set<String> dropped) {
    Map<String, String> plain = new HashMap<>(set);
    String version = plain.remove(TableProperties.FORMAT_VERSION);
    if (version != null) {
      builder.upgradeFormatVersion(Integer.parseInt(version));
    }
    builder.setProperties(plain).removeProperties(dropped);
  }
}

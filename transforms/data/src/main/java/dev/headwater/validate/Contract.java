package dev.headwater.validate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What rows must be to enter a table. Rows that break it become dead letters; so many of them that
 * a limit is passed stop the run.
 *
 * @param columns rules of one column each
 * @param rules boolean SQL expressions, each with the name that is its letters' reason; a row for
 *     which one is false is bad, null is not
 * @param unknownColumns whether a file may have columns that the contract does not name
 * @param maxBadShare the largest share of bad rows that is accepted, 0 to 1
 * @param maxBadRows the largest number of bad rows that is accepted
 */
public record Contract(
    List<ColumnRule> columns,
    List<NamedRule> rules,
    UnknownColumns unknownColumns,
    double maxBadShare,
    long maxBadRows)
    implements Serializable {
  /** One that every row keeps. */
  public static final Contract NONE = of(List.of(), List.of());

  /** What to do with columns that the contract does not name. */
  public enum UnknownColumns {
    ALLOW,
    REFUSE
  }

  /**
   * What one column must be. Bounds and allowed values are written as in SQL's literals, without
   * quotes: {@code 15}, {@code 2001-05-01}, {@code JFK}.
   *
   * @param type Iceberg's name of the type ("long", "timestamp", "decimal(9, 2)"), if it matters
   * @param required whether a null is bad
   * @param min the least accepted value
   * @param max the greatest accepted value
   * @param allowed the accepted values; empty accepts all
   * @param pattern a regular expression that the whole of a text must match
   */
  public record ColumnRule(
      String name,
      @Nullable String type,
      boolean required,
      @Nullable String min,
      @Nullable String max,
      List<String> allowed,
      @Nullable String pattern)
      implements Serializable {
    public ColumnRule {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a column rule needs a column's name");
      }
      allowed = new ArrayList<>(allowed);
      if (pattern != null) {
        try {
          Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
          throw new IllegalArgumentException(
              "the pattern of column "
                  + name
                  + " is not a regular expression: "
                  + e.getDescription(),
              e);
        }
      }
    }

    /** A rule that accepts all. */
    public static ColumnRule of(String name) {
      return new ColumnRule(name, null, false, null, null, List.of(), null);
    }

    public ColumnRule type(String typeName) {
      return new ColumnRule(name, typeName, required, min, max, allowed, pattern);
    }

    public ColumnRule asRequired() {
      return new ColumnRule(name, type, true, min, max, allowed, pattern);
    }

    public ColumnRule range(@Nullable String least, @Nullable String greatest) {
      return new ColumnRule(name, type, required, least, greatest, allowed, pattern);
    }

    public ColumnRule allowed(List<String> values) {
      return new ColumnRule(name, type, required, min, max, values, pattern);
    }

    public ColumnRule pattern(String regex) {
      return new ColumnRule(name, type, required, min, max, allowed, regex);
    }
  }

  /** A boolean SQL expression that must not be false, and the name that says why. */
  public record NamedRule(String name, String expression) implements Serializable {
    public NamedRule {
      if (name.isEmpty() || expression.isEmpty()) {
        throw new IllegalArgumentException("a rule needs a name and an expression");
      }
    }
  }

  public Contract {
    columns = new ArrayList<>(columns);
    rules = new ArrayList<>(rules);
    Set<String> names = new HashSet<>();
    for (ColumnRule column : columns) {
      if (!names.add(column.name())) {
        throw new IllegalArgumentException("the contract names column " + column.name() + " twice");
      }
    }
    names.clear();
    for (NamedRule rule : rules) {
      if (!names.add(rule.name())) {
        throw new IllegalArgumentException("the contract has two rules " + rule.name());
      }
    }
    if (!(maxBadShare >= 0 && maxBadShare <= 1)) {
      throw new IllegalArgumentException("max_bad_share is 0 to 1, not " + maxBadShare);
    }
    if (maxBadRows < 0) {
      throw new IllegalArgumentException("max_bad_rows is not negative: " + maxBadRows);
    }
  }

  /** A contract of these rules that stops only a run of which every row is bad. */
  public static Contract of(List<ColumnRule> columns, List<NamedRule> rules) {
    return new Contract(columns, rules, UnknownColumns.ALLOW, 1, Long.MAX_VALUE);
  }
}

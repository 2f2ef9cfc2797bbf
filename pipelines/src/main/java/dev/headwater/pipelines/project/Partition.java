package dev.headwater.pipelines.project;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Term;

/**
 * One field of a table's partitioning: {@code month(date)}, {@code bucket(16, origin)}, or a bare
 * column.
 *
 * @param size the buckets of bucket, the width of truncate; 0 for the others
 */
public record Partition(Transform transform, String column, int size) {
  private static final Pattern CALL =
      Pattern.compile(
          "\\s*(?:([A-Za-z]+)\\s*\\(\\s*(?:(\\d{1,9})\\s*,\\s*)?)?([^(),\\s]+)\\s*(\\))?\\s*");

  /** How a column's value becomes a partition. */
  public enum Transform {
    IDENTITY,
    YEAR,
    MONTH,
    DAY,
    HOUR,
    BUCKET,
    TRUNCATE;

    boolean sized() {
      return this == BUCKET || this == TRUNCATE;
    }

    boolean ofTime() {
      return compareTo(YEAR) >= 0 && compareTo(HOUR) <= 0;
    }
  }

  public Partition {
    if (transform.sized() != size > 0) {
      throw new IllegalArgumentException(
          transform.sized()
              ? word(transform) + " wants a size: " + word(transform) + "(16, " + column + ")"
              : word(transform) + " takes a column only: " + word(transform) + "(" + column + ")");
    }
  }

  public static Partition month(String column) {
    return new Partition(Transform.MONTH, column, 0);
  }

  public static Partition day(String column) {
    return new Partition(Transform.DAY, column, 0);
  }

  public static Partition identity(String column) {
    return new Partition(Transform.IDENTITY, column, 0);
  }

  /**
   * Reads {@code month(date)} and the like.
   *
   * @throws IllegalArgumentException saying what can be written instead
   */
  public static Partition parse(String text) {
    Matcher m = CALL.matcher(text);
    if (!m.matches() || (m.group(1) == null) != (m.group(4) == null)) {
      throw new IllegalArgumentException(
          "'" + text + "' is no column. Write month(date), day(date), bucket(16, id) or a column.");
    }
    if (m.group(1) == null) {
      return identity(m.group(3));
    }
    // As Spark has them: days(date).
    String name =
        m.group(1).toLowerCase(Locale.ROOT).replaceFirst("^(year|month|day|hour)s$", "$1");
    List<String> known = Arrays.stream(Transform.values()).map(Partition::word).toList();
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          "no transform '"
              + name
              + "'."
              + Nearest.of(name, known)
              + " There are "
              + known.stream().collect(Collectors.joining(", "))
              + ".");
    }
    int size = m.group(2) == null ? 0 : Integer.parseInt(m.group(2));
    return new Partition(Transform.valueOf(name.toUpperCase(Locale.ROOT)), m.group(3), size);
  }

  /** These partitions of a table with this schema. */
  public static PartitionSpec spec(Schema schema, List<Partition> partitions) {
    PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
    for (Partition p : partitions) {
      switch (p.transform) {
        case IDENTITY -> spec.identity(p.column);
        case YEAR -> spec.year(p.column);
        case MONTH -> spec.month(p.column);
        case DAY -> spec.day(p.column);
        case HOUR -> spec.hour(p.column);
        case BUCKET -> spec.bucket(p.column, p.size);
        case TRUNCATE -> spec.truncate(p.column, p.size);
      }
    }
    return spec.build();
  }

  /** The same as Iceberg's term, for orders. */
  Term term() {
    return switch (transform) {
      case IDENTITY -> Expressions.ref(column);
      case YEAR -> Expressions.year(column);
      case MONTH -> Expressions.month(column);
      case DAY -> Expressions.day(column);
      case HOUR -> Expressions.hour(column);
      case BUCKET -> Expressions.bucket(column, size);
      case TRUNCATE -> Expressions.truncate(column, size);
    };
  }

  private static String word(Transform transform) {
    return transform.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return transform == Transform.IDENTITY
        ? column
        : word(transform) + "(" + (size > 0 ? size + ", " : "") + column + ")";
  }
}

package dev.headwater.columns.expr;

import io.trino.sql.tree.DataType;
import io.trino.sql.tree.DataTypeParameter;
import io.trino.sql.tree.DateTimeDataType;
import io.trino.sql.tree.GenericDataType;
import io.trino.sql.tree.NumericParameter;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The types that a cast names, by SQL's names and by Iceberg's. */
final class TypeNames {
  private static final List<String> NAMES =
      List.of(
          "boolean",
          "int",
          "integer",
          "long",
          "bigint",
          "float",
          "real",
          "double",
          "decimal",
          "string",
          "varchar",
          "date",
          "time",
          "timestamp",
          "timestamptz",
          "timestamp_ns",
          "timestamptz_ns",
          "uuid",
          "binary",
          "varbinary",
          "fixed");

  private TypeNames() {}

  static Type of(DataType type) {
    if (type instanceof DateTimeDataType time) {
      boolean zone = time.isWithTimeZone();
      int precision = time.getPrecision().map(TypeNames::number).orElse(6);
      if (time.getType() == DateTimeDataType.Type.TIME) {
        if (zone) {
          throw new Mistake("there is no time with time zone; use time.");
        }
        return Types.TimeType.get();
      }
      if (precision > 6) {
        return zone ? Types.TimestampNanoType.withZone() : Types.TimestampNanoType.withoutZone();
      }
      return zone ? Types.TimestampType.withZone() : Types.TimestampType.withoutZone();
    }
    if (type instanceof GenericDataType generic) {
      return of(generic);
    }
    throw new Mistake("cannot cast to " + type + ".");
  }

  private static int number(DataTypeParameter parameter) {
    if (parameter instanceof NumericParameter number) {
      return Integer.parseInt(number.getValue());
    }
    throw new Mistake("'" + parameter + "' is not a number.");
  }

  private static Type of(GenericDataType type) {
    String name = type.getName().getValue().toLowerCase(Locale.ROOT);
    List<Integer> sizes = type.getArguments().stream().map(TypeNames::number).toList();
    int takes = name.equals("decimal") ? 2 : name.equals("fixed") ? 1 : 0;
    if (NAMES.contains(name) && sizes.size() > takes) {
      throw new Mistake(
          "the type " + name + " takes no length." + (takes == 0 ? " Use substr to cut." : ""));
    }
    return switch (name) {
      case "boolean" -> SqlTypes.BOOLEAN;
      case "int", "integer" -> SqlTypes.INT;
      case "long", "bigint" -> SqlTypes.LONG;
      case "float", "real" -> SqlTypes.FLOAT;
      case "double" -> SqlTypes.DOUBLE;
      case "decimal" -> decimal(sizes);
      case "string", "varchar" -> SqlTypes.STRING;
      case "date" -> SqlTypes.DATE;
      case "time" -> Types.TimeType.get();
      case "timestamp" -> SqlTypes.TIMESTAMP;
      case "timestamptz" -> Types.TimestampType.withZone();
      case "timestamp_ns" -> Types.TimestampNanoType.withoutZone();
      case "timestamptz_ns" -> Types.TimestampNanoType.withZone();
      case "uuid" -> Types.UUIDType.get();
      case "binary", "varbinary" -> SqlTypes.BINARY;
      case "fixed" -> {
        if (sizes.isEmpty()) {
          throw new Mistake("the type fixed needs its length: fixed(16).");
        }
        yield Types.FixedType.ofLength(sizes.get(0));
      }
      default -> throw new Mistake("no type '" + name + "'. " + Words.meant(name, NAMES));
    };
  }

  private static Type decimal(List<Integer> sizes) {
    int precision = sizes.isEmpty() ? 38 : sizes.get(0);
    int scale = sizes.size() < 2 ? 0 : sizes.get(1);
    if (precision < 1 || precision > 38 || scale > precision) {
      throw new Mistake(
          "decimal("
              + precision
              + ","
              + scale
              + ") is none: at most 38 digits, of these the scale.");
    }
    return Types.DecimalType.of(precision, scale);
  }
}

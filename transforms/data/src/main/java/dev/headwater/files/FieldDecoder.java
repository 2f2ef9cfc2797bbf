package dev.headwater.files;

import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** One column out of the fields of many records, in one pass. One thread. */
abstract class FieldDecoder {
  /** Takes a value that is none of the column's. */
  interface Faults {
    /** The field of this row is no value of the column. */
    void add(int row, int token, String code, String reason);
  }

  final Type type;
  private final byte[][] nulls;
  private final long nullLengths;
  private byte[] scratch = new byte[256];

  /** Where the value lies that is decoded now. */
  byte[] data = new byte[0];

  int from;
  int to;

  private FieldDecoder(Type type, SourceFormat format) {
    this.type = type;
    List<byte[]> texts = new ArrayList<>();
    long lengths = 0;
    for (String text : format.nulls()) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      texts.add(bytes);
      lengths |= 1L << Math.min(63, bytes.length);
    }
    this.nulls = texts.toArray(byte[][]::new);
    this.nullLengths = lengths;
  }

  /**
   * A decoder of a type.
   *
   * @throws IllegalArgumentException if a field of text is no value of it
   */
  static FieldDecoder of(SourceColumn column, SourceFormat format) {
    Type type = column.type();
    TimeFormat times = TimeFormat.of(column.format());
    return switch (type.typeId()) {
      case BOOLEAN -> new Booleans(type, format);
      case INTEGER -> new Ints(type, format, null);
      case DATE -> new Ints(type, format, times);
      case LONG -> new Longs(type, format, null);
      case TIME, TIMESTAMP -> new Longs(type, format, times);
      case FLOAT -> new Floats(type, format);
      case DOUBLE -> new Doubles(type, format);
      case DECIMAL ->
          ((Types.DecimalType) type).precision() <= 18
              ? new Decimals((Types.DecimalType) type, format)
              : new Objects(type, format);
      case UUID -> new Objects(type, format);
      case STRING, BINARY -> new Texts(type, format);
      default ->
          throw new IllegalArgumentException(
              "column " + column.name() + ": a CSV's field is no " + column.typeText());
    };
  }

  /** The column; rows with a fault have a null. */
  abstract Column decode(CsvRecords records, int column, Faults faults);

  /** Looks at a field; whether it is a null. */
  final boolean isNull(CsvRecords records, int token) {
    from = records.start(token);
    to = records.end(token);
    data = records.data();
    if (records.isQuoted(token)) {
      if (records.isEscaped(token)) {
        if (scratch.length < to - from + 16) {
          scratch = new byte[2 * (to - from) + 16];
        }
        to = records.unescape(token, scratch);
        from = 0;
        data = scratch;
      }
      return false;
    }
    return (nullLengths >>> Math.min(63, to - from) & 1) != 0 && isNullText();
  }

  private boolean isNullText() {
    for (byte[] text : nulls) {
      if (java.util.Arrays.equals(text, 0, text.length, data, from, to)) {
        return true;
      }
    }
    return false;
  }

  final void fault(Faults faults, int row, int token) {
    faults.add(row, token, "type", "is no " + type);
  }

  private static final class Longs extends FieldDecoder {
    private final @Nullable TimeFormat times;
    private final TextNumbers numbers = new TextNumbers();

    Longs(Type type, SourceFormat format, @Nullable TimeFormat times) {
      super(type, format);
      this.times = times;
    }

    @Override
    Column decode(CsvRecords records, int column, Faults faults) {
      int n = records.rows();
      long[] values = new long[n];
      NullRows nulls = new NullRows();
      boolean utc = type instanceof Types.TimestampType t && t.shouldAdjustToUTC();
      for (int row = 0; row < n; row++) {
        int token = records.token(row, column);
        if (isNull(records, token)) {
          nulls.set(row);
          continue;
        }
        boolean good;
        if (times == null) {
          values[row] = numbers.parseLong(data, from, to);
          good = numbers.isGood();
        } else {
          values[row] =
              type.typeId() == Type.TypeID.TIME
                  ? times.parseTime(data, from, to)
                  : times.parseTimestamp(data, from, to, utc);
          good = times.isGood();
        }
        if (!good) {
          values[row] = 0;
          nulls.set(row);
          fault(faults, row, token);
        }
      }
      return LongColumn.of(values, nulls.bits(n));
    }
  }

  private static final class Ints extends FieldDecoder {
    private final @Nullable TimeFormat times;
    private final TextNumbers numbers = new TextNumbers();

    Ints(Type type, SourceFormat format, @Nullable TimeFormat times) {
      super(type, format);
      this.times = times;
    }

    @Override
    Column decode(CsvRecords records, int column, Faults faults) {
      int n = records.rows();
      int[] values = new int[n];
      NullRows nulls = new NullRows();
      for (int row = 0; row < n; row++) {
        int token = records.token(row, column);
        if (isNull(records, token)) {
          nulls.set(row);
          continue;
        }
        values[row] =
            times == null ? numbers.parseInt(data, from, to) : times.parseDate(data, from, to);
        if (!(times == null ? numbers.isGood() : times.isGood())) {
          values[row] = 0;
          nulls.set(row);
          fault(faults, row, token);
        }
      }
      return IntColumn.of(values, nulls.bits(n));
    }
  }

  private static final class Doubles extends FieldDecoder {
    private final TextNumbers numbers = new TextNumbers();

    Doubles(Type type, SourceFormat format) {
      super(type, format);
    }

    @Override
    Column decode(CsvRecords records, int column, Faults faults) {
      int n = records.rows();
      double[] values = new double[n];
      NullRows nulls = new NullRows();
      for (int row = 0; row < n; row++) {
        int token = records.token(row, column);
        if (isNull(records, token)) {
          nulls.set(row);
          continue;
        }
        values[row] = numbers.parseDouble(data, from, to);
        if (!numbers.isGood()) {
          values[row] = 0;
          nulls.set(row);
          fault(faults, row, token);
        }
      }
      return DoubleColumn.of(values, nulls.bits(n));
    }
  }

  private static final class Floats extends FieldDecoder {
    private final TextNumbers numbers = new TextNumbers();

    Floats(Type type, SourceFormat format) {
      super(type, format);
    }

    @Override
    Column decode(CsvRecords records, int column, Faults faults) {
      int n = records.rows();
      float[] values = new float[n];
      NullRows nulls = new NullRows();
      for (int row = 0; row < n; row++) {
        int token = records.token(row, column);
        if (isNull(records, token)) {
          nulls.set(row);
          continue;
        }
        values[row] = (float) numbers.parseDouble(data, from, to);
        if (!numbers.isGood()) {
          values[row] = 0;
          nulls.set(row);
          fault(faults, row, token);
        }
      }
      return FloatColumn.of(values, nulls.bits(n));
    }
  }

  private static final class Booleans extends FieldDecoder {
    Booleans(Type type, SourceFormat format) {
      super(type, format);
    }

    @Override
    Column decode(CsvRecords records, int column, Faults faults) {
      int n = records.rows();
      boolean[] values = new boolean[n];
      NullRows nulls = new NullRows();
      for (int row = 0; row < n; row++) {
        int token = records.token(row, column);
        if (isNull(records, token)) {
          nulls.set(row);
          continue;
        }
        String text =
            to - from > 5
                ? ""
                : new String(data, from, to - from, StandardCharsets.ISO_8859_1)
                    .toLowerCase(Locale.ROOT);
        switch (text) {
          case "true", "t", "1", "yes", "y" -> values[row] = true;
          case "false", "f", "0", "no", "n" -> values[row] = false;
          default -> {
            nulls.set(row);
            fault(faults, row, token);
          }
        }
      }
      return BooleanColumn.of(values, nulls.bits(n));
    }
  }

  private static final class Decimals extends FieldDecoder {
    private final TextNumbers numbers = new TextNumbers();
    private final Types.DecimalType decimal;

    Decimals(Types.DecimalType type, SourceFormat format) {
      super(type, format);
      this.decimal = type;
    }

    @Override
    Column decode(CsvRecords records, int column, Faults faults) {
      int n = records.rows();
      long[] values = new long[n];
      NullRows nulls = new NullRows();
      for (int row = 0; row < n; row++) {
        int token = records.token(row, column);
        if (isNull(records, token)) {
          nulls.set(row);
          continue;
        }
        values[row] = numbers.parseUnscaled(data, from, to, decimal.precision(), decimal.scale());
        if (!numbers.isGood()) {
          values[row] = 0;
          nulls.set(row);
          fault(faults, row, token);
        }
      }
      return DecimalColumn.of(decimal.scale(), values, null, nulls.bits(n));
    }
  }

  /** Long decimals and UUIDs. */
  private static final class Objects extends FieldDecoder {
    private final TextNumbers numbers = new TextNumbers();

    Objects(Type type, SourceFormat format) {
      super(type, format);
    }

    @Override
    Column decode(CsvRecords records, int column, Faults faults) {
      ColumnBuilder out = ColumnBuilder.of(type);
      for (int row = 0; row < records.rows(); row++) {
        int token = records.token(row, column);
        if (isNull(records, token)) {
          out.appendNull();
          continue;
        }
        Object value = value();
        out.append(value);
        if (value == null) {
          fault(faults, row, token);
        }
      }
      return out.build();
    }

    private @Nullable Object value() {
      if (type instanceof Types.DecimalType decimal) {
        var value = numbers.parseDecimal(data, from, to, decimal.precision(), decimal.scale());
        return numbers.isGood() ? value : null;
      }
      try {
        return to - from == 36
            ? UUID.fromString(new String(data, from, 36, StandardCharsets.ISO_8859_1))
            : null;
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
  }

  private static final class Texts extends FieldDecoder {
    private final TextColumn out = new TextColumn();

    Texts(Type type, SourceFormat format) {
      super(type, format);
    }

    @Override
    Column decode(CsvRecords records, int column, Faults faults) {
      int n = records.rows();
      boolean utf8 = type.typeId() == Type.TypeID.STRING;
      out.begin();
      for (int row = 0; row < n; row++) {
        int token = records.token(row, column);
        if (isNull(records, token)) {
          out.addNull();
        } else if (!out.add(data, from, to, utf8)) {
          out.addNull();
          faults.add(row, token, "encoding", "is not UTF-8");
        }
      }
      return out.build();
    }
  }
}

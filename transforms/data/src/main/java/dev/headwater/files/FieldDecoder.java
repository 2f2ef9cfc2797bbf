package dev.headwater.files;

import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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
    LongText longs = LongText.of(type, column.format());
    if (longs != null) {
      return new Longs(type, format, longs);
    }
    return switch (type.typeId()) {
      case FLOAT, DOUBLE -> new Doubles(type, format, column.format());
      case BOOLEAN, DECIMAL, UUID -> new Objects(type, format, column.format());
      case STRING, BINARY -> new Texts(type, format);
      default ->
          throw new IllegalArgumentException(
              "column " + column.name() + ": a CSV's field is no " + column.typeText());
    };
  }

  /**
   * The column; rows with a fault have a null. Each kind has its own loop: a call a field costs 4
   * ns.
   */
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
      if (Arrays.equals(text, 0, text.length, data, from, to)) {
        return true;
      }
    }
    return false;
  }

  final void fault(Faults faults, int row, int token) {
    faults.add(row, token, "type", "is no " + type);
  }

  private static final class Longs extends FieldDecoder {
    private final LongText longs;

    Longs(Type type, SourceFormat format, LongText longs) {
      super(type, format);
      this.longs = longs;
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
        long value = longs.parse(data, from, to);
        if (longs.isGood()) {
          values[row] = value;
        } else {
          nulls.set(row);
          fault(faults, row, token);
        }
      }
      return longs.column(values, n, nulls.bits(n));
    }
  }

  private static final class Doubles extends FieldDecoder {
    private final TextNumbers numbers;

    Doubles(Type type, SourceFormat format, @Nullable String written) {
      super(type, format);
      this.numbers = new TextNumbers(written);
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
        double value = numbers.parseDouble(data, from, to);
        if (numbers.isGood()) {
          values[row] = value;
        } else {
          nulls.set(row);
          fault(faults, row, token);
        }
      }
      return TextNumbers.column(type, values, n, nulls.bits(n));
    }
  }

  /** Booleans, long decimals and UUIDs. */
  private static final class Objects extends FieldDecoder {
    private final TextNumbers numbers;

    Objects(Type type, SourceFormat format, @Nullable String written) {
      super(type, format);
      this.numbers = new TextNumbers(written);
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
      if (type.typeId() == Type.TypeID.BOOLEAN) {
        return truth();
      }
      if (type instanceof Types.DecimalType decimal) {
        BigDecimal value =
            numbers.parseDecimal(data, from, to, decimal.precision(), decimal.scale());
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

    private @Nullable Boolean truth() {
      String text =
          to - from > 5 ? "" : new String(data, from, to - from, StandardCharsets.ISO_8859_1);
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "true", "t", "1", "yes", "y" -> Boolean.TRUE;
        case "false", "f", "0", "no", "n" -> Boolean.FALSE;
        default -> null;
      };
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

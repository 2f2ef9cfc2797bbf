package dev.headwater.columns;

import org.apache.iceberg.types.Type;

/** How a column is held, as one byte; the codes are part of the format. */
enum ColumnKind {
  BOOLEANS(0),
  INTS(1),
  LONGS(2),
  FLOATS(3),
  DOUBLES(4),
  DECIMALS(5),
  BYTES(6),
  CODES(7),
  LISTS(8),
  MAPS(9),
  STRUCTS(10);

  private static final ColumnKind[] ALL = values();

  private final int code;

  ColumnKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static ColumnKind of(Column column) {
    if (column instanceof BooleanColumn) {
      return BOOLEANS;
    } else if (column instanceof IntColumn) {
      return INTS;
    } else if (column instanceof LongColumn) {
      return LONGS;
    } else if (column instanceof FloatColumn) {
      return FLOATS;
    } else if (column instanceof DoubleColumn) {
      return DOUBLES;
    } else if (column instanceof DecimalColumn) {
      return DECIMALS;
    } else if (column instanceof BytesColumn) {
      return BYTES;
    } else if (column instanceof DictionaryColumn) {
      return CODES;
    } else if (column instanceof ListColumn) {
      return LISTS;
    } else if (column instanceof MapColumn) {
      return MAPS;
    }
    return STRUCTS;
  }

  static ColumnKind of(BytesIn in, int code) {
    if (code >= ALL.length) {
      throw in.wrong("no kind of column " + code);
    }
    return ALL[code];
  }

  boolean holds(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN, UNKNOWN -> this == BOOLEANS;
      case INTEGER, DATE -> this == INTS;
      case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> this == LONGS;
      case FLOAT -> this == FLOATS;
      case DOUBLE -> this == DOUBLES;
      case DECIMAL -> this == DECIMALS;
      case STRING, BINARY, FIXED, UUID, VARIANT -> this == BYTES || this == CODES;
      case LIST -> this == LISTS;
      case MAP -> this == MAPS;
      case STRUCT -> this == STRUCTS;
      case GEOMETRY, GEOGRAPHY -> false;
    };
  }
}

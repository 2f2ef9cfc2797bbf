package dev.headwater.orc;

import dev.headwater.columns.ColumnBuilder;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.orc.TypeDescription;
import org.apache.orc.storage.ql.exec.vector.BytesColumnVector;
import org.apache.orc.storage.ql.exec.vector.ColumnVector;
import org.apache.orc.storage.ql.exec.vector.DecimalColumnVector;
import org.apache.orc.storage.ql.exec.vector.DoubleColumnVector;
import org.apache.orc.storage.ql.exec.vector.ListColumnVector;
import org.apache.orc.storage.ql.exec.vector.LongColumnVector;
import org.apache.orc.storage.ql.exec.vector.MapColumnVector;
import org.apache.orc.storage.ql.exec.vector.StructColumnVector;
import org.apache.orc.storage.ql.exec.vector.TimestampColumnVector;
import org.apache.orc.storage.ql.exec.vector.UnionColumnVector;

/** Takes values out of ORC's vectors into a column of a table's type. Immutable. */
@FunctionalInterface
interface OrcReader {
  /** Appends a value that is no null. */
  void take(ColumnVector from, int row, ColumnBuilder to);

  /** Appends a value, or a null. */
  default void read(ColumnVector from, int row, ColumnBuilder to) {
    int at = from.isRepeating ? 0 : row;
    if (!from.noNulls && from.isNull[at]) {
      to.appendNull();
    } else {
      take(from, at, to);
    }
  }

  /**
   * A reader.
   *
   * @throws IllegalArgumentException if there is no way from the one type to the other
   */
  static OrcReader of(TypeDescription own, Type wanted) {
    switch (own.getCategory()) {
      case BOOLEAN -> {
        if (wanted.typeId() == Type.TypeID.BOOLEAN) {
          return (v, row, to) -> to.appendBoolean(number(v, row) != 0);
        }
      }
      case BYTE, SHORT, INT, LONG, DATE -> {
        switch (wanted.typeId()) {
          case INTEGER, DATE -> {
            return (v, row, to) -> to.appendInt(Math.toIntExact(number(v, row)));
          }
          case LONG, TIME -> {
            return (v, row, to) -> to.appendLong(number(v, row));
          }
          default -> {}
        }
      }
      case FLOAT, DOUBLE -> {
        if (wanted.typeId() == Type.TypeID.FLOAT) {
          return (v, row, to) -> to.appendFloat((float) ((DoubleColumnVector) v).vector[row]);
        } else if (wanted.typeId() == Type.TypeID.DOUBLE) {
          return (v, row, to) -> to.appendDouble(((DoubleColumnVector) v).vector[row]);
        }
      }
      case STRING, CHAR, VARCHAR, BINARY -> {
        switch (wanted.typeId()) {
          case STRING, BINARY, FIXED, UUID -> {
            return OrcReader::bytes;
          }
          default -> {}
        }
      }
      case TIMESTAMP, TIMESTAMP_INSTANT -> {
        if (wanted.typeId() == Type.TypeID.TIMESTAMP) {
          return (v, row, to) -> to.appendLong(micros((TimestampColumnVector) v, row));
        }
      }
      case DECIMAL -> {
        if (wanted.typeId() == Type.TypeID.DECIMAL) {
          return (v, row, to) ->
              to.append(((DecimalColumnVector) v).vector[row].getHiveDecimal().bigDecimalValue());
        }
      }
      case LIST -> {
        if (wanted instanceof Types.ListType list) {
          return list(of(own.getChildren().get(0), list.elementType()));
        }
      }
      case MAP -> {
        if (wanted instanceof Types.MapType map) {
          return map(
              of(own.getChildren().get(0), map.keyType()),
              of(own.getChildren().get(1), map.valueType()));
        }
      }
      case STRUCT -> {
        if (wanted instanceof Types.StructType struct) {
          return struct(own, struct);
        }
      }
      case UNION -> {
        if (wanted instanceof Types.StructType struct) {
          return union(own, struct);
        }
      }
    }
    throw new IllegalArgumentException(own + " is no " + wanted);
  }

  private static long number(ColumnVector from, int row) {
    return ((LongColumnVector) from).vector[row];
  }

  private static void bytes(ColumnVector from, int row, ColumnBuilder to) {
    BytesColumnVector v = (BytesColumnVector) from;
    to.appendBytes(v.vector[row], v.start[row], v.start[row] + v.length[row]);
  }

  private static long micros(TimestampColumnVector from, int row) {
    long seconds = Math.floorDiv(from.time[row], 1_000L);
    return Math.addExact(Math.multiplyExact(seconds, 1_000_000L), from.nanos[row] / 1_000);
  }

  private static OrcReader list(OrcReader elements) {
    return (from, row, to) -> {
      ListColumnVector v = (ListColumnVector) from;
      int first = Math.toIntExact(v.offsets[row]);
      for (int i = 0; i < v.lengths[row]; i++) {
        elements.read(v.child, first + i, to.part(0));
      }
      to.appendParts();
    };
  }

  private static OrcReader map(OrcReader keys, OrcReader values) {
    return (from, row, to) -> {
      MapColumnVector v = (MapColumnVector) from;
      int first = Math.toIntExact(v.offsets[row]);
      for (int i = 0; i < v.lengths[row]; i++) {
        keys.read(v.keys, first + i, to.part(0));
        values.read(v.values, first + i, to.part(1));
      }
      to.appendParts();
    };
  }

  private static OrcReader struct(TypeDescription own, Types.StructType wanted) {
    List<Types.NestedField> fields = wanted.fields();
    int[] children = new int[fields.size()];
    OrcReader[] readers = new OrcReader[children.length];
    for (int i = 0; i < children.length; i++) {
      children[i] = own.getFieldNames().indexOf(fields.get(i).name());
      readers[i] =
          children[i] < 0
              ? (v, row, to) -> to.appendNull()
              : of(own.getChildren().get(children[i]), fields.get(i).type());
    }
    return (from, row, to) -> {
      StructColumnVector v = (StructColumnVector) from;
      for (int i = 0; i < readers.length; i++) {
        if (children[i] >= 0) {
          readers[i].read(v.fields[children[i]], row, to.part(i));
        }
      }
      to.appendParts();
    };
  }

  private static OrcReader union(TypeDescription own, Types.StructType wanted) {
    OrcReader[] readers = new OrcReader[own.getChildren().size()];
    int[] parts = new int[readers.length];
    for (int i = 0; i < readers.length; i++) {
      Types.NestedField field = wanted.field("member" + i);
      if (field == null) {
        throw new IllegalArgumentException(own + " is no " + wanted);
      }
      parts[i] = wanted.fields().indexOf(field);
      readers[i] = of(own.getChildren().get(i), field.type());
    }
    return (from, row, to) -> {
      UnionColumnVector v = (UnionColumnVector) from;
      int tag = v.tags[row];
      readers[tag].read(v.fields[tag], row, to.part(parts[tag]));
      to.appendParts();
    };
  }
}

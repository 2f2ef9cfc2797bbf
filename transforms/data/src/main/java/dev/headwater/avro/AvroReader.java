package dev.headwater.avro;

import dev.headwater.columns.ColumnBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of one writer's schema into columns of a table's types, by the fields' names. What
 * has no place is read over. Immutable; any number of threads.
 */
@FunctionalInterface
interface AvroReader {
  /**
   * Reads one value and appends it.
   *
   * @param to of the type that it was made for
   * @throws BadValue if the bytes are none; what was appended to parts of the column stays there
   */
  void read(AvroInput in, ColumnBuilder to);

  /**
   * A reader of records.
   *
   * @param ignoreOthers whether values of fields that are no columns are read over, or bad
   * @param ignoreNested the same of fields within columns
   */
  static AvroReader ofRows(
      Schema record, Types.StructType wanted, boolean ignoreOthers, boolean ignoreNested) {
    if (record.getType() != Schema.Type.RECORD) {
      return never("syntax", "is no record, but " + record.getType());
    }
    return struct(record, wanted, ignoreOthers, ignoreNested);
  }

  static AvroReader of(Schema own, Type wanted, boolean ignore) {
    switch (own.getType()) {
      case NULL -> {
        return (in, to) -> to.appendNull();
      }
      case UNION -> {
        return union(own, wanted, ignore);
      }
      case ARRAY -> {
        if (wanted instanceof Types.ListType list) {
          return list(of(own.getElementType(), list.elementType(), ignore));
        }
      }
      case MAP -> {
        if (wanted instanceof Types.MapType map && map.keyType().typeId() == Type.TypeID.STRING) {
          return map(of(own.getValueType(), map.valueType(), ignore));
        }
      }
      case RECORD -> {
        if (wanted instanceof Types.StructType struct) {
          return struct(own, struct, ignore, ignore);
        }
        if (wanted instanceof Types.DecimalType decimal
            && AvroMeaning.of(own) == AvroMeaning.VARIABLE_DECIMAL) {
          return AvroValues.variableDecimal(decimal);
        }
      }
      default -> {
        AvroReader reader = AvroValues.of(own, wanted);
        if (reader != null) {
          return reader;
        }
      }
    }
    return never("type", "is " + own.getType() + ", no " + wanted);
  }

  /** For what can't be read: each value is bad. */
  private static AvroReader never(String code, String why) {
    return (in, to) -> {
      throw new BadValue(code, why);
    };
  }

  private static AvroReader struct(
      Schema own, Types.StructType wanted, boolean ignoreOthers, boolean ignoreNested) {
    List<Types.NestedField> columns = wanted.fields();
    List<Schema.Field> fields = own.getFields();
    AvroReader[] readers = new AvroReader[fields.size()];
    int[] parts = new int[readers.length];
    String[] names = new String[readers.length];
    for (int i = 0; i < readers.length; i++) {
      Schema.Field field = fields.get(i);
      Types.NestedField column = wanted.field(field.name());
      parts[i] = column == null ? -1 : columns.indexOf(column);
      names[i] = field.name();
      readers[i] =
          column != null
              ? of(field.schema(), column.type(), ignoreNested)
              : ignoreOthers ? over(field.schema()) : unknown(field.schema());
    }
    int[] required =
        IntStream.range(0, columns.size()).filter(i -> columns.get(i).isRequired()).toArray();
    return (in, to) -> {
      int row = to.size();
      int i = 0;
      try {
        for (; i < readers.length; i++) {
          readers[i].read(in, parts[i] < 0 ? to : to.part(parts[i]));
        }
      } catch (BadValue e) {
        throw e.in(names[i]);
      } catch (IllegalArgumentException | ArithmeticException e) {
        String why = String.valueOf(e.getMessage());
        throw new BadValue(why.contains("UTF-8") ? "encoding" : "type", "is bad: " + why)
            .in(names[i]);
      }
      to.appendParts();
      for (int part : required) {
        if (to.part(part).isNull(row)) {
          throw new BadValue("required", "is null, but the table requires it")
              .in(columns.get(part).name());
        }
      }
    };
  }

  /** A field that is no column: only a null has a place. */
  private static AvroReader unknown(Schema own) {
    AvroReader bad = never("unknown", "is no column");
    AvroReader nothing = (in, to) -> {};
    if (own.getType() == Schema.Type.NULL) {
      return nothing;
    }
    if (own.getType() != Schema.Type.UNION) {
      return bad;
    }
    List<Schema> members = own.getTypes();
    return (in, to) -> {
      boolean isNull = members.get(in.readIndex(members.size())).getType() == Schema.Type.NULL;
      (isNull ? nothing : bad).read(in, to);
    };
  }

  private static AvroReader union(Schema own, Type wanted, boolean ignore) {
    List<Schema> all = own.getTypes();
    List<Schema> members = AvroTypes.members(own);
    Types.StructType split =
        members.size() > 1
                && wanted instanceof Types.StructType struct
                && struct.field("member0") != null
            ? struct
            : null;
    AvroReader[] readers = new AvroReader[all.size()];
    int member = 0;
    for (int i = 0; i < readers.length; i++) {
      boolean isNull = all.get(i).getType() == Schema.Type.NULL;
      readers[i] =
          split == null || isNull
              ? of(all.get(i), wanted, ignore)
              : member(all.get(i), split, "member" + member, ignore);
      member += isNull ? 0 : 1;
    }
    return (in, to) -> readers[in.readIndex(readers.length)].read(in, to);
  }

  private static AvroReader member(
      Schema own, Types.StructType wanted, String name, boolean ignore) {
    Types.NestedField field = wanted.field(name);
    if (field == null) {
      return never(
          "type", "is " + own.getType() + ", which the column has no field " + name + " for");
    }
    int part = wanted.fields().indexOf(field);
    AvroReader reader = of(own, field.type(), ignore);
    return (in, to) -> {
      reader.read(in, to.part(part));
      to.appendParts();
    };
  }

  private static AvroReader list(AvroReader elements) {
    return (in, to) -> {
      for (int n = in.readCount(); n > 0; n = in.readCount()) {
        for (int i = 0; i < n; i++) {
          elements.read(in, to.part(0));
        }
      }
      to.appendParts();
    };
  }

  private static AvroReader map(AvroReader values) {
    return (in, to) -> {
      for (int n = in.readCount(); n > 0; n = in.readCount()) {
        for (int i = 0; i < n; i++) {
          int length = in.readLength();
          int from = in.skip(length);
          to.part(0).appendBytes(in.data(), from, from + length);
          values.read(in, to.part(1));
        }
      }
      to.appendParts();
    };
  }

  /** Reads over a value. */
  private static AvroReader over(Schema own) {
    return over(own, new ArrayList<>());
  }

  private static AvroReader over(Schema own, List<String> open) {
    return switch (own.getType()) {
      case NULL -> (in, to) -> {};
      case BOOLEAN -> (in, to) -> in.readBoolean();
      case INT -> (in, to) -> in.readInt();
      case LONG -> (in, to) -> in.readLong();
      case FLOAT -> (in, to) -> in.skip(4);
      case DOUBLE -> (in, to) -> in.skip(8);
      case FIXED -> (in, to) -> in.skip(own.getFixedSize());
      case ENUM -> (in, to) -> in.readIndex(own.getEnumSymbols().size());
      case STRING, BYTES -> (in, to) -> in.skip(in.readLength());
      case UNION -> {
        AvroReader[] members =
            own.getTypes().stream().map(s -> over(s, open)).toArray(AvroReader[]::new);
        yield (in, to) -> members[in.readIndex(members.length)].read(in, to);
      }
      case ARRAY -> each(null, over(own.getElementType(), open));
      case MAP -> each(Schema.create(Schema.Type.STRING), over(own.getValueType(), open));
      case RECORD -> {
        if (open.contains(own.getFullName())) {
          yield never("type", "holds records of itself");
        }
        open.add(own.getFullName());
        AvroReader[] fields =
            own.getFields().stream().map(f -> over(f.schema(), open)).toArray(AvroReader[]::new);
        open.remove(own.getFullName());
        yield (in, to) -> {
          for (AvroReader field : fields) {
            field.read(in, to);
          }
        };
      }
    };
  }

  private static AvroReader each(@Nullable Schema key, AvroReader values) {
    return (in, to) -> {
      for (int n = in.readCount(); n > 0; n = in.readCount()) {
        for (int i = 0; i < n; i++) {
          if (key != null) {
            in.skip(in.readLength());
          }
          values.read(in, to);
        }
      }
    };
  }
}

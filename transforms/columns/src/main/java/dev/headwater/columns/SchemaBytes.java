package dev.headwater.columns;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * A schema as bytes: field ids, names, types, docs, defaults, identifier fields. Both ways are
 * remembered, since every batch of a collection says the same schema.
 */
final class SchemaBytes {
  private static final int MAX_REMEMBERED = 256;
  private static final int MAX_DEPTH = 100;
  private static final int OPTIONAL = 1;
  private static final int DOC = 2;
  private static final int INITIAL = 4;
  private static final int WRITE = 8;

  /** Iceberg's Schema has no equals: the keys are the objects themselves. */
  private static final Map<Schema, byte[]> WRITTEN =
      Collections.synchronizedMap(new WeakHashMap<>());

  private static final Map<ByteBuffer, Schema> READ = new ConcurrentHashMap<>();

  private SchemaBytes() {}

  static byte[] of(Schema schema) {
    byte[] bytes = WRITTEN.get(schema);
    if (bytes == null) {
      BytesOut out = new BytesOut(new byte[256]);
      fields(out, schema.columns());
      Set<Integer> identifiers = new TreeSet<>(schema.identifierFieldIds());
      out.count(identifiers.size());
      identifiers.forEach(out::signed);
      bytes = Arrays.copyOf(out.array(), out.size());
      WRITTEN.put(schema, bytes);
    }
    return bytes;
  }

  private static void fields(BytesOut out, List<Types.NestedField> fields) {
    out.count(fields.size());
    fields.forEach(field -> field(out, field));
  }

  private static void field(BytesOut out, Types.NestedField field) {
    String doc = field.doc();
    Object initial = field.initialDefault();
    Object write = field.writeDefault();
    out.put(
        (field.isOptional() ? OPTIONAL : 0)
            | (doc == null ? 0 : DOC)
            | (initial == null ? 0 : INITIAL)
            | (write == null ? 0 : WRITE));
    out.signed(field.fieldId());
    out.text(field.name());
    type(out, field.type());
    if (doc != null) {
      out.text(doc);
    }
    if (initial != null) {
      value(out, field.type(), initial);
    }
    if (write != null) {
      value(out, field.type(), write);
    }
  }

  private static void value(BytesOut out, Type type, Object value) {
    ByteBuffer bytes = Conversions.toByteBuffer(type, value);
    byte[] array = new byte[bytes.remaining()];
    bytes.duplicate().get(array);
    out.count(array.length);
    out.raw(array, array.length);
  }

  private static void type(BytesOut out, Type type) {
    out.put(TypeCode.of(type));
    if (type instanceof Types.FixedType fixed) {
      out.count(fixed.length());
    } else if (type instanceof Types.DecimalType decimal) {
      out.count(decimal.precision());
      out.count(decimal.scale());
    } else if (type instanceof Types.StructType struct) {
      fields(out, struct.fields());
    } else if (type instanceof Types.ListType list) {
      fields(out, list.fields());
    } else if (type instanceof Types.MapType map) {
      fields(out, map.fields());
    }
  }

  static Schema read(BytesIn in, int length) {
    int from = in.take(length);
    ByteBuffer key = ByteBuffer.wrap(in.array(), from, length);
    Schema known = READ.get(key);
    if (known != null) {
      return known;
    }
    BytesIn bytes = new BytesIn(in.array(), from, from + length);
    Schema schema;
    try {
      List<Types.NestedField> fields = fields(bytes, 0);
      int n = bytes.count();
      Set<Integer> identifiers = new TreeSet<>();
      for (int i = 0; i < n; i++) {
        identifiers.add((int) bytes.signed());
      }
      schema = new Schema(fields, identifiers);
    } catch (RuntimeException e) {
      // Iceberg refuses what makes no schema by exceptions of many kinds.
      throw bytes.wrong("the schema is wrong: " + e);
    }
    if (READ.size() >= MAX_REMEMBERED) {
      READ.clear();
    }
    byte[] own = Arrays.copyOfRange(in.array(), from, from + length);
    Schema other = READ.putIfAbsent(ByteBuffer.wrap(own), schema);
    WRITTEN.putIfAbsent(schema, own);
    return other == null ? schema : other;
  }

  private static List<Types.NestedField> fields(BytesIn in, int depth) {
    if (depth > MAX_DEPTH) {
      throw in.wrong("types nested more than " + MAX_DEPTH + " deep");
    }
    int n = in.count();
    List<Types.NestedField> fields = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      fields.add(field(in, depth));
    }
    return fields;
  }

  private static Types.NestedField field(BytesIn in, int depth) {
    int flags = in.one();
    int id = (int) in.signed();
    String name = in.text();
    Type type = type(in, depth);
    Types.NestedField.Builder field =
        ((flags & OPTIONAL) != 0
                ? Types.NestedField.optional(name)
                : Types.NestedField.required(name))
            .withId(id)
            .ofType(type);
    if ((flags & DOC) != 0) {
      field.withDoc(in.text());
    }
    if ((flags & INITIAL) != 0) {
      field.withInitialDefault(value(in, type));
    }
    if ((flags & WRITE) != 0) {
      field.withWriteDefault(value(in, type));
    }
    return field.build();
  }

  private static Literal<?> value(BytesIn in, Type type) {
    Object value = Conversions.fromByteBuffer(type, ByteBuffer.wrap(in.raw(in.count())));
    if (value == null) {
      throw in.wrong("a default of type " + type + ", which has none");
    }
    return value instanceof Long nanos && type.typeId() == Type.TypeID.TIMESTAMP_NANO
        ? Expressions.nanos(nanos)
        : Expressions.lit(value);
  }

  private static Type type(BytesIn in, int depth) {
    int code = in.one();
    Type simple = TypeCode.simple(code);
    if (simple != null) {
      return simple;
    }
    switch (code) {
      case TypeCode.FIXED -> {
        return Types.FixedType.ofLength(in.count());
      }
      case TypeCode.DECIMAL -> {
        int precision = in.count();
        int scale = in.count();
        if (precision == 0 || precision > 38) {
          throw in.wrong("a decimal of " + precision + " digits");
        }
        return Types.DecimalType.of(precision, scale);
      }
      case TypeCode.STRUCT -> {
        return Types.StructType.of(fields(in, depth + 1));
      }
      case TypeCode.LIST -> {
        Types.NestedField element = only(in, depth, 1).get(0);
        return element.isOptional()
            ? Types.ListType.ofOptional(element.fieldId(), element.type())
            : Types.ListType.ofRequired(element.fieldId(), element.type());
      }
      case TypeCode.MAP -> {
        List<Types.NestedField> fields = only(in, depth, 2);
        Types.NestedField key = fields.get(0);
        Types.NestedField value = fields.get(1);
        return value.isOptional()
            ? Types.MapType.ofOptional(key.fieldId(), value.fieldId(), key.type(), value.type())
            : Types.MapType.ofRequired(key.fieldId(), value.fieldId(), key.type(), value.type());
      }
      default -> throw in.wrong("no type " + code);
    }
  }

  private static List<Types.NestedField> only(BytesIn in, int depth, int count) {
    List<Types.NestedField> fields = fields(in, depth + 1);
    if (fields.size() != count) {
      throw in.wrong(fields.size() + " fields in a type that has " + count);
    }
    return fields;
  }
}

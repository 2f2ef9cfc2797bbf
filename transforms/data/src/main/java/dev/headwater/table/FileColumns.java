package dev.headwater.table;

import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Which column of a file each wanted column comes from, and by which conversion. */
final class FileColumns {
  /** One wanted column: stored in the file, or the same value in every row. */
  record Source(
      Types.NestedField wanted,
      @Nullable ColumnDescriptor stored,
      UnaryOperator<Column> conversion,
      @Nullable Object constant) {
    Column constant(int rows) {
      ColumnBuilder out = ColumnBuilder.of(wanted.type());
      for (int i = 0; i < rows; i++) {
        out.append(constant);
      }
      return out.build();
    }
  }

  private FileColumns() {}

  /** Whether all wanted columns are flat, here and in the file. */
  static boolean areFlat(Schema wanted, MessageType file) {
    for (Types.NestedField field : wanted.columns()) {
      Type stored = find(file, field.fieldId());
      if (!field.type().isPrimitiveType()
          || (stored != null
              && (!stored.isPrimitive() || stored.isRepetition(Type.Repetition.REPEATED)))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The sources of the wanted columns.
   *
   * @param file the file's schema, with field ids
   * @throws IllegalArgumentException if a type doesn't fit, or a required column is missing
   */
  static List<Source> of(Schema wanted, MessageType file, Map<Integer, ?> constants) {
    List<Source> out = new ArrayList<>();
    for (Types.NestedField field : wanted.columns()) {
      Type stored = find(file, field.fieldId());
      if (stored == null) {
        out.add(missing(field, constants.get(field.fieldId())));
        continue;
      }
      UnaryOperator<Column> conversion = Conversions.of(stored.asPrimitiveType(), field.type());
      if (conversion == null) {
        throw new IllegalArgumentException(
            "column " + field.name() + " is " + stored + ", which does not fit " + field.type());
      }
      out.add(
          new Source(
              field, file.getColumnDescription(new String[] {stored.getName()}), conversion, null));
    }
    return out;
  }

  private static Source missing(Types.NestedField field, @Nullable Object constant) {
    Object value = constant != null ? constant : field.initialDefault();
    if (value == null && field.isRequired()) {
      throw new IllegalArgumentException("the required column " + field.name() + " is missing");
    }
    Object row = value instanceof byte[] bytes ? java.nio.ByteBuffer.wrap(bytes) : value;
    return new Source(
        field, null, UnaryOperator.identity(), row instanceof CharSequence s ? s.toString() : row);
  }

  private static @Nullable Type find(MessageType file, int id) {
    for (Type field : file.getFields()) {
      if (field.getId() != null && field.getId().intValue() == id) {
        return field;
      }
    }
    return null;
  }
}

package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Which columns of a file each wanted column comes from, and by which conversion. */
final class FileColumns {
  /**
   * One wanted column: stored in the file, or the same value in every row.
   *
   * @param stored the file's columns that it needs
   */
  record Source(Types.NestedField wanted, List<ColumnDescriptor> stored, Opening opening) {}

  /** Opens a wanted column in a row group. */
  @FunctionalInterface
  interface Opening {
    GroupColumn open(@Nullable PageReadStore pages) throws IOException;
  }

  private FileColumns() {}

  /**
   * The sources of the wanted columns.
   *
   * @param file the file's schema, with field ids
   * @param byName whether fields of structs are found by name, not by id
   * @throws IllegalArgumentException if a type doesn't fit, or a required column is missing
   * @throws NestedNode.UnknownShape if lists or maps are stored in a way that has no rule
   */
  static List<Source> of(
      Schema wanted, MessageType file, Map<Integer, ?> constants, boolean byName) {
    List<Source> out = new ArrayList<>();
    for (Types.NestedField field : wanted.columns()) {
      Type stored = find(file, field.fieldId());
      if (stored == null) {
        out.add(missing(field, constants.get(field.fieldId())));
      } else if (field.type().isPrimitiveType() && stored.isPrimitive()) {
        out.add(flat(field, stored, file));
      } else {
        out.add(nested(field, stored, file, byName));
      }
    }
    return out;
  }

  private static Source flat(Types.NestedField field, Type stored, MessageType file) {
    if (stored.isRepetition(Type.Repetition.REPEATED)) {
      throw new NestedNode.UnknownShape(field.name());
    }
    UnaryOperator<Column> conversion = Conversions.of(stored.asPrimitiveType(), field.type());
    if (conversion == null) {
      throw new IllegalArgumentException(
          "column " + field.name() + " is " + stored + ", which does not fit " + field.type());
    }
    ColumnDescriptor column = file.getColumnDescription(new String[] {stored.getName()});
    return new Source(
        field,
        List.of(column),
        pages -> new ChunkReader(column, present(pages).getPageReader(column), conversion));
  }

  private static Source nested(
      Types.NestedField field, Type stored, MessageType file, boolean byName) {
    NestedNode.Finder finder = new NestedNode.Finder(file, byName);
    NestedNode root = finder.find(field, stored);
    List<NestedNode.Leaf> leaves = finder.leaves();
    return new Source(
        field,
        leaves.stream().map(NestedNode.Leaf::column).toList(),
        pages -> {
          List<LeafReader> readers = new ArrayList<>();
          for (NestedNode.Leaf leaf : leaves) {
            readers.add(
                new LeafReader(
                    leaf.column(),
                    present(pages).getPageReader(leaf.column()),
                    leaf.conversion(),
                    leaf.least()));
          }
          return new NestedColumn(root, readers);
        });
  }

  private static PageReadStore present(@Nullable PageReadStore pages) {
    if (pages == null) {
      throw new IllegalArgumentException("it has no pages");
    }
    return pages;
  }

  private static Source missing(Types.NestedField field, @Nullable Object constant) {
    Object value = value(constant != null ? constant : field.initialDefault());
    if (value == null && field.isRequired()) {
      throw new IllegalArgumentException("the required column " + field.name() + " is missing");
    }
    return new Source(field, List.of(), pages -> new Constant(field.type(), value));
  }

  /** The same value in every row. */
  private record Constant(org.apache.iceberg.types.Type type, @Nullable Object value)
      implements GroupColumn {
    @Override
    public Column read(int rows) {
      return constant(type, value, rows);
    }

    @Override
    public void skipTo(long row) {}
  }

  /** A value of metadata as a row of a batch has it. */
  static @Nullable Object value(@Nullable Object value) {
    return value instanceof byte[] bytes
        ? ByteBuffer.wrap(bytes)
        : value instanceof CharSequence text ? text.toString() : value;
  }

  static Column constant(org.apache.iceberg.types.Type type, @Nullable Object value, int rows) {
    ColumnBuilder out = ColumnBuilder.of(type);
    for (int i = 0; i < rows; i++) {
      out.append(value);
    }
    return out.build();
  }

  /** A value in the rows that are not null. */
  static Column constantWhere(org.apache.iceberg.types.Type type, Object value, Bits nulls) {
    ColumnBuilder out = ColumnBuilder.of(type);
    for (int i = 0; i < nulls.size(); i++) {
      out.append(nulls.get(i) ? null : value);
    }
    return out.build();
  }

  static @Nullable Type find(MessageType file, int id) {
    for (Type field : file.getFields()) {
      if (field.getId() != null && field.getId().intValue() == id) {
        return field;
      }
    }
    return null;
  }
}

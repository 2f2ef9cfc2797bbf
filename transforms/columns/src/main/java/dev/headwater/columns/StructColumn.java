package dev.headwater.columns;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Nested structs: a column for each field. Under a null struct every field is null. */
public final class StructColumn implements Column {
  private final int size;
  private final List<Column> fields;
  private final @Nullable Bits nulls;

  private StructColumn(int size, List<Column> fields, @Nullable Bits nulls) {
    this.size = size;
    this.fields = fields;
    this.nulls = nulls;
  }

  public static StructColumn of(int size, List<Column> fields, @Nullable Bits nulls) {
    for (Column field : fields) {
      if (field.size() != size) {
        throw new IllegalArgumentException(
            "a field of " + field.size() + " rows in a struct of " + size);
      }
    }
    return new StructColumn(size, List.copyOf(fields), Column.nulls(nulls));
  }

  public List<Column> fields() {
    return fields;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public @Nullable Bits nulls() {
    return nulls;
  }

  @Override
  public StructColumn slice(int from, int to) {
    return new StructColumn(
        to - from,
        fields.stream().map(f -> f.slice(from, to)).toList(),
        Column.slice(nulls, from, to));
  }

  @Override
  public StructColumn gather(int[] rows) {
    return new StructColumn(
        rows.length, fields.stream().map(f -> f.gather(rows)).toList(), Column.gather(nulls, rows));
  }

  @Override
  public long bytes() {
    return fields.stream().mapToLong(Column::bytes).sum();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof StructColumn c
        && size == c.size
        && Objects.equals(nulls, c.nulls)
        && fields.equals(c.fields);
  }

  @Override
  public int hashCode() {
    return 31 * size + fields.hashCode();
  }
}

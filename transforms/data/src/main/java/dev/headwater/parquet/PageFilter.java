package dev.headwater.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.iceberg.expressions.Bound;
import org.apache.iceberg.expressions.BoundReference;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.ExpressionVisitors;
import org.apache.iceberg.expressions.ExpressionVisitors.BoundExpressionVisitor;
import org.apache.iceberg.expressions.Literal;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.ColumnIndex;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.internal.filter2.columnindex.RowRanges;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a row group may match, by the least and greatest values of pages. What the file's
 * indexes don't say matches.
 */
final class PageFilter extends BoundExpressionVisitor<RowRanges> {
  private final MessageType file;
  private final ParquetFileReader reader;
  private final long rows;
  private final Map<String, ColumnChunkMetaData> chunks = new HashMap<>();
  private final Map<Integer, Pages> known = new HashMap<>();

  /** A column's indexes; without them every page may match. */
  private record Pages(
      @Nullable ColumnIndex index, @Nullable OffsetIndex offsets, @Nullable PageBound bound) {
    static final Pages UNKNOWN = new Pages(null, null, null);
  }

  private PageFilter(MessageType file, ParquetFileReader reader, BlockMetaData block) {
    this.file = file;
    this.reader = reader;
    this.rows = block.getRowCount();
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      chunks.put(chunk.getPath().toDotString(), chunk);
    }
  }

  /**
   * The rows that may match; null if all of them.
   *
   * @param file the file's schema, with field ids
   * @param filter bound by field ids, without NOT
   */
  static @Nullable RowRanges of(
      Expression filter, MessageType file, ParquetFileReader reader, BlockMetaData block) {
    RowRanges out = ExpressionVisitors.visit(filter, new PageFilter(file, reader, block));
    return out.rowCount() == block.getRowCount() ? null : out;
  }

  private RowRanges all() {
    return RowRanges.createSingle(rows);
  }

  @Override
  public RowRanges alwaysTrue() {
    return all();
  }

  @Override
  public RowRanges alwaysFalse() {
    return RowRanges.EMPTY;
  }

  @Override
  public RowRanges and(RowRanges left, RowRanges right) {
    return RowRanges.intersection(left, right);
  }

  @Override
  public RowRanges or(RowRanges left, RowRanges right) {
    return RowRanges.union(left, right);
  }

  @Override
  public RowRanges not(RowRanges result) {
    return all();
  }

  @Override
  public <T> RowRanges handleNonReference(Bound<T> term) {
    return all();
  }

  @Override
  public <T> RowRanges isNull(BoundReference<T> ref) {
    ColumnIndex index = pages(ref).index();
    List<Long> nulls = index == null ? null : index.getNullCounts();
    return index == null || nulls == null || nulls.isEmpty()
        ? all()
        : where(ref, page -> nulls.get(page) > 0 || index.getNullPages().get(page));
  }

  @Override
  public <T> RowRanges notNull(BoundReference<T> ref) {
    ColumnIndex index = pages(ref).index();
    return index == null ? all() : where(ref, page -> !index.getNullPages().get(page));
  }

  @Override
  public <T> RowRanges isNaN(BoundReference<T> ref) {
    return all();
  }

  @Override
  public <T> RowRanges notNaN(BoundReference<T> ref) {
    return all();
  }

  @Override
  public <T> RowRanges lt(BoundReference<T> ref, Literal<T> literal) {
    return bounded(ref, (min, max, bound) -> bound.compare(min, literal.value()) < 0);
  }

  @Override
  public <T> RowRanges ltEq(BoundReference<T> ref, Literal<T> literal) {
    return bounded(ref, (min, max, bound) -> bound.compare(min, literal.value()) <= 0);
  }

  @Override
  public <T> RowRanges gt(BoundReference<T> ref, Literal<T> literal) {
    return bounded(ref, (min, max, bound) -> bound.compare(max, literal.value()) > 0);
  }

  @Override
  public <T> RowRanges gtEq(BoundReference<T> ref, Literal<T> literal) {
    return bounded(ref, (min, max, bound) -> bound.compare(max, literal.value()) >= 0);
  }

  @Override
  public <T> RowRanges eq(BoundReference<T> ref, Literal<T> literal) {
    return bounded(ref, (min, max, bound) -> bound.within(min, max, literal.value()));
  }

  @Override
  public <T> RowRanges notEq(BoundReference<T> ref, Literal<T> literal) {
    return all();
  }

  @Override
  public <T> RowRanges in(BoundReference<T> ref, Set<T> values) {
    return bounded(
        ref, (min, max, bound) -> values.stream().anyMatch(v -> bound.within(min, max, v)));
  }

  @Override
  public <T> RowRanges notIn(BoundReference<T> ref, Set<T> values) {
    return all();
  }

  @Override
  public <T> RowRanges startsWith(BoundReference<T> ref, Literal<T> literal) {
    return bounded(ref, (min, max, bound) -> bound.prefixed(min, max, literal.value()));
  }

  @Override
  public <T> RowRanges notStartsWith(BoundReference<T> ref, Literal<T> literal) {
    return all();
  }

  private interface Match {
    boolean test(ByteBuffer min, ByteBuffer max, PageBound bound);
  }

  private RowRanges bounded(BoundReference<?> ref, Match match) {
    Pages pages = pages(ref);
    ColumnIndex index = pages.index();
    PageBound bound = pages.bound();
    if (index == null || bound == null) {
      return all();
    }
    List<Boolean> nulls = index.getNullPages();
    List<ByteBuffer> mins = index.getMinValues();
    List<ByteBuffer> maxes = index.getMaxValues();
    return where(
        ref, page -> !nulls.get(page) && match.test(mins.get(page), maxes.get(page), bound));
  }

  private RowRanges where(BoundReference<?> ref, IntPredicate mayMatch) {
    OffsetIndex offsets = pages(ref).offsets();
    return offsets == null
        ? all()
        : RowRanges.create(
            rows, IntStream.range(0, offsets.getPageCount()).filter(mayMatch).iterator(), offsets);
  }

  private Pages pages(BoundReference<?> ref) {
    return known.computeIfAbsent(ref.fieldId(), id -> read(id, ref.type()));
  }

  private Pages read(int id, org.apache.iceberg.types.Type wanted) {
    Type stored = FileColumns.find(file, id);
    ColumnChunkMetaData chunk = stored == null ? null : chunks.get(stored.getName());
    if (stored == null
        || chunk == null
        || !stored.isPrimitive()
        || stored.isRepetition(Type.Repetition.REPEATED)
        || chunk.getColumnIndexReference() == null
        || chunk.getOffsetIndexReference() == null) {
      return Pages.UNKNOWN;
    }
    try {
      ColumnIndex index = reader.readColumnIndex(chunk);
      OffsetIndex offsets = reader.readOffsetIndex(chunk);
      return index == null
              || offsets == null
              || index.getNullPages().size() != offsets.getPageCount()
          ? Pages.UNKNOWN
          : new Pages(index, offsets, PageBound.of(stored.asPrimitiveType(), wanted));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

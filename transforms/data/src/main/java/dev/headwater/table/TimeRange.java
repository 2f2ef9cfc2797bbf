package dev.headwater.table;

import dev.headwater.catalog.SnapshotRef;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * How many rows a snapshot's files have, and between which times, as their metadata says. The times
 * are a hint: rows may lie outside where a file has no bounds.
 *
 * @param min microseconds since 1970; above {@code max} where nothing is known
 * @param whole whether every file has bounds, so that no row lies outside
 */
public record TimeRange(long min, long max, long rows, boolean whole) implements Serializable {
  private static final long DAY = 86_400_000_000L;

  /** The files that a filter keeps. */
  public static TimeRange of(
      Table table, SnapshotRef snapshot, String column, @Nullable Expression filter) {
    Types.NestedField field = table.schema().findField(column);
    TableScan scan = table.newScan().useSnapshot(snapshot.snapshotId()).includeColumnStats();
    if (filter != null) {
      scan = scan.filter(filter);
    }
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    long rows = 0;
    boolean whole = true;
    try (CloseableIterable<FileScanTask> files = scan.planFiles()) {
      for (FileScanTask file : files) {
        rows += file.file().recordCount();
        Long low = bound(field, file.file().lowerBounds());
        Long high = bound(field, file.file().upperBounds());
        whole &= low != null && high != null;
        min = low == null ? min : Math.min(min, low);
        max = high == null ? max : Math.max(max, high);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TimeRange(min, max, rows, whole);
  }

  /** Both. */
  public TimeRange and(TimeRange other) {
    return new TimeRange(
        Math.min(min, other.min),
        Math.max(max, other.max),
        Math.addExact(rows, other.rows),
        whole && other.whole);
  }

  /** Whether times are known. */
  public boolean bounded() {
    return min <= max;
  }

  private static @Nullable Long bound(
      Types.@Nullable NestedField field, @Nullable Map<Integer, ByteBuffer> bounds) {
    ByteBuffer bytes = field == null || bounds == null ? null : bounds.get(field.fieldId());
    if (field == null || bytes == null) {
      return null;
    }
    Object value = Conversions.fromByteBuffer(field.type(), bytes);
    if (field.type().typeId() == Type.TypeID.DATE) {
      return (Integer) value * DAY;
    }
    return value instanceof Long micros ? micros : null;
  }
}

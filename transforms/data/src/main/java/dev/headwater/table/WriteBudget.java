package dev.headwater.table;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.util.PropertyUtil;

/**
 * How much memory one writer may take for rows: what the table's properties say, but not more than
 * its part of a third of the heap, which all writers of the JVM that have begun share.
 */
final class WriteBudget implements AutoCloseable {
  /** Bytes for the rows of one writer at most. */
  static final String PROPERTY = "headwater.write.memory-bytes";

  static final long DEFAULT = 256L << 20;
  private static final long HEAP_PARTS = 3;
  private static final AtomicInteger BEGUN = new AtomicInteger();

  private final long most;
  private boolean begun;

  WriteBudget(Map<String, String> properties) {
    this.most = PropertyUtil.propertyAsLong(properties, PROPERTY, DEFAULT);
  }

  /** There are rows now: others get less. */
  void begin() {
    if (!begun) {
      begun = true;
      BEGUN.incrementAndGet();
    }
  }

  /** As things stand; changes as other writers come and go. */
  long bytes() {
    long heap = Runtime.getRuntime().maxMemory() / HEAP_PARTS;
    return Math.min(most, heap / Math.max(1, BEGUN.get()));
  }

  @Override
  public void close() {
    if (begun) {
      begun = false;
      BEGUN.decrementAndGet();
    }
  }
}

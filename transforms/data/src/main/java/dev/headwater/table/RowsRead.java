package dev.headwater.table;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many rows the pipelines of this process have read so far, by their jobs' names. Beam's
 * counters tell the same, but not every runner shows them before a step has ended. On another
 * machine nobody listens.
 */
public final class RowsRead {
  private static final Map<String, LongAdder> HEARD = new ConcurrentHashMap<>();

  private RowsRead() {}

  /** Counts rows, if somebody listens to the job. Safe for use by several threads. */
  public static void add(String job, long rows) {
    LongAdder heard = HEARD.get(job);
    if (heard != null) {
      heard.add(rows);
    }
  }

  /** Listens to jobs of this name from now on, until it is closed. */
  public static Listening to(String job) {
    return new Listening(job);
  }

  /** What was heard of one job. */
  public static final class Listening implements AutoCloseable {
    private final String job;
    private final LongAdder rows = new LongAdder();

    private Listening(String job) {
      this.job = job;
      HEARD.put(job, rows);
    }

    public long rows() {
      return rows.sum();
    }

    @Override
    public void close() {
      HEARD.remove(job, rows);
    }
  }
}

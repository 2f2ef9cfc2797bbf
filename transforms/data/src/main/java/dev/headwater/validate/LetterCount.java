package dev.headwater.validate;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.table.LetterWatch;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Letters among rows, against limits: among all so far, or among the last. */
final class LetterCount implements LetterWatch {
  private static final int REASONS = 1_000;
  private static final int TOLD = 3;
  private static final int VALUE = 60;
  private static final int PARTS = 16;

  private final Limits limits;
  private final String table;
  private final long last;
  private final Map<String, Kind> kinds = new HashMap<>();
  private final Deque<long[]> parts = new ArrayDeque<>();
  private long in;
  private long letters;
  private long fresh;

  private record Kind(long count, String example) {}

  /**
   * @param last how many of the newest rows count
   */
  LetterCount(Limits limits, String table, long last) {
    this.limits = limits;
    this.table = table;
    this.last = last;
  }

  @Override
  public void letters(RowBatch batch) {
    fresh += batch.size();
    Values reasons = values(batch, "reason");
    Values sources = values(batch, "source");
    Values positions = values(batch, "position");
    Values values = values(batch, "value");
    for (int row = 0; row < batch.size(); row++) {
      String reason = String.valueOf(reasons.at(row));
      Kind before = kinds.get(reason);
      if (before != null) {
        kinds.put(reason, new Kind(before.count + 1, before.example));
      } else if (kinds.size() < REASONS) {
        String at = sources.at(row) + ":" + positions.at(row);
        kinds.put(reason, new Kind(1, example(values.at(row), at)));
      }
    }
  }

  private static Values values(RowBatch batch, String column) {
    return Values.of(
        batch.column(column), batch.schema().columns().get(batch.index(column)).type());
  }

  private static String example(@Nullable Object value, String at) {
    if (value == null) {
      return at;
    }
    String text = value.toString().replaceAll("\\p{Cntrl}", "?");
    return "'" + (text.length() > VALUE ? text.substring(0, VALUE) + "…" : text) + "' at " + at;
  }

  @Override
  public void rows(long read) {
    in += read;
    letters += fresh;
    if (last < Long.MAX_VALUE) {
      slide(read, fresh);
    }
    fresh = 0;
    boolean many = letters > limits.rows();
    boolean sampled = limits.sample() > 0 && in >= limits.sample() && limits.share() < 1;
    if (many || (sampled && (double) letters / in > limits.share())) {
      boolean stream = last < Long.MAX_VALUE;
      String what = stream ? "last rows" : "rows that a worker has read so far";
      String left = stream ? Limits.GOES_ON : Limits.NOTHING;
      throw limits.refused(table, in, letters, what, most(), left);
    }
  }

  /** Forgets what is older than the last rows. */
  private void slide(long read, long bad) {
    long[] newest = parts.peekLast();
    if (newest == null || newest[0] >= Math.max(1, last / PARTS)) {
      parts.addLast(new long[] {read, bad});
    } else {
      newest[0] += read;
      newest[1] += bad;
    }
    while (parts.size() > 1 && in - parts.getFirst()[0] >= last) {
      long[] oldest = parts.removeFirst();
      in -= oldest[0];
      letters -= oldest[1];
    }
  }

  /** The commonest reasons as a sentence; empty without one. */
  String most() {
    StringBuilder out = new StringBuilder();
    kinds.entrySet().stream()
        .sorted(Comparator.comparingLong(e -> -e.getValue().count))
        .limit(TOLD)
        .forEach(
            e ->
                out.append(out.isEmpty() ? " Most often: " : "; ")
                    .append(e.getKey())
                    .append(
                        String.format(
                            Locale.ROOT,
                            " (%,d, e.g. %s)",
                            e.getValue().count,
                            e.getValue().example)));
    return out.isEmpty() ? "" : out.append('.').toString();
  }
}

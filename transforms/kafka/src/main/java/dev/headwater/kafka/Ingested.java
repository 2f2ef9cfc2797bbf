package dev.headwater.kafka;

import dev.headwater.kafka.OffsetRanges.Range;
import dev.headwater.table.Written;
import dev.headwater.upsert.Keyed;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;

/**
 * What one worker made of some ranges of a topic: finished files, not yet committed.
 *
 * @param keyed where rows replace others by key; then {@code written} has only letters
 * @param routed where rows go to several tables; then {@code written} has only letters, too
 * @param windows of event time that rows are of, from start to end; only where it matters
 * @param begun partitions that the reader began here, and where
 * @param times for each partition the greatest timestamp that came
 * @param late records that were older than the watermark when they came
 */
record Ingested(
    String topicId,
    Written written,
    @Nullable Keyed keyed,
    List<RoutedPart> routed,
    Map<Long, Long> windows,
    OffsetRanges ranges,
    Offsets begun,
    Map<Integer, Instant> times,
    long late)
    implements Serializable {
  private static final long serialVersionUID = 1;

  Ingested {
    routed = new ArrayList<>(routed);
    windows = new TreeMap<>(windows);
    times = new TreeMap<>(times);
  }

  static Coder<Ingested> coder() {
    return SerializableCoder.of(Ingested.class);
  }

  /** What tells it from any other: its files, and what it read. */
  List<String> content() {
    List<String> all = new ArrayList<>();
    written.files().stream().map(DataFile::location).forEach(all::add);
    written.letterFiles().stream().map(DataFile::location).forEach(all::add);
    if (keyed != null) {
      all.addAll(keyed.paths());
    }
    routed.forEach(part -> all.addAll(part.routed().arrived().paths()));
    ranges.all().stream().map(Range::toString).forEach(all::add);
    return all;
  }
}

package dev.headwater.kafka;

import dev.headwater.columns.Bits;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.Decoded;
import dev.headwater.kafka.OffsetRanges.Range;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.LetterWatch;
import dev.headwater.table.RowCheck;
import dev.headwater.table.Sink;
import dev.headwater.table.Written;
import dev.headwater.upsert.Keyed;
import dev.headwater.upsert.KeyedWriter;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Raw batches, decoded, checked and written. One thread. */
final class IngestSink implements Sink<RawBatch, Ingested> {
  private static final String STAGE = "ingest";
  private static final Counter ROWS_IN = Metrics.counter(STAGE, "rows_in");
  private static final Counter ROWS_KEPT = Metrics.counter(STAGE, "rows_kept");
  private static final Counter ROWS_LETTERS = Metrics.counter(STAGE, "rows_letters");
  private static final Counter ROWS_LATE = Metrics.counter(STAGE, "rows_late");

  private final IngestSpec spec;
  private final RecordDecoder decoder;
  private final @Nullable BatchWriter files;
  private final @Nullable KeyedWriter keyed;
  private final BatchWriter letters;
  private final LetterWatch watch;
  private final List<Range> ranges = new ArrayList<>();
  private final Map<Integer, Long> begun = new HashMap<>();
  private final Map<Integer, Instant> times = new HashMap<>();
  private @Nullable RowCheck check;
  private @Nullable Schema checked;
  private String topicId = "";
  private long in;
  private long filtered;
  private long late;

  /** Sinks of one worker, one after the other, with one decoder. */
  static final class Factory implements Sink.Factory<RawBatch, Ingested> {
    private static final long serialVersionUID = 1;
    private final IngestSpec spec;
    private final LetterWatch.Factory watches;
    private transient @Nullable RecordDecoder decoder;
    private transient @Nullable LetterWatch watch;

    /**
     * Of one worker.
     *
     * @param watches looks at the letters of all its sinks
     */
    Factory(IngestSpec spec, LetterWatch.Factory watches) {
      this.spec = spec;
      this.watches = watches;
    }

    @Override
    public IngestSink open() {
      RecordDecoder by = decoder;
      if (by == null) {
        by = spec.decoder.open();
        decoder = by;
      }
      LetterWatch over = watch;
      if (over == null) {
        over = watches.open();
        watch = over;
      }
      return new IngestSink(spec, by, over);
    }
  }

  private IngestSink(IngestSpec spec, RecordDecoder decoder, LetterWatch watch) {
    this.spec = spec;
    this.decoder = decoder;
    this.watch = watch;
    this.keyed = spec.keyed == null ? null : spec.keyed.writer(0);
    this.files =
        spec.keyed == null
            ? BatchWriter.open(spec.table, spec.sink, spec.run).sorting().sketching()
            : null;
    this.letters = BatchWriter.open(spec.letters, spec.sink, spec.run);
  }

  @Override
  public void accept(RawBatch batch) throws IOException {
    topicId = batch.topicId();
    int partition = batch.partition();
    ranges.add(new Range(partition, batch.from(), batch.next()));
    if (batch.first()) {
      begun.merge(partition, batch.from(), Math::max);
    }
    late += batch.late();
    ROWS_LATE.inc(batch.late());
    RowBatch raw = batch.rows();
    if (raw.size() == 0) {
      return;
    }
    in += raw.size();
    ROWS_IN.inc(raw.size());
    newest(partition, raw);
    RecordDecoder.Result result = decoder.decode(raw);
    Decoded decoded = result.decoded();
    RowBatch rows = decoded.rows();
    if (decoded.count() + result.filtered() != raw.size()) {
      throw spec.miscounted(raw.size(), rows.size(), decoded.bad().size(), result.filtered());
    }
    filtered += result.filtered();
    RecordOrigin origin = new RecordOrigin(spec.topic.name(), raw, decoded);
    if (!decoded.bad().isEmpty()) {
      write(spec.undecoded().letters(origin.source(), origin, decoded.bad()));
    }
    if (spec.check != null && rows.size() > 0) {
      RowCheck.Checked divided = check(rows.schema()).check(rows, origin);
      RowBatch broken = divided.letters();
      if (broken != null) {
        write(broken);
      }
      rows = divided.good();
    }
    watch.rows(raw.size());
    ROWS_KEPT.inc(rows.size());
    if (files != null) {
      files.accept(rows);
    } else if (keyed != null) {
      keyed.accept(rows, ((LongColumn) raw.column(RawRecords.OFFSET)).values()[0]);
    }
  }

  private void write(RowBatch broken) throws IOException {
    letters.accept(broken);
    watch.letters(broken);
    ROWS_LETTERS.inc(broken.size());
  }

  /** A decoder's columns may change while it runs, as a registry's schemas do. */
  private RowCheck check(Schema schema) {
    RowCheck by = check;
    if (by == null || checked == null || !checked.sameSchema(schema)) {
      by = Objects.requireNonNull(spec.check).open(schema);
      check = by;
      checked = schema;
    }
    return by;
  }

  private void newest(int partition, RowBatch raw) {
    LongColumn column = (LongColumn) raw.column(RawRecords.TIMESTAMP);
    Bits nulls = column.nulls();
    long greatest = Long.MIN_VALUE;
    for (int row = 0; row < raw.size(); row++) {
      if (nulls == null || !nulls.get(row)) {
        greatest = Math.max(greatest, column.values()[row]);
      }
    }
    if (greatest != Long.MIN_VALUE) {
      Instant at = Instant.ofEpochMilli(Math.floorDiv(greatest, 1_000));
      times.merge(partition, at, (a, b) -> a.isAfter(b) ? a : b);
    }
  }

  @Override
  public List<Ingested> finish() throws IOException {
    OffsetRanges all = OffsetRanges.of(ranges);
    if (all.isEmpty()) {
      return List.of();
    }
    List<DataFile> lettered = letters.finish();
    Written written;
    Keyed by = null;
    if (files != null) {
      List<DataFile> rows = files.finish();
      written =
          new Written(rows, lettered, in, files.rows(), letters.rows(), filtered, Map.of())
              .sketch(files.sketch());
    } else {
      written = new Written(List.of(), lettered, in, 0, letters.rows(), filtered, Map.of());
      by = Keyed.of(Objects.requireNonNull(keyed).finish()).and(letters.rows(), filtered);
    }
    return List.of(new Ingested(topicId, written, by, all, Offsets.of(begun), times, late));
  }

  @Override
  public void close() {
    if (files != null) {
      files.close();
    }
    if (keyed != null) {
      keyed.close();
    }
    letters.close();
  }
}

package dev.headwater.kafka;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.files.Decoded;
import dev.headwater.kafka.decode.Decoders;
import dev.headwater.kafka.decode.RawRecords;
import dev.headwater.kafka.decode.RecordDecoder;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.LetterWatch;
import dev.headwater.table.Origin;
import dev.headwater.table.RowCheck;
import dev.headwater.table.RowFit;
import dev.headwater.table.Sink;
import dev.headwater.table.Written;
import dev.headwater.upsert.Keyed;
import dev.headwater.upsert.KeyedWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Raw batches, decoded, checked and written. One thread. */
@SuppressWarnings("ReferenceEquality") // rows of one decoder share one schema object
final class IngestSink implements Sink<RawBatch, Ingested> {
  private static final String STAGE = "ingest";

  /** Beside a table's columns, whatever their ids are. */
  private static final NestedField GONE =
      NestedField.required((1 << 30) + 99, Decoders.GONE, Types.BooleanType.get());

  private static final Counter ROWS_IN = Metrics.counter(STAGE, "rows_in");
  private static final Counter ROWS_KEPT = Metrics.counter(STAGE, "rows_kept");
  private static final Counter ROWS_LETTERS = Metrics.counter(STAGE, "rows_letters");
  private static final Counter ROWS_LATE = Metrics.counter(STAGE, "rows_late");

  private final IngestSpec spec;
  private final RecordDecoder decoder;
  private final @Nullable BatchWriter files;
  private final @Nullable KeyedWriter keyed;
  private final @Nullable RouteWriter routed;
  private final BatchWriter letters;
  private final LetterWatch watch;
  private final TakenRecords taken = new TakenRecords();
  private final Map<Long, Long> windows = new HashMap<>();
  private final @Nullable RowFit fit;
  private final String[] read;
  private @Nullable RowCheck check;
  private @Nullable Schema checked;
  private @Nullable Expression gone;
  private @Nullable Schema goneOf;
  private long in;
  private long filtered;

  /** Sinks of one worker, one after the other, with one decoder. */
  static final class Factory implements Sink.Factory<RawBatch, Ingested> {
    private static final long serialVersionUID = 1;
    private final IngestSpec spec;
    private final LetterWatch.Factory watches;
    private transient @Nullable RecordDecoder decoder;
    private transient @Nullable LetterWatch watch;
    private transient RouteWriter.@Nullable Known known;

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
    public IngestSink open() throws IOException {
      if (spec.routes != null && known == null) {
        known = new RouteWriter.Known(spec, spec.routes);
      }
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
      return new IngestSink(spec, by, over, known);
    }
  }

  private IngestSink(
      IngestSpec spec, RecordDecoder decoder, LetterWatch watch, RouteWriter.@Nullable Known known)
      throws IOException {
    this.spec = spec;
    this.decoder = decoder;
    this.watch = watch;
    this.keyed = spec.keyed == null ? null : spec.keyed.writer(0);
    this.routed =
        spec.routes == null || known == null ? null : new RouteWriter(spec, spec.routes, known);
    this.files =
        spec.keyed == null && routed == null
            ? BatchWriter.open(spec.table, spec.sink, spec.run).sorting().sketching()
            : null;
    this.letters = BatchWriter.open(spec.letters, spec.sink, spec.run);
    RowFit.Factory fits = spec.fit;
    this.fit = fits == null ? null : fits.open();
    this.read =
        fits == null
            ? new String[0]
            : fits.read().columns().stream().map(NestedField::name).toArray(String[]::new);
  }

  @Override
  public void accept(RawBatch batch) throws IOException {
    taken.add(batch);
    ROWS_LATE.inc(batch.late());
    RowBatch raw = batch.rows();
    if (raw.size() == 0) {
      return;
    }
    in += raw.size();
    ROWS_IN.inc(raw.size());
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
    Rows left = new Rows(rows, origin);
    if (fit != null && rows.size() > 0) {
      left = left(fit(fit, rows, origin), origin);
    }
    if (routed != null && left.batch.size() > 0) {
      left = left(routed.fit(left.batch, left.from), left.from);
      Bits fresh = routed.fresh(left.batch, batch.partition(), left.from);
      filtered += left.batch.size() - fresh.count();
      left = new Rows(left.batch.filter(fresh), left.from.of(fresh.positions()));
    }
    rows = removing(left.batch);
    if (spec.check != null && rows.size() > 0) {
      RowCheck.Checked divided = check(rows.schema()).check(rows, left.from);
      RowBatch broken = divided.letters();
      if (broken != null) {
        write(broken);
      }
      rows = divided.good();
    }
    watch.rows(raw.size());
    ROWS_KEPT.inc(rows.size());
    if (spec.windows != null) {
      spec.windows.note(rows, windows);
    }
    if (files != null) {
      files.accept(rows);
    } else if (routed != null) {
      routed.accept(rows);
    } else if (keyed != null) {
      keyed.accept(rows, ((LongColumn) raw.column(RawRecords.OFFSET)).values()[0]);
    }
  }

  /** Rows on their way, and where they are from. */
  private record Rows(RowBatch batch, Origin from) {}

  private Rows left(RowFit.Fitted fitted, Origin from) throws IOException {
    RowBatch broken = fitted.letters();
    if (broken != null) {
      write(broken);
    }
    Bits kept = fitted.kept();
    return new Rows(fitted.good(), kept == null ? from : from.of(kept.positions()));
  }

  /** Into the table's columns; the one that tells which rows go is none of them. */
  private RowFit.Fitted fit(RowFit by, RowBatch rows, Origin from) {
    RowBatch own = rows.select(read);
    if (own.columns().size() == rows.columns().size()) {
      return by.fit(own, from);
    }
    RowFit.Fitted fitted = by.fit(own, from);
    Bits kept = fitted.kept();
    Column all = rows.column(Decoders.GONE);
    Column those = kept == null ? all : all.gather(kept.positions());
    return new RowFit.Fitted(fitted.good().with(GONE, those), kept, fitted.letters());
  }

  private void write(RowBatch broken) throws IOException {
    letters.accept(broken);
    watch.letters(broken);
    ROWS_LETTERS.inc(broken.size());
  }

  /** With a column that tells which rows only remove, where a condition says it. */
  private RowBatch removing(RowBatch rows) {
    String where = spec.removing;
    if (where == null) {
      return rows;
    }
    if (gone == null || goneOf != rows.schema()) {
      gone = Expression.parse(where, rows.schema());
      goneOf = rows.schema();
    }
    NestedField known = rows.schema().asStruct().field(Decoders.GONE);
    boolean[] all =
        known == null
            ? new boolean[rows.size()]
            : ((BooleanColumn) rows.column(Decoders.GONE)).values().clone();
    for (int row : gone.select(rows).positions()) {
      all[row] = true;
    }
    BooleanColumn those = BooleanColumn.of(all, null);
    if (known == null) {
      return rows.with(GONE, those);
    }
    List<Column> columns = new ArrayList<>(rows.columns());
    columns.set(rows.index(Decoders.GONE), those);
    return RowBatch.of(rows.schema(), rows.size(), columns);
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

  @Override
  public List<Ingested> finish() throws IOException {
    if (taken.ranges().isEmpty()) {
      return List.of();
    }
    List<DataFile> lettered = letters.finish();
    Written written;
    Keyed by = null;
    List<RoutedPart> routes = List.of();
    if (files != null) {
      List<DataFile> rows = files.finish();
      written =
          new Written(rows, lettered, in, files.rows(), letters.rows(), filtered, Map.of())
              .sketch(files.sketch());
    } else if (routed != null) {
      routes = routed.finish();
      long away = filtered + routed.rows();
      Map<String, String> facts = Map.of(IngestSpec.ROUTED, Long.toString(routed.rows()));
      written = new Written(List.of(), lettered, in, 0, letters.rows(), away, facts);
    } else {
      written = new Written(List.of(), lettered, in, 0, letters.rows(), filtered, Map.of());
      by = Keyed.of(Objects.requireNonNull(keyed).finish()).and(letters.rows(), filtered);
    }
    return List.of(taken.into(written, by, routes, windows));
  }

  @Override
  public void close() throws IOException {
    if (files != null) {
      files.close();
    }
    if (keyed != null) {
      keyed.close();
    }
    letters.close();
    if (routed != null) {
      routed.close();
    }
  }
}

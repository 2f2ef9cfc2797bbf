package dev.headwater.rows;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Rows as batches. What a bundle gathered goes out at its end at the latest, so that nothing waits
 * in a worker's memory and no row is lost with it; Beam gives what goes out there no pane.
 */
final class BatchesOfRows extends PTransform<PCollection<Row>, PCollection<RowBatch>> {
  private static final long serialVersionUID = 1;

  private final Schema schema;

  BatchesOfRows(Schema schema) {
    this.schema = schema;
  }

  @Override
  public PCollection<RowBatch> expand(PCollection<Row> rows) {
    BeamRows.check(rows.getSchema(), schema);
    return rows.apply("batches", ParDo.of(new Gather(schema))).setCoder(RowBatchCoder.of());
  }

  private record Place(BoundedWindow window, PaneInfo pane) {}

  private static final class Gathered {
    RowBatchBuilder rows;
    Instant least = BoundedWindow.TIMESTAMP_MAX_VALUE;

    Gathered(Schema schema) {
      rows = new RowBatchBuilder(schema);
    }
  }

  private static final class Gather extends DoFn<Row, RowBatch> {
    private static final long serialVersionUID = 1;

    private final Schema schema;
    private transient @Nullable List<Function<Object, Object>> fields;
    private transient @Nullable Map<Place, Gathered> open;

    Gather(Schema schema) {
      this.schema = schema;
    }

    @StartBundle
    public void start() {
      open = new LinkedHashMap<>();
      fields = BeamRows.converters(schema);
    }

    @ProcessElement
    public void process(
        @Element Row row,
        @Timestamp Instant time,
        BoundedWindow window,
        PaneInfo pane,
        OutputReceiver<RowBatch> out) {
      @Nullable Object[] values = BeamTypes.values(row, Objects.requireNonNull(fields));
      Map<Place, Gathered> places = Objects.requireNonNull(open);
      Place place = new Place(window, pane);
      Gathered gathered = places.computeIfAbsent(place, p -> new Gathered(schema));
      gathered.rows.append(values);
      int size = gathered.rows.size();
      boolean tooLarge = gathered.rows.bytes() > RowBatch.MAX_BYTES;
      if (tooLarge && size > 1) {
        RowBatch all = gathered.rows.build();
        out.outputWithTimestamp(all.slice(0, size - 1), gathered.least);
        gathered.rows = new RowBatchBuilder(schema).append(values);
        gathered.least = time;
      } else if (time.isBefore(gathered.least)) {
        gathered.least = time;
      }
      if (size >= RowBatch.MAX_ROWS && !tooLarge || tooLarge && size == 1) {
        out.outputWithTimestamp(gathered.rows.build(), gathered.least);
        places.remove(place);
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      Objects.requireNonNull(open)
          .forEach((place, g) -> context.output(g.rows.build(), g.least, place.window()));
      open = null;
    }

    /**
     * A batch goes out with the least timestamp of its rows, which may be before that of the last
     * one. All of them are of this bundle, which holds the watermark, so none becomes late by it.
     */
    @Override
    @SuppressWarnings("deprecation") // Beam has no other way to say so
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(Long.MAX_VALUE);
    }
  }
}

package dev.headwater.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.RandomRows;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class BeamRowsTest {
  private static final Schema SCHEMA =
      new Schema(
          NestedField.required(7, "second", Types.LongType.get()),
          NestedField.optional(9, "name", Types.StringType.get()));

  @Test
  void theCoderKeepsBeamsPromises() throws Exception {
    RandomRows random = new RandomRows(5);
    Schema schema = random.schema();
    RowBatch batch = RandomRows.batch(schema, random.rows(schema, 50));
    RandomRows same = new RandomRows(5);
    Schema sameSchema = same.schema();
    RowBatch again = RandomRows.batch(sameSchema, same.rows(sameSchema, 50));
    CoderProperties.coderDecodeEncodeEqual(RowBatchCoder.of(), batch);
    CoderProperties.coderDeterministic(RowBatchCoder.of(), batch, again);
    CoderProperties.coderSerializable(RowBatchCoder.of());
    assertThat(RowBatchCoder.of().structuralValue(CoderUtils.clone(RowBatchCoder.of(), batch)))
        .isEqualTo(RowBatchCoder.of().structuralValue(again));
  }

  @Test
  void rowsOfDifferentWindowsNeverShareABatch() {
    Pipeline pipeline = Pipeline.create(options());
    List<TimestampedValue<Row>> rows = new ArrayList<>();
    org.apache.beam.sdk.schemas.Schema schema = BeamRows.schema(SCHEMA);
    for (long second = 99; second >= 0; second--) {
      Row row = Row.withSchema(schema).addValues(second, second % 3 == 0 ? null : "s").build();
      rows.add(TimestampedValue.of(row, Instant.ofEpochSecond(second)));
    }
    PCollection<String> seen =
        pipeline
            .apply("create", Create.timestamped(rows).withCoder(RowCoder.of(schema)))
            .setRowSchema(schema)
            .apply("window", Window.into(FixedWindows.of(Duration.standardSeconds(10))))
            .apply("gather", BeamRows.batches(SCHEMA))
            .apply("check", ParDo.of(new CheckBatch()));
    PCollection<Long> seconds =
        pipeline
            .apply("create again", Create.timestamped(rows).withCoder(RowCoder.of(schema)))
            .setRowSchema(schema)
            .apply("gather again", BeamRows.batches(SCHEMA))
            .apply("rows", BeamRows.rows(SCHEMA))
            .apply("seconds", ParDo.of(new Second()));

    PAssert.that(seen).satisfies(BeamRowsTest::allRight);
    PAssert.that(seconds)
        .containsInAnyOrder(rows.stream().map(r -> r.getValue().getInt64("second")).toList());
    pipeline.run().waitUntilFinish();
  }

  private static Void allRight(Iterable<String> seen) {
    assertThat(seen).isNotEmpty().allMatch("right"::equals);
    return null;
  }

  private static final class CheckBatch extends DoFn<RowBatch, String> {
    @ProcessElement
    public void process(
        @Element RowBatch batch,
        @Timestamp Instant time,
        BoundedWindow window,
        OutputReceiver<String> out) {
      long least = Long.MAX_VALUE;
      boolean within = true;
      for (Row row : BeamRows.rows(batch)) {
        long second = row.getInt64("second");
        least = Math.min(least, second);
        within &= second / 10 * 10_000 == ((IntervalWindow) window).start().getMillis();
      }
      out.output(within && time.getMillis() == 1_000 * least ? "right" : batch + " at " + time);
    }
  }

  private static final class Second extends DoFn<Row, Long> {
    @ProcessElement
    public void process(@Element Row row, OutputReceiver<Long> out) {
      out.output(row.getInt64("second"));
    }
  }

  @Test
  void aBatchHasAtMostSoManyRowsAndBytes() {
    Pipeline pipeline = Pipeline.create(options());
    org.apache.beam.sdk.schemas.Schema schema = BeamRows.schema(SCHEMA);
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < 20_000; i++) {
      String name = i < 40 ? "x".repeat(100_000) + i : i == 40 ? "y".repeat(2_000_000) : "z";
      rows.add(Row.withSchema(schema).addValues(i, name).build());
    }
    PCollection<String> bad =
        pipeline
            .apply("create", Create.of(rows).withRowSchema(schema))
            .apply("gather", BeamRows.batches(SCHEMA))
            .apply("too large", ParDo.of(new TooLarge()));
    PAssert.that(bad).empty();
    pipeline.run().waitUntilFinish();
  }

  private static final class TooLarge extends DoFn<RowBatch, String> {
    @ProcessElement
    public void process(@Element RowBatch batch, OutputReceiver<String> out) {
      if (batch.size() > RowBatch.MAX_ROWS
          || batch.bytes() > RowBatch.MAX_BYTES && batch.size() > 1) {
        out.output(batch + " of " + batch.bytes() + " bytes");
      }
    }
  }

  @Test
  void beamsOtherTypesAreTaken() {
    org.apache.beam.sdk.schemas.Schema schema =
        org.apache.beam.sdk.schemas.Schema.builder()
            .addByteField("b")
            .addInt16Field("s")
            .addDateTimeField("t")
            .addIterableField("i", FieldType.INT64)
            .build();
    Row row =
        Row.withSchema(schema)
            .addValues((byte) -1, (short) 300, Instant.ofEpochMilli(-1), List.of(1L, 2L))
            .build();

    Schema iceberg = BeamRows.schema(schema);
    Row back = BeamRows.rows(BeamRows.batch(iceberg, List.of(row))).get(0);

    assertThat(iceberg.asStruct().toString())
        .isEqualTo(
            "struct<1: b: required int, 2: s: required int, 3: t: required timestamptz,"
                + " 4: i: required list<long>>");
    assertThat(back.getValues())
        .containsExactly(-1, 300, java.time.Instant.ofEpochMilli(-1), List.of(1L, 2L));
  }

  @Test
  void aDecimalWithoutPrecisionIsRefusedByName() {
    org.apache.beam.sdk.schemas.Schema schema =
        org.apache.beam.sdk.schemas.Schema.builder().addDecimalField("price").build();

    assertThatThrownBy(() -> BeamRows.schema(schema))
        .isInstanceOf(HeadwaterException.class)
        .hasMessage(
            "Field price of the Beam schema has type DECIMAL, which no column holds. Fix: give it"
                + " a precision: FixedPrecisionNumeric.of(38, 9).");
  }

  private static PipelineOptions options() {
    return PipelineOptionsFactory.create();
  }
}

package dev.headwater.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.PeriodicImpulse;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sample;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

final class ThroughTest {
  private static final org.apache.iceberg.Schema IN =
      new org.apache.iceberg.Schema(
          Types.NestedField.optional(1, "at", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(2, "n", Types.LongType.get()));

  private interface Expansion extends SerializableFunction<PCollection<Row>, PCollection<Row>> {}

  private static Through through(Expansion expansion) {
    PTransform<PCollection<Row>, PCollection<Row>> step =
        new PTransform<>() {
          private static final long serialVersionUID = 1;

          @Override
          public PCollection<Row> expand(PCollection<Row> rows) {
            return expansion.apply(rows);
          }
        };
    return new Through("flights", List.of(new Through.Step("Mine", step)));
  }

  private static boolean rowByRow(Expansion expansion) {
    return through(expansion).outcome(IN).rowByRow();
  }

  @Test
  void theTableHasTheColumnsThatComeOut() {
    Through.Outcome outcome =
        through(
                rows ->
                    rows.apply(Filter.by(row -> true))
                        .setRowSchema(
                            Schema.builder()
                                .addFields(rows.getSchema().getFields())
                                .addStringField("must")
                                .addNullableStringField("may")
                                .build()))
            .outcome(IN);
    assertThat(outcome.schema().columns().stream().map(Object::toString))
        .containsExactly(
            "1: at: optional timestamp",
            "2: n: optional long",
            "3: must: required string",
            "4: may: optional string");
  }

  @Test
  void knowsWhereRowsMeet() {
    assertThat(rowByRow(rows -> rows)).isTrue();
    assertThat(rowByRow(rows -> rows.apply(Filter.by(row -> true)))).isTrue();
    assertThat(rowByRow(rows -> rows.apply(Reshuffle.viaRandomKey()))).isTrue();
    assertThat(rowByRow(rows -> rows.apply(Sample.any(3)).setCoder(rows.getCoder()))).isFalse();
    assertThat(
            rowByRow(rows -> keyed(rows).apply(ParDo.of(new Stateful())).setCoder(rows.getCoder())))
        .isFalse();
    assertThat(
            rowByRow(
                rows -> {
                  var all = rows.apply(Count.globally()).apply(View.asSingleton());
                  return rows.apply(ParDo.of(new Plain()).withSideInputs(all))
                      .setCoder(rows.getCoder());
                }))
        .isFalse();
  }

  private static PCollection<KV<String, Row>> keyed(PCollection<Row> rows) {
    return rows.apply(WithKeys.of("a")).setCoder(KvCoder.of(StringUtf8Coder.of(), rows.getCoder()));
  }

  private static final class Plain extends DoFn<Row, Row> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Row row, OutputReceiver<Row> out) {
      out.output(row);
    }
  }

  private static final class Stateful extends DoFn<KV<String, Row>, Row> {
    private static final long serialVersionUID = 1;

    @StateId("seen")
    @SuppressWarnings("UnusedVariable") // Beam looks at it
    private final StateSpec<ValueState<Long>> seen = StateSpecs.value();

    @ProcessElement
    public void process(@Element KV<String, Row> row, OutputReceiver<Row> out) {
      out.output(row.getValue());
    }
  }

  @Test
  void whatNoTableCanHoldIsToldWithTheTransformsName() {
    refused(
        rows -> rows.apply(MapElements.into(TypeDescriptors.rows()).via(row -> row)),
        "Transform Mine of table flights gives rows without a schema.",
        "end it with .setRowSchema(schema).");
    refused(
        rows -> {
          throw new IllegalStateException("no key");
        },
        "cannot be put into the pipeline: java.lang.IllegalStateException: no key.",
        "nothing ran");
    refused(
        rows ->
            rows.getPipeline()
                .apply(PeriodicImpulse.create())
                .apply(
                    MapElements.into(TypeDescriptors.rows())
                        .via(at -> Row.withSchema(rows.getSchema()).addValues(null, 1L).build()))
                .setRowSchema(rows.getSchema()),
        "gives rows without end",
        "a table is loaded once");
    refused(
        rows ->
            rows.apply(Reshuffle.viaRandomKey())
                .setRowSchema(Schema.of(Schema.Field.of("big", Schema.FieldType.DECIMAL))),
        "Field big of the Beam schema has type DECIMAL",
        "FixedPrecisionNumeric");
  }

  private static void refused(Expansion expansion, String what, String fix) {
    assertThatThrownBy(() -> through(expansion).outcome(IN))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining(what)
        .hasMessageContaining(fix);
  }
}

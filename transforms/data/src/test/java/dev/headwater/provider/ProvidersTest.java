package dev.headwater.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.validate.Contract;
import dev.headwater.validate.Validate;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.transforms.SchemaTransformProvider;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transforms by their names, as Beam YAML configures them, and with Beam's error handlers. */
final class ProvidersTest {
  private static final Schema RIDES =
      Schema.builder()
          .addInt64Field("id")
          .addNullableField("town", Schema.FieldType.STRING)
          .addInt64Field("fare")
          .build();

  @TempDir private Path folder = Path.of("unset");

  private Map<String, Object> table(String name, Object... more) {
    Map<String, Object> out = new HashMap<>();
    out.put(
        "catalog",
        Map.of(
            "uri",
            "jdbc:sqlite:" + folder.resolve("c.db"),
            "warehouse",
            folder.resolve("w").toUri().toString()));
    out.put("table", "shop." + name);
    for (int i = 0; i < more.length; i += 2) {
      out.put((String) more[i], more[i + 1]);
    }
    return out;
  }

  private static SchemaTransformProvider provider(String verb) {
    return StreamSupport.stream(
            ServiceLoader.load(SchemaTransformProvider.class).spliterator(), false)
        .filter(p -> p.identifier().equals("headwater:" + verb + ":v1"))
        .findFirst()
        .orElseThrow();
  }

  /** As an expansion service makes it of the words of a YAML file. */
  private static PTransform<PCollectionRowTuple, PCollectionRowTuple> transform(
      String verb, Map<String, Object> said) {
    SchemaTransformProvider provider = provider(verb);
    return provider.from(row(provider.configurationSchema(), said));
  }

  @SuppressWarnings("unchecked")
  private static Row row(Schema schema, Map<String, Object> said) {
    Row.FieldValueBuilder row = Row.withSchema(schema).withFieldValues(Map.of());
    for (Schema.Field field : schema.getFields()) {
      row.withFieldValue(field.getName(), value(field.getType(), said.get(field.getName())));
    }
    return row.build();
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Object value(Schema.FieldType type, @Nullable Object said) {
    if (said instanceof Map<?, ?> map && type.getTypeName() == Schema.TypeName.ROW) {
      return row(type.getRowSchema(), (Map<String, Object>) map);
    }
    if (said instanceof Map<?, ?> map) {
      Map<Object, @Nullable Object> out = new HashMap<>();
      map.forEach((key, value) -> out.put(key, value(type.getMapValueType(), value)));
      return out;
    }
    return said;
  }

  private static Row ride(long id, @Nullable String town, long fare) {
    return Row.withSchema(RIDES).addValues(id, town, fare).build();
  }

  private static PCollection<Row> rides(Pipeline pipeline) {
    return pipeline.apply(
        Create.of(ride(1, "Ulm", 3), ride(2, null, 4), ride(3, "Bonn", -5), ride(3, "Bonn", 6))
            .withRowSchema(RIDES));
  }

  private List<Row> read(Map<String, Object> said) {
    Pipeline pipeline = Pipeline.create();
    PCollection<Row> rows =
        PCollectionRowTuple.empty(pipeline).apply(transform("read", said)).get("output");
    List<Row> out = new java.util.concurrent.CopyOnWriteArrayList<>();
    SEEN.put(folder.toString(), out);
    rows.apply(MapElements.into(TypeDescriptors.voids()).via(keep(folder.toString())))
        .setCoder(org.apache.beam.sdk.coders.VoidCoder.of());
    pipeline.run().waitUntilFinish();
    return out;
  }

  private static final Map<String, List<Row>> SEEN = new java.util.concurrent.ConcurrentHashMap<>();

  private static org.apache.beam.sdk.transforms.SerializableFunction<Row, Void> keep(String to) {
    return row -> {
      java.util.Objects.requireNonNull(SEEN.get(to)).add(row);
      return null;
    };
  }

  @Test
  void rowsAreCheckedAndWrittenAndRead() {
    Pipeline pipeline = Pipeline.create();
    PCollectionRowTuple checked =
        PCollectionRowTuple.of("input", rides(pipeline))
            .apply(
                "check",
                transform(
                    "validate",
                    Map.of(
                        "columns", Map.of("town", Map.of("required", true)),
                        "rules", Map.of("paid", "fare > 0"),
                        "error_handling", Map.of("output", "bad"))));
    PCollectionRowTuple.of("input", checked.get("output"))
        .apply("append", transform("append", table("rides", "create", true)));
    PCollectionRowTuple.of("input", rides(pipeline))
        .apply(
            "upsert",
            transform(
                "upsert", table("fares", "create", true, "key", List.of("id"), "order", "fare")));
    PCollectionRowTuple.of("input", checked.get("bad"))
        .apply("letters", transform("append", table("bad", "create", true)));
    pipeline.run().waitUntilFinish();

    assertThat(read(table("rides")))
        .containsExactlyInAnyOrder(ride(1, "Ulm", 3), ride(3, "Bonn", 6));
    assertThat(read(table("fares", "where", "id = 3"))).containsExactly(ride(3, "Bonn", 6));
    List<Row> bad = read(table("bad"));
    assertThat(bad)
        .extracting(row -> row.getString("code"), row -> row.getRow("failed_row"))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("required", ride(2, null, 4)),
            org.assertj.core.groups.Tuple.tuple("paid", ride(3, "Bonn", -5)));
  }

  @Test
  void beamsErrorHandlerGetsWhatBreaksTheContract() {
    Contract contract = Contract.of(List.of(), List.of(new Contract.NamedRule("paid", "fare > 0")));
    Pipeline pipeline = Pipeline.create();
    ErrorHandler.BadRecordErrorHandler<PCollection<BadRecord>> handler =
        pipeline.registerBadRecordErrorHandler(new Collected());
    PCollection<Row> good =
        rides(pipeline)
            .apply("check", Validate.rows(Validate.by(contract).withErrorHandler(handler)));
    PAssert.that(good).containsInAnyOrder(ride(1, "Ulm", 3), ride(2, null, 4), ride(3, "Bonn", 6));
    handler.close();
    PCollection<BadRecord> bad = handler.getOutput();
    PAssert.thatSingleton(bad)
        .satisfies(
            record -> {
              assertThat(record.getRecord().getHumanReadableJsonRecord())
                  .isEqualTo("{\"id\":3,\"town\":\"Bonn\",\"fare\":-5}");
              assertThat(record.getFailure().getException()).isEqualTo("paid");
              assertThat(record.getFailure().getDescription()).contains("fare > 0");
              return null;
            });
    pipeline.run().waitUntilFinish();

    Pipeline strict = Pipeline.create();
    rides(strict).apply("check", Validate.rows(Validate.by(contract)));
    assertThatThrownBy(() -> strict.run().waitUntilFinish())
        .hasMessageContaining("Cannot take a row")
        .hasMessageContaining("withErrorHandler");
  }

  private static final class Collected
      extends PTransform<PCollection<BadRecord>, PCollection<BadRecord>> {
    private static final long serialVersionUID = 1;

    @Override
    public PCollection<BadRecord> expand(PCollection<BadRecord> bad) {
      return bad;
    }
  }

  @Test
  void configurationsAreDescribed() {
    for (String verb : List.of("read", "append", "upsert", "validate")) {
      assertThat(provider(verb).description()).isNotEmpty();
      assertThat(provider(verb).configurationSchema().getFields())
          .isNotEmpty()
          .allSatisfy(field -> assertThat(field.getDescription()).as(field.getName()).isNotEmpty());
    }
    assertThat(provider("append").configurationSchema().getField("create").getType().getNullable())
        .isTrue();
    assertThatThrownBy(() -> transform("read", Map.of("catalog", Map.of("uri", "x"), "table", "t")))
        .hasMessageContaining("'t' names no table");
  }
}

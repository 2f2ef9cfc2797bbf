package dev.headwater.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.model.NetworkSpec;
import dev.headwater.model.TrainSpec;
import dev.headwater.rows.BeamRows;
import dev.headwater.score.ScoreRows.ScoreSpec;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import dev.headwater.train.Rows;
import dev.headwater.train.Trained;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.transforms.SchemaTransformProvider;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows scored in a pipeline of one's own, by {@link Score} and by its name, as a run scores. */
final class ScoreTest {
  /** Fails where y is -1, which no row of the training is. */
  private static final TrainSpec SPEC =
      Rows.spec(new NetworkSpec.Mlp(List.of(8)), "6 / (y + 1) < 6");

  private static final List<Row> GOOD = BeamRows.rows(Rows.batch(300, 12));
  private static final List<Row> BAD = List.of(broken(GOOD.get(0)), broken(GOOD.get(1)));

  @TempDir private static Path folder = Path.of("unset");
  private static String model = "";
  private static List<Row> expected = List.of();

  private static Row broken(Row row) {
    return Row.fromRow(row).withFieldValue("y", -1L).build();
  }

  @BeforeAll
  static void aModelAndWhatARunSays() throws IOException {
    Trained trained = TrainAndScoreTest.train(folder, SPEC);
    model = trained.folder();
    expected = run(new ScoreSpec("m", 3, model, trained.manifestDigest()));
    assertThat(expected).hasSameSizeAs(GOOD);
  }

  private static List<Row> run(ScoreSpec spec) throws IOException {
    List<String> all = Rows.SCHEMA.columns().stream().map(Types.NestedField::name).toList();
    Schema schema = ScoreRows.schema(Rows.SCHEMA, all, SPEC);
    List<Row> out = new ArrayList<>();
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(folder))) {
      TableRef ref = TableRef.of("test", "scores");
      Table table =
          catalog.create(
              ref, schema, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
      try (var sink =
          ScoreRows.sink(spec, Rows.SCHEMA, all, TrainAndScoreTest.into(table), (rows, why) -> rows)
              .open()) {
        sink.accept(BeamRows.batch(Rows.SCHEMA, GOOD));
        AppendFiles append = table.newAppend();
        sink.finish().get(0).files().forEach(append::appendFile);
        append.commit();
      }
      SnapshotRef written =
          new SnapshotRef(ref, table.uuid(), table.currentSnapshot().snapshotId());
      for (SplitGroup group : Splits.of(table, written, null, 1 << 27, 1)) {
        try (var batches = group.open(table.io(), table.schema(), null)) {
          while (batches.hasNext()) {
            out.addAll(BeamRows.rows(batches.next()));
          }
        }
      }
    }
    return out;
  }

  private static PCollection<Row> rows(Pipeline pipeline) {
    List<Row> all = new ArrayList<>(GOOD);
    all.addAll(100, BAD);
    return pipeline.apply(Create.of(all).withRowSchema(BeamRows.schema(Rows.SCHEMA)));
  }

  private static Map<Row, Long> counted(Iterable<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private static void areThoseOfTheRun(PCollection<Row> scored) {
    List<Row> run = expected;
    PAssert.that(scored)
        .satisfies(
            found -> {
              assertThat(counted(found)).isEqualTo(counted(run));
              return null;
            });
  }

  @Test
  void rowsGetWhatARunSaysAndThoseThatFailGoToBeamsErrorHandler() {
    Score score = Score.with(Path.of(model), 3, Rows.SCHEMA);
    Pipeline pipeline = Pipeline.create();
    ErrorHandler.BadRecordErrorHandler<PCollection<BadRecord>> handler =
        pipeline.registerBadRecordErrorHandler(new Collected());
    areThoseOfTheRun(rows(pipeline).apply(Score.rows(score.withErrorHandler(handler))));
    handler.close();
    PCollection<BadRecord> bad = handler.getOutput();
    PAssert.that(bad)
        .satisfies(
            records -> {
              assertThat(records)
                  .hasSize(2)
                  .allSatisfy(
                      record -> {
                        assertThat(record.getRecord().getHumanReadableJsonRecord())
                            .contains("\"y\":-1");
                        assertThat(record.getFailure().getException()).isEqualTo("expression");
                        assertThat(record.getFailure().getDescription()).contains("zero");
                      });
              return null;
            });
    pipeline.run().waitUntilFinish();

    Pipeline strict = Pipeline.create();
    rows(strict).apply(Score.rows(score));
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
  void byNameTheyAreTheSame() {
    SchemaTransformProvider provider =
        StreamSupport.stream(ServiceLoader.load(SchemaTransformProvider.class).spliterator(), false)
            .filter(p -> p.identifier().equals("headwater:score:v1"))
            .findFirst()
            .orElseThrow();
    var words = provider.configurationSchema();
    assertThat(words.getFields())
        .allSatisfy(field -> assertThat(field.getDescription()).as(field.getName()).isNotEmpty());
    var errors = words.getField("error_handling").getType().getRowSchema();
    Row said =
        Row.withSchema(words)
            .withFieldValue("model", model)
            .withFieldValue("version", 3L)
            .withFieldValue("error_handling", Row.withSchema(errors).addValue("bad").build())
            .build();
    Pipeline pipeline = Pipeline.create();
    PCollectionRowTuple out =
        PCollectionRowTuple.of("input", rows(pipeline)).apply(provider.from(said));
    areThoseOfTheRun(out.get("output"));
    List<Row> failed = BAD;
    PAssert.that(out.get("bad"))
        .satisfies(
            found -> {
              assertThat(found)
                  .extracting(row -> row.getRow("failed_row"))
                  .containsExactlyInAnyOrderElementsOf(failed);
              assertThat(found).extracting(row -> row.getString("code")).containsOnly("expression");
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void rowsWithoutWhatTheModelNeedsAreRefused() {
    assertThatThrownBy(() -> Score.with(Path.of(model), 3, Rows.SCHEMA.select("day", "x", "y")))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot score with m")
        .hasMessageContaining("color")
        .hasMessageContaining("give it rows with the columns");
  }
}

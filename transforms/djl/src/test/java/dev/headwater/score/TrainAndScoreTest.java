package dev.headwater.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.model.TrainSpec;
import dev.headwater.score.ScoreRows.ScoreSpec;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.LetterWatch;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import dev.headwater.table.Written;
import dev.headwater.train.Rows;
import dev.headwater.train.TrainModel;
import dev.headwater.train.TrainProgress;
import dev.headwater.train.Trained;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training on the DirectRunner, then its predictions in a table. */
class TrainAndScoreTest {
  private static final List<String> SPINE = List.of("day", "y");
  private static final RowBatch ROWS = Rows.batch(6_000, 11);
  private static final RowBatch LATER = Rows.batch(5_000, 12);

  /** Stands for a join: each worker spills some of the rows. */
  private static final class Spill extends DoFn<Integer, dev.headwater.train.Examples> {
    private static final long serialVersionUID = 1;
    private final TrainSpec spec;
    private final TrainModel.Means means;

    Spill(TrainSpec spec, TrainModel.Means means) {
      this.spec = spec;
      this.means = means;
    }

    @ProcessElement
    public void process(@Element Integer part, OutputReceiver<dev.headwater.train.Examples> out)
        throws IOException {
      try (var sink = TrainModel.sink(spec, Rows.SCHEMA, means).open()) {
        sink.accept(ROWS.slice(part * 1_500, (part + 1) * 1_500));
        sink.finish().forEach(out::output);
      }
    }
  }

  static Trained train(Path folder, TrainSpec spec) throws IOException {
    TrainModel.Means means =
        new TrainModel.Means(
            folder.resolve("scratch").toString(),
            folder.resolve("model").toString(),
            folder.resolve("checkpoints").toString(),
            10_000);
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Parts", Create.of(0, 1, 2, 3).withCoder(VarIntCoder.of()))
        .apply("Spill", ParDo.of(new Spill(spec, means)))
        .setCoder(TrainModel.sinkCoder())
        .apply("Train", new TrainModel(spec, Rows.SCHEMA, means, TrainProgress.SILENT));
    pipeline.run().waitUntilFinish();
    return TrainModel.finished(Path.of(means.folder()));
  }

  private static Table scores(TableCatalog catalog, String name) {
    Schema schema = ScoreRows.schema(Rows.SCHEMA, SPINE, Rows.spec());
    return catalog.create(
        TableRef.of("test", name),
        schema,
        PartitionSpec.unpartitioned(),
        SortOrder.unsorted(),
        Map.of());
  }

  /** A table without letters. */
  static CheckedWriter.Into into(Table table) {
    return new CheckedWriter.Into(
        "score", table, "scores", "run1", "rows", null, null, LetterWatch.NONE, null);
  }

  private static SnapshotRef score(Table table, ScoreSpec spec, List<RowBatch> batches)
      throws IOException {
    try (var sink =
        ScoreRows.sink(spec, Rows.SCHEMA, SPINE, into(table), (rows, why) -> rows).open()) {
      for (RowBatch batch : batches) {
        sink.accept(batch);
      }
      Written written = sink.finish().get(0);
      assertThat(written.in()).isEqualTo(written.kept()).isEqualTo(LATER.size());
      AppendFiles append = table.newAppend();
      written.files().forEach(append::appendFile);
      append.commit();
    }
    return new SnapshotRef(
        TableRef.of("test", "scores"), table.uuid(), table.currentSnapshot().snapshotId());
  }

  /** How often each (inputs, prediction) occurs. */
  private static Map<String, Integer> predictions(Table table, SnapshotRef snapshot)
      throws IOException {
    Map<String, Integer> out = new TreeMap<>();
    for (SplitGroup group : Splits.of(table, snapshot, null, 1 << 27, 1)) {
      try (var batches = group.open(table.io(), table.schema(), null)) {
        while (batches.hasNext()) {
          RowBatch batch = batches.next();
          assertThat(((LongColumn) batch.column(ScoreRows.VERSION)).values()).containsOnly(3);
          double[] p = ((DoubleColumn) batch.column(ScoreRows.PROBABILITY)).values();
          double[] b = ((DoubleColumn) batch.column(ScoreRows.BASELINE)).values();
          double[] x = ((DoubleColumn) batch.column("x2")).values();
          for (int row = 0; row < batch.size(); row++) {
            out.merge(x[row] + " " + p[row] + " " + b[row], 1, Integer::sum);
          }
        }
      }
    }
    return out;
  }

  @Test
  void predictionsDependOnTheRowAlone(@TempDir Path folder) throws IOException {
    Trained trained = train(folder, Rows.spec());
    assertThat(trained.trainRows()).isGreaterThan(2_000);
    ScoreSpec spec = new ScoreSpec("m", 3, trained.folder(), trained.manifestDigest());
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(folder))) {
      Table one = scores(catalog, "one");
      SnapshotRef first = score(one, spec, List.of(LATER));
      List<RowBatch> small = new ArrayList<>();
      for (int from = 0; from < LATER.size(); from += 700) {
        small.add(0, LATER.slice(from, Math.min(LATER.size(), from + 700)));
      }
      Table other = scores(catalog, "other");
      SnapshotRef second = score(other, spec, small);

      assertThat(predictions(other, second)).isEqualTo(predictions(one, first));
      Scored scored = Scored.of(one, first);
      assertThat(scored.model().rows()).isEqualTo(5_000);
      assertThat(scored.model().auc()).isGreaterThan(0.8);
      assertThat(scored.baseline().auc()).isBetween(0.4, 0.6);
      assertThat(Scored.of(other, second)).isEqualTo(scored);
    }
  }

  @Test
  void refusesAModelThatIsNotTheRegisteredOne(@TempDir Path folder) throws IOException {
    Trained trained = train(folder, Rows.spec());
    ScoreSpec spec = new ScoreSpec("m", 3, trained.folder(), "00");
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(folder))) {
      Table table = scores(catalog, "one");
      assertThatThrownBy(() -> score(table, spec, List.of(LATER)))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Cannot score with m@3")
          .hasMessageContaining("Fix: restore the folder");
      assertThat(table.currentSnapshot()).isNull();
    }
  }

  @Test
  void columnsThatTheRowsLackAreNotPromised() {
    Schema withoutLabel = Rows.SCHEMA.select("day", "x", "hour", "color");
    Schema schema = ScoreRows.schema(withoutLabel, List.of("day"), Rows.spec());
    assertThat(schema.columns().stream().map(f -> f.name()))
        .containsExactly(
            "day",
            "color",
            "hour",
            "x2",
            "probability",
            "baseline_probability",
            "model",
            "model_version");
  }
}

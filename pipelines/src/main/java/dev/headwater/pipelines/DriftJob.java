package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.drift.ComputeDrift;
import dev.headwater.drift.DriftCounts;
import dev.headwater.drift.DriftReport;
import dev.headwater.drift.Period;
import dev.headwater.drift.WriteDrift;
import dev.headwater.pipelines.project.ModelRef;
import dev.headwater.pipelines.project.MonitorDecl;
import dev.headwater.pipelines.project.ScoreDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.sketch.Profile;
import dev.headwater.table.CommitTable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SerializableTable;
import org.jspecify.annotations.Nullable;

/**
 * A table and a reference, the data that its model was trained on or another table -> counts in the
 * same bins, by the tables' sketches where these decide, otherwise by reading rows -> a table of
 * distances, replaced.
 */
final class DriftJob extends TableJob {
  private static final String VERSION = "2";

  /** Why rows were read, in the snapshot's summary. */
  static final String BECAUSE = SummaryKeys.FACT + "read_because";

  private static final int NAMED = 3;

  private final MonitorDecl monitor;

  DriftJob(Stages stages, Target target) {
    super(stages, target);
    this.monitor = Objects.requireNonNull(stages.project().monitors().get(target.name()));
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public List<Edge> inputs() {
    MonitorDecl.Reference reference = monitor.reference();
    ModelRef model = monitor.model();
    Edge against =
        reference != null
            ? Compared.pin(stages, reference)
            : ScoreJob.model(stages, Objects.requireNonNull(model));
    return List.of(stages.pin(monitor.current()), against);
  }

  @Override
  public Made make(Run run, Watch watch) {
    Workspace workspace = stages.workspace();
    ScoreDecl score = stages.project().scores().get(monitor.current());
    Compared compared = Compared.of(stages, run, monitor, score == null ? null : score.time());
    Compared.Told told = compared.told(monitor.threshold());
    TableShape shape =
        TableShape.exactly(
            workspace.catalog(output.ref()),
            output.ref(),
            DriftReport.SCHEMA,
            PartitionSpec.unpartitioned(),
            output.settings());
    Token token = output.token(run);
    Map<String, String> summary = new HashMap<>(output.summary(run));
    if (!told.why().isEmpty()) {
      summary.put(BECAUSE, told.why());
    }

    Pipeline pipeline = stages.pipeline(target, run.id().toString());
    count(pipeline, compared, told.left())
        .apply(
            "drift write",
            new WriteDrift(
                    told.left(),
                    monitor.threshold(),
                    shape.table(),
                    token.sink(),
                    run.id().toString())
                .against(reference(pipeline, compared, told.left()))
                .beside(told.report()))
        .apply(
            "drift commit",
            CommitTable.replace(workspace.catalog(output.ref()).config(), output.ref(), token)
                .shape(shape.shape())
                .summary(summary));
    stages.run(
        pipeline, target, told.left().columns().isEmpty() ? 0 : compared.current().rows(), watch);
    return made(output.find(run).orElseThrow());
  }

  /** The rows of the columns that sketches don't decide; of none nothing is read. */
  private PCollection<DriftCounts> count(Pipeline pipeline, Compared compared, Profile left) {
    if (left.columns().isEmpty()) {
      return pipeline.apply(
          "drift", Create.of(new DriftCounts()).withCoder(SerializableCoder.of(DriftCounts.class)));
    }
    return pipeline.apply(
        "drift",
        new ComputeDrift(
            compared.currentRows(groups()),
            SerializableTable.copyOf(compared.current().table()),
            left,
            compared.time(),
            compared.period()));
  }

  private @Nullable PCollectionView<DriftCounts> reference(
      Pipeline pipeline, Compared compared, Profile left) {
    Stages.Pinned against = compared.reference();
    if (against == null || left.columns().isEmpty()) {
      return null;
    }
    return pipeline
        .apply(
            "drift reference",
            new ComputeDrift(
                Compared.rows(against, groups()),
                SerializableTable.copyOf(against.table()),
                left,
                null,
                Period.DAY))
        .apply("drift against", View.asSingleton());
  }

  private int groups() {
    return 2 * stages.engine().workers();
  }

  @Override
  Made made(Committed committed) {
    List<DriftAnswers.Entry> all =
        DriftAnswers.entries(stages.workspace().catalog(output.ref()), committed);
    List<DriftAnswers.Entry> whole = all.stream().filter(e -> e.period() == null).toList();
    List<DriftAnswers.Entry> moved = whole.stream().filter(DriftAnswers.Entry::moved).toList();
    long rows = whole.stream().mapToLong(DriftAnswers.Entry::rows).max().orElse(0);
    String names =
        String.join(", ", moved.stream().limit(NAMED).map(DriftAnswers.Entry::column).toList());
    String note =
        String.format(
            Locale.ROOT,
            "%d of %d columns moved%s%s%s",
            moved.size(),
            whole.size(),
            moved.isEmpty() ? "" : ": " + names,
            moved.size() > NAMED ? ", …" : "",
            how(committed, whole.size()));
    return new Made(
        List.of(TableOutput.edge(committed)),
        Map.of(
            "columns",
            (double) whole.size(),
            "columns_moved",
            (double) moved.size(),
            WriteDrift.SKETCHED,
            (double) sketched(committed)),
        rows,
        note,
        TableOutput.where(committed));
  }

  private static long sketched(Committed committed) {
    return TableOutput.count(committed, SummaryKeys.FACT + WriteDrift.SKETCHED);
  }

  /** Whether rows were read, and why; a scan of all needs no words. */
  private static String how(Committed committed, int columns) {
    long sketched = sketched(committed);
    return sketched == 0
        ? ""
        : sketched == columns
            ? "; told by sketches, no row was read"
            : "; rows read for %d: %s"
                .formatted(
                    columns - sketched, committed.summary().getOrDefault(BECAUSE, "no sketches"));
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Run;
import dev.headwater.drift.ComputeDrift;
import dev.headwater.drift.DriftReport;
import dev.headwater.drift.Period;
import dev.headwater.drift.WriteDrift;
import dev.headwater.model.ModelFolder;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.MonitorDecl;
import dev.headwater.pipelines.project.ScoreDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.sketch.Profile;
import dev.headwater.table.CommitTable;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SerializableTable;

/**
 * A table of scores and the profile of what its model was trained on -> counts in the same bins ->
 * a table of distances, replaced.
 */
final class DriftJob implements Job {
  private static final String VERSION = "1";
  private static final int NAMED = 3;

  private final Stages stages;
  private final Target target;
  private final MonitorDecl monitor;
  private final ScoreDecl score;
  private final TableOutput output;

  DriftJob(Stages stages, Target target) {
    this.stages = stages;
    this.target = target;
    this.monitor = Objects.requireNonNull(stages.project().monitors().get(target.name()));
    this.score = Objects.requireNonNull(stages.project().scores().get(monitor.current()));
    this.output = new TableOutput(stages.workspace(), target);
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public String declaration() {
    return Declarations.json(stages.project(), target);
  }

  @Override
  public List<Edge> inputs() {
    return List.of(stages.pin(monitor.current()), ScoreJob.model(stages, monitor.model()));
  }

  @Override
  public Optional<Made> find(Run run) {
    return output.find(run).map(this::made);
  }

  @Override
  public Optional<String> lost(Run run) {
    return output.lost(run);
  }

  @Override
  public Made make(Run run, Watch watch) {
    Workspace workspace = stages.workspace();
    Stages.Pinned scores = stages.pinned(run, monitor.current());
    ModelVersion version = ScoreJob.version(stages, run, monitor.model().model());
    Profile profile = ModelFolder.open(Path.of(version.location())).profile();
    List<SplitGroup> groups =
        Splits.of(
            scores.table(),
            scores.snapshot(),
            null,
            Stages.GROUP_BYTES,
            2 * stages.engine().workers());
    TableShape shape =
        TableShape.exactly(
            workspace.catalog(output.ref()),
            output.ref(),
            DriftReport.SCHEMA,
            PartitionSpec.unpartitioned(),
            output.settings());
    Token token = output.token(run);

    Pipeline pipeline = stages.pipeline(target, run.id().toString());
    pipeline
        .apply(
            "drift",
            new ComputeDrift(
                groups,
                SerializableTable.copyOf(scores.table()),
                profile,
                score.time(),
                Period.valueOf(monitor.by().name())))
        .apply(
            "drift write",
            new WriteDrift(
                profile, monitor.threshold(), shape.table(), token.sink(), run.id().toString()))
        .apply(
            "drift commit",
            CommitTable.replace(workspace.catalog(output.ref()).config(), output.ref(), token)
                .shape(shape.shape())
                .summary(output.summary(run)));
    stages.run(pipeline, target, scores.rows(), watch);
    return made(output.find(run).orElseThrow());
  }

  private Made made(Committed committed) {
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
            "%d of %d columns moved%s%s",
            moved.size(),
            whole.size(),
            moved.isEmpty() ? "" : ": " + names,
            moved.size() > NAMED ? ", …" : "");
    return new Made(
        List.of(TableOutput.edge(committed)),
        java.util.Map.of("columns", (double) whole.size(), "columns_moved", (double) moved.size()),
        rows,
        note,
        TableOutput.where(committed));
  }
}

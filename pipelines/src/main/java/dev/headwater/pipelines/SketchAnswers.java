package dev.headwater.pipelines;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.SketchTable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;

/** Sketches of all rows that a table has, taken by reading them, as a pipeline of its own. */
final class SketchAnswers {
  private final Stages stages;
  private final Progress progress;
  private final TableAnswers answers;

  SketchAnswers(Stages stages, Progress progress) {
    this.stages = stages;
    this.progress = progress;
    this.answers = new TableAnswers(stages);
  }

  Answer refresh(Target target) {
    TableRef ref = answers.ref(target);
    Table table = answers.load(ref, target);
    Snapshot current = table.currentSnapshot();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", ref.toString());
    if (current == null) {
      return Answer.of(data, new Answer.Block.Line(ref.name() + " is empty."));
    }
    SnapshotRef snapshot = new SnapshotRef(ref, table.uuid(), current.snapshotId());
    long total =
        Long.parseLong(current.summary().getOrDefault(SnapshotSummary.TOTAL_RECORDS_PROP, "0"));
    progress.started(target, "reading " + Stages.grouped(total) + " rows");
    Pipeline pipeline =
        Pipeline.create(
            stages
                .engine()
                .options(
                    stages.project().name()
                        + "-sketch-"
                        + target.name()
                        + "-"
                        + current.snapshotId()));
    pipeline.apply(
        "sketch",
        SketchTable.of(stages.workspace().catalog().config(), snapshot, stages.engine().workers()));
    stages
        .engine()
        .run(
            pipeline,
            "sketch",
            (rows, doing) -> progress.advanced(target, rows, Math.max(rows, total), doing));
    data.put("snapshot", current.snapshotId());
    return Answer.of(
        data,
        new Answer.Block.Line(
            "%s: the sketches of snapshot %d were taken anew."
                .formatted(ref.name(), current.snapshotId())));
  }
}

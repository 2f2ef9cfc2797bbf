package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * What all jobs work with: the project, where its things are, and what runs a pipeline.
 *
 * @param again whether all is run again before long
 * @param deferral what is read from another environment
 * @param seen the tables' states that all stages of one run see alike, though others, a stream for
 *     one, write to them meanwhile; null: each looks for itself
 * @param locks how long what others are at is waited for
 */
record Stages(
    Workspace workspace,
    Engine engine,
    boolean again,
    Deferral deferral,
    @Nullable Map<String, Edge> seen,
    LockWait locks) {
  /** About how much a worker reads at a time; small enough that every core has something to do. */
  static final long GROUP_BYTES = 32L << 20;

  Stages(Workspace workspace, Engine engine) {
    this(workspace, engine, false);
  }

  Stages(Workspace workspace, Engine engine, boolean again) {
    this(workspace, engine, again, Deferral.NONE, null, LockWait.none(workspace));
  }

  /** For one run of several stages. */
  Stages together() {
    return new Stages(workspace, engine, again, deferral, new ConcurrentHashMap<>(), locks);
  }

  /** The same, with what a run of these targets reads from another environment. */
  Stages deferring(@Nullable String environment, Collection<Target> targets) {
    Deferral reading = Deferral.of(this, environment, targets);
    return new Stages(workspace, engine, again, reading, seen, locks);
  }

  /** The table that is read under a name: the project's own, or where it is read from. */
  TableRef read(String table) {
    return deferral.table(project(), table).orElseGet(() -> workspace.table(table));
  }

  /** The same where a target's stage runs. */
  Stages at(Target target) {
    return new Stages(workspace, engine.at(target), again, deferral, seen, locks);
  }

  /** The same where others are waited for, so long at most. */
  Stages waiting(Duration patience, Progress progress) {
    LockWait waits = LockWait.of(workspace, patience, progress);
    return new Stages(workspace, engine, again, deferral, seen, waits);
  }

  /** A table was written by this very run: what comes after it sees it as it is now. */
  void wrote(String table) {
    if (seen != null) {
      seen.remove(table);
    }
  }

  Project project() {
    return workspace.project();
  }

  /** The job of a target. */
  Job job(Target target) {
    return switch (target.kind()) {
      case TABLE -> ingest(target);
      case DERIVED -> new DerivedJob(this, target);
      case FEATURES -> new FeaturesJob(this, target);
      case MODEL -> new TrainJob(this, target);
      case SCORE -> new ScoreJob(this, target);
      case MONITOR -> new DriftJob(this, target);
    };
  }

  private Job ingest(Target target) {
    TableDecl table = Objects.requireNonNull(project().tables().get(target.name()));
    return project().topic(table).isPresent()
        ? new TopicJob(this, target)
        : new IngestJob(this, target);
  }

  /**
   * A pipeline of a stage, to be filled and then run.
   *
   * @param work the id of what it does: pipelines of the same target and id do the same
   */
  Pipeline pipeline(Target target, String work) {
    return Pipeline.create(
        engine.options(
            project().name() + "-" + target.kind().stage() + "-" + target.name() + "-" + work));
  }

  /**
   * A pipeline that goes on until it is stopped.
   *
   * @param work as above
   * @param commitMillis how often it commits
   */
  Pipeline stream(Target target, String work, long commitMillis) {
    return Pipeline.create(
        engine.streaming(
            project().name() + "-" + target.kind().stage() + "-" + target.name() + "-" + work,
            commitMillis));
  }

  /**
   * Runs a pipeline to its end.
   *
   * @param total the rows that it will read, or -1
   */
  void run(Pipeline pipeline, Target target, long total, Job.Watch watch) {
    engine.run(
        pipeline,
        target.kind().stage(),
        (rows, doing) -> watch.at(rows, total < 0 ? -1 : Math.max(rows, total), doing));
  }

  /**
   * The edge to the snapshot that a table's rows came with, to be pinned: what compaction made of
   * it since has the same rows, and makes nothing stale.
   */
  Edge pin(String table) {
    return seen == null ? look(table) : seen.computeIfAbsent(table, this::look);
  }

  private Edge look(String table) {
    TableRef ref = read(table);
    Snapshot rows = Rewrites.origin(workspace.catalog(ref).load(ref));
    return new Edge("table", ref.toString(), rows == null ? "" : Long.toString(rows.snapshotId()));
  }

  /** A table at the snapshot that a run has pinned, or at what compaction has made of it. */
  Pinned pinned(Run run, String table) {
    SnapshotRef exact = exact(run, table);
    Table loaded = workspace.catalog(exact.table()).load(exact.table());
    long id = Rewrites.newest(loaded, exact.snapshotId());
    return new Pinned(loaded, new SnapshotRef(exact.table(), loaded.uuid(), id));
  }

  /** The very snapshot that a run has pinned; where that is gone, the copy of its rows. */
  SnapshotRef exact(Run run, String table) {
    Edge input =
        workspace
            .recorded()
            .input(run, table)
            .orElseThrow(() -> new IllegalStateException(run.id() + " pins no " + table));
    TableRef ref = workspace.named(input.name());
    String version = input.version();
    if (version.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "Cannot run " + run.target() + ": table " + ref.name() + " is empty.",
          "look at its source and its letters: headwater letters " + ref.name() + ".");
    }
    long id = Long.parseLong(version);
    Optional<Table> loaded = workspace.catalog(ref).find(ref);
    if (loaded.isEmpty() || loaded.get().snapshot(id) == null) {
      return Copies.instead(
          workspace,
          run,
          ref,
          new HeadwaterException(
              HeadwaterException.Kind.DATA,
              "Cannot run " + run.target() + ": snapshot " + id + " of " + ref.name() + " is gone.",
              "run " + run.target() + " again; it will take the current one."));
    }
    return new SnapshotRef(ref, loaded.get().uuid(), id);
  }

  /** A table and the one state of it that a run reads. */
  record Pinned(Table table, SnapshotRef snapshot) {
    /** How many rows it holds, or -1 where the snapshot doesn't say. */
    long rows() {
      return Long.parseLong(
          table
              .snapshot(snapshot.snapshotId())
              .summary()
              .getOrDefault(SnapshotSummary.TOTAL_RECORDS_PROP, "-1"));
    }

    org.apache.iceberg.Schema schema() {
      Integer id = table.snapshot(snapshot.snapshotId()).schemaId();
      org.apache.iceberg.Schema then = id == null ? null : table.schemas().get(id);
      return then == null ? table.schema() : then;
    }
  }

  /** Rows, thousands apart. */
  static String grouped(long n) {
    return String.format(java.util.Locale.ROOT, "%,d", n);
  }

  static long kept(Committed committed) {
    return TableOutput.count(committed, dev.headwater.catalog.commit.SummaryKeys.ROWS_KEPT);
  }
}

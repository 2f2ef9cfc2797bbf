package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Fence;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.UponFiles;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.CommitTable;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.Table;

/**
 * The rows of a range of time, read again from their files as they are now, in the place of those
 * that the table has in it: one commit, that another writer's change of these rows makes it compute
 * anew. Letters of rows that were read again are no letters any more; those that are bad now are
 * new ones. A backfill that was killed is finished by the next one.
 */
final class Backfill {
  static final String STAGE = "backfill";
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Pattern COUNTS = Pattern.compile("counted (\\d+) (\\d+) (\\d+) (\\d+)");

  private final Stages stages;
  private final Chronicle chronicle;
  private final Target target;
  private final TableDecl table;
  private final TableRef ref;
  private final TableOutput output;
  private final TableFiles files;
  private final IngestWork work;
  private final BackfillTold told;

  Backfill(Stages stages, Chronicle chronicle, Target target) {
    this.stages = stages;
    this.chronicle = chronicle;
    this.target = target;
    this.table = Objects.requireNonNull(stages.project().tables().get(target.name()));
    this.ref = stages.workspace().table(target.name());
    this.output = new TableOutput(stages.workspace(), target);
    this.files = new TableFiles(stages, target, table, output);
    this.work = new IngestWork(stages, table, output);
    this.told = new BackfillTold(target.name());
  }

  /**
   * Reads a range again.
   *
   * @param from the first moment of it
   * @param to the first one behind it
   */
  Answer of(Instant from, Instant to, boolean dryRun, Job.Watch watch) {
    if (stages.project().topic(table).isPresent()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot backfill " + target.name() + ": its source is a topic.",
          "topics can't be read again yet; its letters can be looked at and exported.");
    }
    Table now = stages.workspace().catalog(ref).load(ref);
    String range = TimeRangeSql.of(table, now.schema(), from, to);
    if (dryRun) {
      return wouldBe(now, range, watch);
    }
    stages.workspace().catalog(ref).checkWritable("backfill " + target.name());
    try (Locks.Lock own = lock(name());
        Locks.Lock whole = lock(target.toString())) {
      own.check();
      whole.check();
      Runs runs = stages.workspace().registry().runs();
      if (runs.open(project(), target.toString()).isPresent()) {
        throw new HeadwaterException(
            HeadwaterException.Kind.REFUSED,
            "Cannot backfill " + target.name() + ": a run of it was interrupted.",
            "finish it first: headwater run " + target.name() + ".");
      }
      for (Run open : runs.allOpen(project(), name())) {
        // What it left at work somewhere must not commit after this.
        stages.engine().stop(open.id().toString());
        Fence.raise(stages.workspace().catalog(ref), ref, open.id().toString());
        Optional<Committed> done = committed(open);
        if (done.isEmpty()) {
          taking(open).back();
        }
        close(open, done, 0);
        if (done.isPresent() && range.equals(open.parameters().get("range"))) {
          return told.done(done.get(), "was interrupted and is finished now", range);
        }
      }
      return recorded(range, watch);
    }
  }

  private String project() {
    return stages.project().name();
  }

  private String name() {
    return STAGE + "/" + target.name();
  }

  private Locks.Lock lock(String what) {
    Locks locks = stages.workspace().registry().locks();
    return locks
        .tryLock(project(), what, LEASE)
        .orElseThrow(
            () ->
                new HeadwaterException(
                    HeadwaterException.Kind.UNREACHABLE,
                    "Cannot backfill " + target.name() + ": a run is at it.",
                    "wait until it has finished; one whose process is gone is taken over."));
  }

  private Run begin(String range, Set<Edge> inputs) {
    return Run.open(
        project(),
        STAGE,
        name(),
        null,
        List.copyOf(inputs),
        Map.of("range", range),
        Hash.sha256(range),
        "1");
  }

  private Token token(Run run) {
    return Token.ofRun(
        STAGE + "." + target.name(),
        run.id().toString(),
        run.inputs().stream().map(Edge::toString).toList());
  }

  /** Again from what the table holds then, where a run on another machine came first. */
  private Answer recorded(String range, Job.Watch watch) {
    return Recompute.ifOvertaken(() -> once(range, watch));
  }

  private Answer once(String range, Job.Watch watch) {
    UponFiles upon = files.held().upon();
    Map<Edge, SourceFile> held = files.again();
    Run run = begin(range, held.keySet());
    Runs runs = stages.workspace().registry().runs();
    runs.start(run);
    chronicle.started(run);
    long began = System.nanoTime();
    try {
      fill(run, held, upon, range, total -> {}, watch);
      Optional<Committed> done = committed(run);
      close(run, done, (System.nanoTime() - began) / 1e9);
      return done.map(c -> told.done(c, "was read again", range))
          .orElseGet(() -> told.nothing(range));
    } catch (RuntimeException | Error e) {
      undo(run, e);
      FailedRun.close(runs, chronicle, run, () -> committed(run).isPresent(), e);
      throw e;
    } finally {
      Workspace.delete(stages.workspace().scratch(run.id()));
    }
  }

  /** What can't be taken back now stays with its run, for the next one to do. */
  private void undo(Run run, Throwable failure) {
    try {
      if (committed(run).isEmpty()) {
        taking(run).back();
      }
    } catch (RuntimeException unanswered) {
      failure.addSuppressed(unanswered);
    }
  }

  private LetterTaking taking(Run run) {
    return new LetterTaking(new LetterTable(stages, target), token(run));
  }

  private void fill(
      Run run,
      Map<Edge, SourceFile> held,
      UponFiles upon,
      String range,
      CommitTable.Check look,
      Job.Watch watch) {
    if (held.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot backfill " + target.name() + ": no file is known that it has rows of.",
          "run it: headwater run " + target.name() + ".");
    }
    Landing landing =
        Landing.of(work.store().io(), held, Set.of(), table, work.format(), work.known(), upon);
    Recompute.whileMoving(
        () -> {
          Pipeline pipeline = stages.pipeline(target, run.id().toString());
          work.backfill(pipeline, run, landing, range, token(run), look);
          try {
            stages.run(pipeline, target, landing.sources().rows(), watch);
          } catch (RuntimeException e) {
            throw UserSteps.blamed(table, e);
          }
        });
  }

  private Optional<Committed> committed(Run run) {
    return stages
        .workspace()
        .catalog(ref)
        .find(ref)
        .flatMap(t -> Committer.find(ref, t, token(run)));
  }

  /** The letters that are none any more, then the record. */
  private void close(Run run, Optional<Committed> done, double seconds) {
    Runs runs = stages.workspace().registry().runs();
    if (done.isEmpty() && seconds == 0) {
      chronicle.ended(
          runs.finish(run.id(), Run.Status.FAILED, List.of(), Map.of(), "It was interrupted."));
      return;
    }
    done.ifPresent(
        committed ->
            new LetterClosing(stages, target, table, run)
                .close(Objects.requireNonNull(run.parameters().get("range"))));
    Map<String, Double> metrics = new LinkedHashMap<>();
    done.ifPresent(committed -> metrics.putAll(TableOutput.figures(committed)));
    metrics.put("seconds", seconds);
    chronicle.ended(
        runs.finish(
            run.id(),
            Run.Status.SUCCEEDED,
            done.map(TableOutput::edge).map(List::of).orElse(List.of()),
            metrics,
            null));
  }

  /** Reads and counts, and commits nothing. */
  private Answer wouldBe(Table now, String range, Job.Watch watch) {
    long gone = told.rows(now, range);
    UponFiles upon = files.held().upon();
    Map<Edge, SourceFile> held = files.again();
    Run none = begin(range, held.keySet());
    try {
      fill(none, held, upon, range, Backfill::tell, watch);
    } catch (RuntimeException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        Matcher counts = COUNTS.matcher(String.valueOf(t.getMessage()));
        if (counts.find()) {
          return told.wouldBe(
              gone,
              Long.parseLong(counts.group(2)),
              Long.parseLong(counts.group(3)),
              Long.parseLong(counts.group(4)),
              range);
        }
      }
      throw e;
    } finally {
      Workspace.delete(stages.workspace().scratch(none.id()));
    }
    throw new IllegalStateException("a dry run ended as if it were none");
  }

  /** Ends a dry run before its commit; what it wrote is an orphan. */
  private static void tell(dev.headwater.table.Written total) {
    throw new HeadwaterException(
        HeadwaterException.Kind.REFUSED,
        "counted %d %d %d %d"
            .formatted(total.in(), total.kept(), total.letters(), total.filtered()),
        "nothing: it was a dry run.");
  }
}

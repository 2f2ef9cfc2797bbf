package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Fence;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.columns.expr.Expression;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.upsert.RemoveRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a range of time, read again from their files or their topic as they are now, in the
 * place of those that the table has in it: one commit, that another writer's change of these rows
 * makes it compute anew; of rows of several tables one that decides for all. Letters of rows that
 * were read again are no letters any more; those that are bad now are new ones. A backfill that was
 * killed is finished by the next one.
 */
final class Backfill {
  static final String STAGE = "backfill";

  /** The parameter of a run that holds its range. */
  static final String RANGE = "range";

  private static final Pattern COUNTS = Pattern.compile("counted (\\d+) (\\d+) (\\d+) (\\d+)");

  private final Stages stages;
  private final Chronicle chronicle;
  private final Target target;
  private final TableDecl table;
  private final TableRef ref;
  private final TableOutput output;
  private final RowsAgain reads;
  private Map<String, String> period = Map.of();

  Backfill(Stages stages, Chronicle chronicle, Target target) {
    this.stages = stages;
    this.chronicle = chronicle;
    this.target = target;
    this.table = Objects.requireNonNull(stages.project().tables().get(target.name()));
    this.ref = stages.workspace().table(target.name());
    this.output = new TableOutput(stages.workspace(), target);
    this.reads =
        stages.project().topic(table).isPresent()
            ? new TopicAgain(stages, target, table)
            : new FilesAgain(stages, target, table);
  }

  /** Reads again from a first moment to the first one behind it. */
  Answer of(Instant from, Instant to, boolean dryRun, Job.Watch watch) {
    String range = reads.range(from, to);
    period = Nominal.of(from, to);
    if (dryRun) {
      return wouldBe(range, watch);
    }
    stages.workspace().catalog(ref).checkWritable("backfill " + target.name());
    try (Locks.Lock own = lock(name());
        Locks.Lock replay = lock(LetterSettling.STAGE + "/" + target.name());
        Locks.Lock whole = lock(target.toString())) {
      own.check();
      replay.check();
      whole.check();
      Runs runs = stages.workspace().registry().runs();
      if (runs.open(project(), target.toString()).isPresent()) {
        throw new HeadwaterException(
            HeadwaterException.Kind.REFUSED,
            "Cannot backfill " + target.name() + ": a run of it was interrupted.",
            "finish it first: headwater run " + target.name() + ".");
      }
      Committed done = finish(range);
      if (done != null) {
        return told(done, "was interrupted and is finished now", range);
      }
      // Again from what the table holds then, where a run on another machine came first.
      return Recompute.ifOvertaken(() -> once(range, watch));
    }
  }

  /**
   * Ends killed backfills: of a commit that is there the letters too; others bring nothing more.
   *
   * @return the commit of one of them that was of this range; null if none was
   */
  @Nullable Committed finish(@Nullable String range) {
    Committed same = null;
    for (Run open : stages.workspace().registry().runs().allOpen(project(), name())) {
      // What it left at work somewhere must not commit after this.
      stages.engine().stop(open.id().toString());
      Fence.raise(stages.workspace().catalog(ref), ref, open.id().toString());
      Optional<Committed> done = committed(open);
      close(open, done, 0);
      if (done.isPresent() && Objects.equals(range, open.parameters().get(RANGE))) {
        same = done.get();
      }
    }
    return same;
  }

  private String project() {
    return stages.project().name();
  }

  private String name() {
    return STAGE + "/" + target.name();
  }

  private Locks.Lock lock(String name) {
    return stages.locks().take(target, name, "backfill " + target.name());
  }

  private Run begin(String range) {
    Set<Edge> inputs = reads.inputs();
    Map<String, String> parameters = stages.workspace().parameters(reads.parameters());
    parameters.put(RANGE, range);
    parameters.putAll(period);
    return Run.open(
        project(), STAGE, name(), null, List.copyOf(inputs), parameters, Hash.sha256(range), "1");
  }

  private Token token(Run run) {
    return Token.ofRun(
        STAGE + "." + target.name(),
        run.id().toString(),
        run.inputs().stream().map(Edge::toString).toList());
  }

  private Answer once(String range, Job.Watch watch) {
    Run run = begin(range);
    Runs runs = stages.workspace().registry().runs();
    runs.start(run);
    chronicle.started(run);
    long began = System.nanoTime();
    try {
      reads.fill(run, range, token(run), total -> {}, watch);
      Optional<Committed> done = committed(run);
      close(run, done, (System.nanoTime() - began) / 1e9);
      return done.map(c -> told(c, "was read again", range))
          .orElseGet(
              () ->
                  Answer.of(
                      Map.of("rows", 0, "range", range),
                      new Answer.Block.Line("No row of " + target.name() + " is in it.")));
    } catch (RuntimeException | Error e) {
      FailedRun.close(runs, chronicle, run, () -> committed(run).isPresent(), e);
      throw e;
    } finally {
      Workspace.delete(stages.workspace().scratch(run.id()));
    }
  }

  private Optional<Committed> committed(Run run) {
    output.finishLater();
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
    done.ifPresent(committed -> reads.closeLetters(run));
    Map<String, Double> metrics = new LinkedHashMap<>();
    done.ifPresent(committed -> metrics.putAll(TableOutput.figures(committed)));
    metrics.put("seconds", seconds);
    chronicle.ended(
        runs.finish(
            run.id(),
            Run.Status.SUCCEEDED,
            done.map(committed -> output.edges(committed)).orElse(List.of()),
            metrics,
            null));
  }

  private Answer told(Committed done, String what, String range) {
    long gone =
        TableOutput.count(done, SummaryKeys.FACT + "rows_dropped")
            + output.others(done).values().stream()
                .map(snapshot -> snapshot.summary().get(SummaryKeys.FACT + "rows_removed"))
                .filter(Objects::nonNull)
                .mapToLong(Long::parseLong)
                .sum();
    return answer(
        target.name() + " " + what + " where " + range + ": " + TableOutput.where(done) + ".",
        gone,
        TableOutput.kept(done),
        TableOutput.count(done, SummaryKeys.ROWS_LETTERS),
        TableOutput.filtered(done),
        range,
        false);
  }

  /** Reads and counts, and commits nothing. */
  private Answer wouldBe(String range, Job.Watch watch) {
    Answer unread = reads.unread(range);
    if (unread != null) {
      return unread;
    }
    long gone;
    try {
      Table now = stages.workspace().catalog(ref).load(ref);
      gone = RemoveRows.count(now, Expression.parse(range, now.schema())).rows();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Run none = begin(range);
    try {
      reads.fill(none, range, token(none), Backfill::tell, watch);
    } catch (RuntimeException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        Matcher counts = COUNTS.matcher(String.valueOf(t.getMessage()));
        if (counts.find()) {
          return answer(
              target.name() + " would be read again where " + range + "; nothing changed.",
              gone,
              Long.parseLong(counts.group(2)),
              Long.parseLong(counts.group(3)),
              Long.parseLong(counts.group(4)),
              range,
              true);
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

  private Answer answer(
      String line, long gone, long come, long letters, long others, String range, boolean dryRun) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("range", range);
    data.put("rows_gone", gone);
    data.put("rows_come", come);
    data.put("letters", letters);
    data.put("rows_outside", others);
    data.put("dry_run", dryRun);
    return Answer.of(
        data,
        new Answer.Block.Line(line),
        new Answer.Block.Line(
            "  "
                + Stages.grouped(gone)
                + (dryRun ? " rows would go, " : " rows are gone, ")
                + Stages.grouped(come)
                + (dryRun ? " would come, " : " came, ")
                + Stages.grouped(letters)
                + " letters; "
                + Stages.grouped(others)
                + " rows are not of the range."));
  }
}

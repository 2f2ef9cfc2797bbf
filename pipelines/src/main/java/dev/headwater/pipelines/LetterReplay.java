package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.BaseCheck;
import dev.headwater.catalog.commit.BaseMovedException;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.OvertakenException;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.commit.UponNewest;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.ingest.UponFiles;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Letters tried again, each once: rows that are fine now come into the table in one commit, which
 * names where it stands what became of the letters; then that goes into the letters' table. Each
 * replay's commit is known by the replay before it, so of two that began from the same letters one
 * is refused and begins anew; and a replay that was killed between the two commits is finished
 * before the next one begins. Where rows go to several tables the first commit decides for all of
 * them, and their rows come before the letters.
 */
final class LetterReplay {
  private static final int ATTEMPTS = 5;

  private final Stages stages;
  private final Chronicle chronicle;
  private final Target target;
  private final TableDecl table;
  private final TableRef ref;
  private final TableOutput output;
  private final LetterTable letters;
  private final LetterSettling settling;
  private final String sink;

  LetterReplay(Stages stages, Chronicle chronicle, Target target) {
    this.stages = stages;
    this.chronicle = chronicle;
    this.target = target;
    this.table = Objects.requireNonNull(stages.project().tables().get(target.name()));
    this.ref = stages.workspace().table(target.name());
    this.output = new TableOutput(stages.workspace(), target);
    this.letters = new LetterTable(stages, target);
    this.sink = LetterSettling.STAGE + "." + target.name();
    this.settling = new LetterSettling(letters, sink);
  }

  /** Tries letters again. */
  LetterTally replay(LetterTask.Replay task) {
    TableCatalog catalog = stages.workspace().catalog(ref);
    if (letters.find().isEmpty()) {
      return new LetterTally();
    }
    Map<String, LetterLines.Mended> mended =
        task.mended() == null ? null : LetterLines.read(task.mended());
    if (task.dryRun()) {
      Run none = Run.open(project(), sink, name(), null, List.of(), Map.of(), "", "");
      try (LetterWork work = work(none, catalog.load(ref), true)) {
        return work.of(letters.find().orElseThrow(), task.which(), mended);
      }
    }
    catalog.checkWritable("replay letters of " + target.name());
    try (Locks.Lock own = lock(name());
        Locks.Lock whole = beside() ? null : lock(target.toString())) {
      own.check();
      if (whole != null) {
        whole.check();
        refuseInterrupted();
      }
      // Letters of what a killed backfill has brought are none any more.
      new Backfill(stages, chronicle, target).finish(null);
      long finished = finish();
      for (Run run : stages.workspace().registry().runs().allOpen(project(), name())) {
        close(run, Map.of());
      }
      LetterTally tally = recorded(task, mended);
      tally.finished(finished);
      return tally;
    }
  }

  /**
   * A topic's run may go on meanwhile: its rows and those of letters are of other records, and come
   * beside each other, or in their order.
   */
  private boolean beside() {
    boolean keyed = table.write().mode() == Write.Mode.UPSERT;
    return stages.project().topic(table).isPresent() && (!keyed || table.write().order() != null);
  }

  private String project() {
    return stages.project().name();
  }

  private String name() {
    return LetterSettling.STAGE + "/" + target.name();
  }

  private LetterWork work(Run run, Table into, boolean dryRun) {
    return new LetterWork(stages, target, table, letters, sink, run, into, dryRun);
  }

  private Locks.Lock lock(String name) {
    return stages.locks().take(target, name, "replay letters of " + target.name());
  }

  /** What such a run is still going to commit may be these very rows. */
  private void refuseInterrupted() {
    if (stages.workspace().registry().runs().open(project(), target.toString()).isPresent()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.REFUSED,
          "Cannot replay letters of " + target.name() + ": a run of it was interrupted.",
          "finish it first: headwater run " + target.name() + ".");
    }
  }

  /** Finishes what a killed replay left; how many rows it had brought. */
  private long finish() {
    output.finishLater();
    Table now = stages.workspace().catalog(ref).load(ref);
    Optional<LetterSettling.Replayed> last = LetterSettling.newest(now);
    long rows = 0;
    if (last.isPresent() && settling.finish(last.get(), summary(last.get().run())).isPresent()) {
      Map<String, String> summary = last.get().snapshot().summary();
      rows = Long.parseLong(summary.getOrDefault(SummaryKeys.ROWS_IN, "0"));
    }
    return rows;
  }

  private Map<String, String> summary(String run) {
    return Map.of(
        SummaryKeys.RUN,
        run,
        SummaryKeys.STAGE,
        LetterSettling.STAGE,
        SummaryKeys.TARGET,
        target.toString());
  }

  private LetterTally recorded(
      LetterTask.Replay task, @Nullable Map<String, LetterLines.Mended> mended) {
    Snapshot read = letters.find().orElseThrow().currentSnapshot();
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("letters", task.which().toString());
    parameters.put("mended", task.mended() == null ? "" : task.mended().toString());
    Run run =
        Run.open(
            project(),
            LetterSettling.STAGE,
            name(),
            null,
            List.of(new Edge("table", letters.ref().toString(), Long.toString(read.snapshotId()))),
            stages.workspace().parameters(parameters),
            Hash.sha256(parameters.toString()),
            "1");
    Runs runs = stages.workspace().registry().runs();
    runs.start(run);
    chronicle.started(run);
    long began = System.nanoTime();
    try {
      LetterTally tally = attempts(run, task, mended);
      Map<String, Double> metrics = new LinkedHashMap<>(tally.figures());
      metrics.put("seconds", (System.nanoTime() - began) / 1e9);
      tally.snapshot(close(run, metrics).outputs());
      return tally;
    } catch (RuntimeException | Error e) {
      FailedRun.close(runs, chronicle, run, () -> !committed(run).isEmpty(), e);
      throw e;
    } finally {
      Workspace.delete(stages.workspace().scratch(run.id()));
    }
  }

  private LetterTally attempts(
      Run run, LetterTask.Replay task, @Nullable Map<String, LetterLines.Mended> mended) {
    if (stages.project().topic(table).isPresent()) {
      // The table gets the columns that its records have now.
      new TopicTable(stages, target).spec(run);
    }
    for (int attempt = 1; ; attempt++) {
      Table into = stages.workspace().catalog(ref).load(ref);
      String before = last(into);
      BaseCheck upon =
          UponFiles.of(ref, Optional.of(into), output.sink())
              .and(UponNewest.of(ref, into, Backfill.STAGE + "." + target.name()));
      output.finishLater();
      try (LetterWork work = work(run, into, false)) {
        LetterTally tally = work.of(letters.find().orElseThrow(), task.which(), mended);
        if (tally.tried() == 0) {
          return tally;
        }
        Map<String, String> summary = new LinkedHashMap<>(summary(run.id().toString()));
        summary.put(LetterSettling.OUTCOME, String.join(",", work.outcome()));
        summary.put(LetterSettling.SNAPSHOT, run.inputs().get(0).version());
        tally
            .figures()
            .forEach((k, v) -> summary.put(SummaryKeys.FACT + k, Long.toString(v.longValue())));
        // The run is in its own token's fingerprint: another's commit is never taken for it.
        work.commit(new Token(sink, "after-" + before, run.id().toString()), summary, upon);
        settling.settle(run.id().toString(), work.outcome(), summary(run.id().toString()));
        return tally;
      } catch (HeadwaterException e) {
        boolean moved =
            e instanceof BaseMovedException
                || e instanceof OvertakenException
                || !last(stages.workspace().catalog(ref).load(ref)).equals(before);
        if (!moved || attempt == ATTEMPTS || !committed(run).isEmpty()) {
          throw e;
        }
        // Another replay or run came first: some of the letters may be none any more.
        finish();
      }
    }
  }

  private static String last(Table into) {
    return LetterSettling.newest(into).map(LetterSettling.Replayed::run).orElse("none");
  }

  /** What a run has brought into the table and the letters. */
  private List<Committed> committed(Run run) {
    output.finishLater();
    List<Committed> out = new ArrayList<>();
    for (TableRef each : List.of(ref, letters.ref())) {
      stages
          .workspace()
          .catalog(each)
          .find(each)
          .ifPresent(
              now ->
                  History.of(now).stream()
                      .filter(s -> run.id().toString().equals(s.summary().get(SummaryKeys.RUN)))
                      .limit(1)
                      .forEach(
                          s ->
                              out.add(
                                  new Committed(
                                      each, now.uuid(), s.snapshotId(), true, s.summary()))));
    }
    return out;
  }

  private Run close(Run run, Map<String, Double> metrics) {
    List<Committed> done = committed(run);
    boolean any = !done.isEmpty() || !metrics.isEmpty();
    Run closed =
        stages
            .workspace()
            .registry()
            .runs()
            .finish(
                run.id(),
                any ? Run.Status.SUCCEEDED : Run.Status.FAILED,
                done.stream().flatMap(c -> output.edges(c).stream()).distinct().toList(),
                metrics,
                any ? null : "It was interrupted.");
    chronicle.ended(closed);
    return closed;
  }
}

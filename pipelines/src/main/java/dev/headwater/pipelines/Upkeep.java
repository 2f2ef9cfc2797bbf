package dev.headwater.pipelines;

import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.pipelines.project.Target;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Maintenance of a table under its lock, so that two of a kind never meet, and with a run of its
 * own in the registry: so that traces go through its snapshots, and nothing that it reads expires.
 */
final class Upkeep {
  private static final String VERSION = "1";

  private final Stages stages;
  private final Chronicle chronicle;
  private final String stage;
  private final Target target;

  /**
   * @param stage the maintenance's one word: "compact"
   */
  Upkeep(Stages stages, @Nullable Chronicle chronicle, String stage, Target target) {
    this.stages = stages;
    this.chronicle = Objects.requireNonNull(chronicle, "who only looks has no chronicle");
    this.stage = stage;
    this.target = target;
  }

  /** A run that has begun: what its commit is known by, and what its summary says. */
  record Begun(Run run, Token token, Map<String, String> summary) {}

  TableRef ref() {
    return stages.workspace().table(target.name());
  }

  /** Works under the lock. */
  <T> T locked(Function<Locks.Lock, T> work) {
    try (Locks.Lock lock = stages.locks().take(target, name(), stage + " " + target.name())) {
      return work.apply(lock);
    }
  }

  /**
   * Works as a run that is recorded; under the lock.
   *
   * @param parameters what was asked, in so many words
   * @param work gives what was committed, or nothing
   */
  Optional<Committed> recorded(
      Map<String, String> parameters, Function<Begun, Optional<Committed>> work) {
    Runs runs = stages.workspace().registry().runs();
    String project = stages.project().name();
    runs.allOpen(project, name()).forEach(this::closeAbandoned);
    // The very snapshot that is read, so that it doesn't expire meanwhile.
    Snapshot current = stages.workspace().catalog(ref()).load(ref()).currentSnapshot();
    String version = current == null ? "" : Long.toString(current.snapshotId());
    Edge input = new Edge("table", ref().toString(), version);
    Run run =
        Run.open(
            project,
            stage,
            name(),
            null,
            List.of(input),
            stages.workspace().parameters(parameters),
            Hash.sha256(parameters.toString()),
            VERSION);
    runs.start(run);
    chronicle.started(run);
    long began = System.nanoTime();
    try {
      Optional<Committed> done = work.apply(begun(run));
      close(run, done, (System.nanoTime() - began) / 1e9);
      return done;
    } catch (RuntimeException | Error e) {
      chronicle.ended(
          runs.finish(run.id(), Run.Status.FAILED, List.of(), Map.of(), String.valueOf(e)));
      throw e;
    }
  }

  /** Of one that was killed: what it committed stands, and is told; what it didn't is nothing. */
  private void closeAbandoned(Run run) {
    Optional<Table> table = stages.workspace().catalog(ref()).find(ref());
    Optional<Committed> done =
        table.flatMap(
            t -> dev.headwater.catalog.commit.Committer.find(ref(), t, begun(run).token()));
    if (done.isPresent()) {
      close(run, done, 0);
    } else {
      chronicle.ended(
          stages
              .workspace()
              .registry()
              .runs()
              .finish(run.id(), Run.Status.FAILED, List.of(), Map.of(), "It was interrupted."));
    }
  }

  private void close(Run run, Optional<Committed> done, double seconds) {
    List<Edge> outputs = done.map(TableOutput::edge).map(List::of).orElse(List.of());
    chronicle.ended(
        stages
            .workspace()
            .registry()
            .runs()
            .finish(run.id(), Run.Status.SUCCEEDED, outputs, Map.of("seconds", seconds), null));
  }

  private Begun begun(Run run) {
    Token token =
        Token.ofRun(
            stage + "." + target.name(),
            run.id().toString(),
            run.inputs().stream().map(Edge::toString).toList());
    Map<String, String> summary =
        Map.of(
            SummaryKeys.RUN, run.id().toString(),
            SummaryKeys.STAGE, stage,
            SummaryKeys.TARGET, target.toString());
    return new Begun(run, token, summary);
  }

  private String name() {
    return stage + "/" + target.name();
  }
}

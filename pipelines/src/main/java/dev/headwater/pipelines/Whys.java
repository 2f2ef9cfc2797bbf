package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Because of what a target is stale, or ran the last time: down to the file that was new. */
final class Whys {
  private static final int DEPTH = 12;

  private final Stages stages;
  private final Runs runs;
  private final Set<String> told = new HashSet<>();

  Whys(Stages stages) {
    this.stages = stages;
    this.runs = stages.workspace().registry().runs();
  }

  /**
   * A cause and what was the cause of it.
   *
   * @param run the run by which it came to be so; null where it is as it is now
   */
  private record Cause(String what, @Nullable Run run, List<Cause> because) {
    Map<String, Object> data() {
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("what", what);
      data.put("run", run == null ? null : run.id().toString());
      data.put("ended", run == null || run.ended() == null ? null : run.ended().toString());
      data.put("because", because.stream().map(Cause::data).toList());
      return data;
    }
  }

  Answer of(Target target) {
    Optional<Run> last = runs.lastSucceeded(stages.project().name(), target.toString());
    List<Cause> stale = stale(target, DEPTH);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("target", target.toString());
    data.put("stale", !stale.isEmpty());
    data.put("because", stale.stream().map(Cause::data).toList());
    data.put("last_run", last.map(Run::id).map(UUID::toString).orElse(null));
    List<Answer.Block> blocks = new ArrayList<>();
    if (!stale.isEmpty()) {
      blocks.add(new Answer.Block.Line(target + " is stale:"));
      lines(stale, "  ", blocks);
    } else {
      blocks.add(new Answer.Block.Line(target + " is fresh."));
    }
    last.ifPresent(
        run -> {
          told.clear();
          List<Cause> causes = causes(run, runs.before(run), DEPTH);
          data.put("last_run_because", causes.stream().map(Cause::data).toList());
          blocks.add(new Answer.Block.Line(""));
          blocks.add(new Answer.Block.Line("Last run: " + named(run) + ", because:"));
          lines(causes, "  ", blocks);
        });
    return Answer.of(data, blocks);
  }

  private static void lines(List<Cause> causes, String indent, List<Answer.Block> blocks) {
    for (Cause cause : causes) {
      blocks.add(new Answer.Block.Line(indent + cause.what()));
      if (cause.run() != null) {
        blocks.add(new Answer.Block.Line(indent + "  by " + named(cause.run())));
      }
      lines(cause.because(), indent + "  ", blocks);
    }
  }

  private static String named(Run run) {
    return run.stage()
        + " "
        + run.id()
        + (run.ended() == null
            ? ""
            : ", " + run.ended().toString().substring(0, 16).replace('T', ' '));
  }

  /** What stands between a target's last good run and now. */
  private List<Cause> stale(Target target, int depth) {
    if (depth == 0 || !told.add("now " + target)) {
      return List.of();
    }
    List<Cause> causes = new ArrayList<>();
    for (Target needed : stages.project().needs(target)) {
      List<Cause> of = stale(needed, depth - 1);
      if (!of.isEmpty()) {
        causes.add(new Cause(needed + " will change", null, of));
      }
    }
    Optional<Run> last = runs.lastSucceeded(stages.project().name(), target.toString());
    if (last.isEmpty()) {
      causes.add(new Cause(target + " never ran", null, List.of()));
      return causes;
    }
    try {
      Job job = stages.job(target);
      for (Staleness.Reason reason : Staleness.all(job, last.get(), job.inputs())) {
        causes.add(cause(reason, depth));
      }
    } catch (HeadwaterException e) {
      // What it reads isn't there: that is why.
      causes.add(new Cause(e.what(), null, List.of()));
    }
    return causes;
  }

  /** Why a run ran: what was not as in the one before it. */
  private List<Cause> causes(Run run, Optional<Run> before, int depth) {
    if (depth == 0 || !told.add(run.id().toString())) {
      return List.of();
    }
    if (before.isEmpty()) {
      return List.of(new Cause(run.target() + " ran for the first time", null, List.of()));
    }
    List<Cause> causes = new ArrayList<>();
    for (Staleness.Reason reason : Staleness.between(before.get(), run)) {
      causes.add(cause(reason, depth));
    }
    return causes.isEmpty()
        ? List.of(new Cause("it was forced, or what it had made was gone", null, List.of()))
        : causes;
  }

  private Cause cause(Staleness.Reason reason, int depth) {
    Edge now = reason.now();
    if (now == null || now.kind().equals("file") || now.kind().equals(TopicEdge.KIND)) {
      return new Cause(reason.text(), null, List.of());
    }
    Workspace workspace = stages.workspace();
    Optional<Run> by =
        workspace.recorded().writersOf(now).stream()
            .filter(run -> run.status() == Run.Status.SUCCEEDED)
            .findFirst();
    return new Cause(
        reason.text(),
        by.orElse(null),
        by.map(run -> causes(run, workspace.recorded().before(now, run), depth - 1))
            .orElse(List.of()));
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a run would do now, target by target, and why. */
final class Plan {
  private final Stages stages;

  Plan(Stages stages) {
    this.stages = stages;
  }

  /**
   * The steps, in the targets' order.
   *
   * @param targets each after what it needs
   */
  List<PlanReport.Step> of(List<Target> targets) {
    List<PlanReport.Step> steps = new ArrayList<>();
    Set<Target> stale = new HashSet<>();
    Set<Target> waiting = new HashSet<>();
    for (Target target : targets) {
      Optional<String> left = stages.deferral().left(target);
      if (left.isPresent()) {
        steps.add(new PlanReport.Step(target, false, left.get()));
        continue;
      }
      Optional<String> waits = waits(target, waiting);
      if (waits.isPresent()) {
        waiting.add(target);
        steps.add(new PlanReport.Step(target, false, waits.get()));
        continue;
      }
      Optional<Target> moved =
          stages.project().needs(target).stream().filter(stale::contains).findFirst();
      PlanReport.Step step =
          moved.map(m -> PlanReport.Step.after(target, m)).orElseGet(() -> step(target));
      if (step.stale()) {
        stale.add(target);
        step = step.reading(stages.deferral().read(stages.project(), target));
      }
      Engine there = stages.engine().at(target);
      steps.add(step.in(there.cluster().isEmpty() ? there.name() : there.cluster()));
    }
    return steps;
  }

  /** Why a target can't be made now, though nothing is wrong. */
  private Optional<String> waits(Target target, Set<Target> waiting) {
    Optional<Target> needed =
        stages.project().needs(target).stream().filter(waiting::contains).findFirst();
    return needed.isPresent()
        ? needed.map(needs -> "waits for " + needs.name())
        : stages.job(target).waits();
  }

  private PlanReport.Step step(Target target) {
    Job job = stages.job(target);
    String project = stages.project().name();
    Registry registry = stages.workspace().registry();
    Optional<Run> open = registry.runs().open(project, target.toString());
    if (open.isPresent()) {
      Optional<Locks.Holder> holder =
          registry
              .locks()
              .holder(project, target.toString())
              .filter(h -> h.expires().isAfter(Instant.now()));
      boolean streams =
          holder.isPresent()
              ? TopicEdge.streams(open.get())
              : TopicEdge.goesOn(open.get(), stages.engine());
      String why = holder.map(h -> h + " is at it").orElse("a run of it was interrupted");
      return new PlanReport.Step(target, !streams, streams ? "fresh" : why);
    }
    Optional<Run> last = registry.runs().lastSucceeded(project, target.toString());
    if (last.isEmpty()) {
      return new PlanReport.Step(target, true, "it never ran", state(job));
    }
    List<Edge> inputs = job.inputs();
    String why = String.join("; ", Staleness.reasons(job, last, inputs));
    return new PlanReport.Step(
        target, !why.isEmpty(), why.isEmpty() ? "fresh" : why, state(job, inputs));
  }

  /** Of what may lack something to read yet. */
  private static String state(Job job) {
    try {
      return state(job, job.inputs());
    } catch (HeadwaterException e) {
      return "";
    }
  }

  private static String state(Job job, List<Edge> inputs) {
    return Hash.sha256(job.version() + job.declaration() + inputs);
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.registry.Adoption;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Accepts what a target has made as what it would make now: its declaration and its stage's version
 * are no reason to run any more. What it reads is one still: nobody can say that rows were read
 * which weren't. The run that made it keeps its record; who accepted it, and why, stands beside it.
 */
final class Acceptance {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Stages stages;

  Acceptance(Stages stages) {
    this.stages = stages;
  }

  Answer of(Target target, String reason) {
    String project = stages.project().name();
    Registry registry = stages.workspace().registry();
    Locks locks = registry.locks();
    Optional<Locks.Lock> free = locks.tryLock(project, target.toString(), LEASE);
    if (free.isEmpty()) {
      throw Turn.held(locks, project, target);
    }
    try (Locks.Lock lock = free.get()) {
      Job job = stages.job(target);
      Run last = last(registry, job);
      List<String> why = Staleness.declared(job, last);
      if (!why.isEmpty()) {
        lock.check();
        registry
            .adoptions()
            .add(
                last.id(),
                new Adoption(
                    Map.of(Staleness.DECLARATION, job.declaration()),
                    job.version(),
                    Guard.who(),
                    reason,
                    Instant.now()));
      }
      Optional<Run> now = registry.runs().lastSucceeded(project, target.toString());
      return answer(target, why, Staleness.reasons(job, now, job.inputs()));
    }
  }

  private Run last(Registry registry, Job job) {
    String project = stages.project().name();
    String name = job.target().toString();
    if (registry.runs().open(project, name).isPresent()) {
      throw refused(job, "a run of it was interrupted");
    }
    Run last =
        registry
            .runs()
            .lastSucceeded(project, name)
            .orElseThrow(() -> refused(job, "it never ran, so there is nothing"));
    job.lost(last)
        .ifPresent(
            gone -> {
              throw refused(job, gone);
            });
    return last;
  }

  private static HeadwaterException refused(Job job, String why) {
    return new HeadwaterException(
        Kind.REFUSED,
        "Cannot accept what " + job.target() + " has made: " + why + ".",
        "run it: headwater run " + job.target().name() + ".");
  }

  private static Answer answer(Target target, List<String> why, List<String> left) {
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(
        new Answer.Block.Line(
            why.isEmpty()
                ? target + " is as it is declared: there is nothing to accept."
                : target + " is accepted as it is: " + String.join("; ", why) + "."));
    if (!left.isEmpty()) {
      blocks.add(
          new Answer.Block.Line("It will run all the same: " + String.join("; ", left) + "."));
    }
    return Answer.of(Map.of("target", target.toString(), "accepted", why, "stale", left), blocks);
  }
}

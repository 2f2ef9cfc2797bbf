package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.Target;
import java.util.Optional;

/** A job that makes the table of its name, in one commit. */
abstract class TableJob implements Job {
  final Stages stages;
  final Target target;
  final TableOutput output;

  TableJob(Stages stages, Target target) {
    this.stages = stages;
    this.target = target;
    this.output = new TableOutput(stages.workspace(), target);
  }

  @Override
  public final Target target() {
    return target;
  }

  @Override
  public String declaration() {
    return Declarations.json(stages.project(), target);
  }

  @Override
  public final Optional<Made> find(Run run) {
    output.finishLater();
    return output.find(run).map(this::made);
  }

  @Override
  public final Optional<String> lost(Run run) {
    return output.lost(run);
  }

  /** What a run's commit brought. */
  abstract Made made(Committed committed);
}

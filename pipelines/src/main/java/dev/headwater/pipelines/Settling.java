package dev.headwater.pipelines;

import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Settings;
import dev.headwater.pipelines.project.Target;
import java.util.List;
import java.util.Map;

/**
 * Gives a table whose target has nothing to do the properties and the order that the project
 * declares; otherwise they come with the rows.
 */
final class Settling {
  private final Stages stages;
  private final TableRef ref;
  private final Settings declared;

  Settling(Stages stages, Target table) {
    this.stages = stages;
    this.ref = stages.workspace().table(table.name());
    this.declared = stages.project().keep(table.name()).settings();
  }

  /** What differs, in so many words; empty if nothing does. */
  List<String> lacking() {
    return declared.lacking(ref, stages.workspace().catalog(ref).load(ref));
  }

  Answer settle(boolean dryRun) {
    List<String> lacking = lacking();
    if (!dryRun) {
      declared.settle(stages.workspace().catalog(ref), ref);
    }
    return Answer.of(
        Map.of("table", ref.toString(), "settings", lacking, "dry_run", dryRun),
        new Answer.Block.Line(String.join(", ", lacking)));
  }
}

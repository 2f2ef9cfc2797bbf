package dev.headwater.runners;

import dev.headwater.pipelines.project.Target;
import picocli.CommandLine.Command;

/** How far a table is in its topic. */
@Command(
    name = "offsets",
    description = "Show how far a table is in its topic: offsets, lag, time, by partition.",
    footer = {
      "",
      "Examples:",
      "  headwater offsets flights",
      "  headwater offsets flights -o json"
    })
final class OffsetsVerb extends LookVerbs.OfTarget {
  @Override
  public Integer call() {
    Named named = named(arguments(), Target.Kind.TABLE);
    return ask(named.project(), l -> l.offsets(named.target()));
  }
}

package dev.headwater.runners;

import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;

/** What follows versions, back and forward. */
final class TraceVerbs {
  private TraceVerbs() {}

  /** The way back. */
  @Command(
      name = "trace",
      description = {
        "Show the way back from a target to the files it came from.",
        "-o dot draws it: a graph for Graphviz."
      },
      footer = {
        "",
        "Examples:",
        "  headwater trace late@2 -o json",
        "  headwater trace late -o dot | dot -Tsvg > late.svg"
      })
  static final class Trace extends LookVerbs.OfTarget {
    @Override
    boolean draws() {
      return true;
    }

    @Override
    public Integer call() {
      Named named = target();
      return ask(named.project(), l -> l.trace(named.target(), named.ref()));
    }
  }

  /** The way forward. */
  @Command(
      name = "impact",
      description = {
        "Show what was made from a target's version, or from a source file.",
        "-o dot draws it: a graph for Graphviz."
      },
      footer = {
        "",
        "Examples:",
        "  headwater impact data/flights-3m.parquet",
        "  headwater impact flights@snapshot:5822 -o json"
      })
  static final class Impact extends LookVerbs.OfTarget {
    @Override
    boolean draws() {
      return true;
    }

    @Override
    public Integer call() {
      List<String> rest = new ArrayList<>(arguments());
      Project project = project(rest);
      if (rest.size() == 1 && isFile(rest.get(0))) {
        return ask(project, l -> l.impact(rest.get(0)));
      }
      Named named = target();
      return ask(named.project(), l -> l.impact(named.target(), named.ref()));
    }

    /** A target's name has no dot, and no slash but the one behind its kind. */
    private static boolean isFile(String text) {
      String name = text.replaceFirst("@.*", "");
      int slash = name.indexOf('/');
      return name.indexOf('.') >= 0
          || slash >= 0
              && Arrays.stream(Target.Kind.values())
                  .noneMatch(kind -> kind.word().equals(name.substring(0, slash)));
    }
  }
}

package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Question;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What follows versions, back and forward. */
final class TraceVerbs {
  private TraceVerbs() {}

  /** Verbs that answer with a graph. */
  abstract static class Tracing extends LookVerbs.OfTarget {
    private static final Pattern COLUMN = Pattern.compile("(.+)\\.([A-Za-z_][A-Za-z0-9_]*)");

    @Option(names = "--columns", description = "Say also which columns come from which.")
    private boolean columns;

    @Option(
        names = "--as-of",
        paramLabel = "TIME",
        converter = Moment.class,
        description = "As it was known then: 2001-06-01, 2001-06-01T12:00:00Z.")
    private @Nullable Instant asOf;

    @Override
    boolean draws() {
      return true;
    }

    final Question.Scope scope() {
      // The page shows columns when they are asked for there.
      return new Question.Scope(columns || drawsPage(), asOf);
    }

    /** A target, and a column of it behind a dot. */
    record OfColumn(Named named, @Nullable String column) {}

    final OfColumn column() {
      List<String> rest = new ArrayList<>(arguments());
      Project project = project(rest);
      Matcher dotted = rest.size() == 1 ? COLUMN.matcher(rest.get(0)) : null;
      return dotted != null && dotted.matches() && isTarget(project, dotted.group(1))
          ? new OfColumn(named(List.of(dotted.group(1)), null), dotted.group(2))
          : new OfColumn(target(), null);
    }

    static boolean isTarget(Project project, String text) {
      String name = text.replaceFirst("@.*", "");
      return project.targets().stream()
          .anyMatch(t -> t.name().equals(name) || t.toString().equals(name));
    }
  }

  /** The way back. */
  @Command(
      name = "trace",
      description = {
        "Show the way back from a target to the files and topics it came from.",
        "Behind a dot stands a column: its way alone is shown.",
        "-o html gives a page to look around in, -o dot a graph for Graphviz."
      },
      footer = {
        "",
        "Examples:",
        "  headwater trace late@2 --columns",
        "  headwater trace late -o html > late.html"
      })
  static final class Trace extends Tracing {
    @Override
    public Integer call() {
      OfColumn of = column();
      Named named = of.named();
      return ask(
          named.project(),
          l -> l.ask(new Question.Trace(named.target(), named.ref(), of.column(), scope())));
    }
  }

  /** The way forward. */
  @Command(
      name = "impact",
      description = {
        "Show what was made from a target's version, from a column, or from a source file.",
        "With --key: where the rows of a key are, and which models have learned from them.",
        "-o html gives a page to look around in, -o dot a graph for Graphviz."
      },
      footer = {
        "",
        "Examples:",
        "  headwater impact flights@snapshot:5822.delay",
        "  headwater impact flights --key origin=SFO"
      })
  static final class Impact extends Tracing {
    @Option(
        names = "--key",
        paramLabel = "[COLUMN=]VALUE",
        description = "Rows with this value; once for each column of a key.")
    private List<String> keys = new ArrayList<>();

    @Override
    public Integer call() {
      List<String> rest = new ArrayList<>(arguments());
      Project project = project(rest);
      if (!keys.isEmpty()) {
        return key();
      }
      if (rest.size() == 1 && isFile(project, rest.get(0))) {
        return ask(project, l -> l.ask(new Question.ImpactOfFile(rest.get(0), scope())));
      }
      OfColumn of = column();
      Named named = of.named();
      return ask(
          named.project(),
          l -> l.ask(new Question.Impact(named.target(), named.ref(), of.column(), scope())));
    }

    private int key() {
      if (drawn()) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "Where rows are is no graph.",
            "take -o text or -o json with --key.");
      }
      Named named = table();
      return ask(
          named.project(), l -> l.ask(new Question.WhereRows(named.target(), byColumn(keys))));
    }

    /** A target's name has no dot, and no slash but the one behind its kind. */
    private static boolean isFile(Project project, String text) {
      String name = text.replaceFirst("@.*", "");
      int dot = name.indexOf('.');
      boolean there =
          Files.exists(Path.of(name)) || Files.exists(project.origin().folder().resolve(name));
      if (dot > 0 && !there && isTarget(project, name.substring(0, dot))) {
        return false;
      }
      int slash = name.indexOf('/');
      return dot >= 0
          || slash >= 0
              && Arrays.stream(Target.Kind.values())
                  .noneMatch(kind -> kind.word().equals(name.substring(0, slash)));
    }
  }

  private static Map<String, String> byColumn(List<String> keys) {
    Map<String, String> key = new LinkedHashMap<>();
    for (String text : keys) {
      int equals = text.indexOf('=');
      key.put(equals < 0 ? "" : text.substring(0, equals), text.substring(equals + 1));
    }
    return key;
  }

  /** A row's way. */
  @Command(
      name = "why-row",
      description = {
        "Show where a row comes from: the rows that it was made of, in the states that its run had",
        "pinned, back to the file and the place in it; or, where it isn't there, what became of it."
      },
      footer = {
        "",
        "Examples:",
        "  headwater why-row late_scores --key origin=SFO --where \"date = timestamp"
            + " '2001-06-01'\"",
        "  headwater why-row orders --key 4711 -o json"
      })
  static final class WhyRow extends LookVerbs.OfTarget {
    @Option(
        names = "--key",
        paramLabel = "[COLUMN=]VALUE",
        description = "Rows with this value; once for each column of a key.")
    private List<String> keys = new ArrayList<>();

    @Option(names = "--where", paramLabel = "SQL", description = "Rows for which this is true.")
    private @Nullable String where;

    @Override
    public Integer call() {
      Named named = table();
      if (keys.isEmpty() && where == null) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "Which row?",
            "write --key COLUMN=VALUE, or --where \"id = 7\".");
      }
      return ask(
          named.project(),
          l -> l.ask(new Question.WhyRow(named.target(), named.ref(), byColumn(keys), where)));
    }
  }

  /** The reason. */
  @Command(
      name = "why",
      description = {
        "Say because of what a target is stale, down to the file or the change that caused it;",
        "and because of what it last ran."
      },
      footer = {"", "Examples:", "  headwater why late", "  headwater why tag:hourly -o json"})
  static final class Why extends RunVerbs.Choosing {
    @Override
    public Integer call() {
      List<Target> targets = new ArrayList<>();
      Project project = chosen(targets);
      return askEach(
          project, targets, LaunchOptions.DEFAULT, (l, target) -> l.ask(new Question.Why(target)));
    }
  }
}

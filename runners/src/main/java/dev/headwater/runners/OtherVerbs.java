package dev.headwater.runners;

import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.Versions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is about the command itself. */
final class OtherVerbs {
  private OtherVerbs() {}

  /** What a Flink cluster needs. */
  @Command(
      name = "worker-lib",
      description = "Copy what the workers of a Flink cluster need in their lib to a folder.",
      footer = {
        "",
        "JobManager and TaskManagers start with it on their class path; jobs are sent without it.",
        "",
        "Examples:",
        "  headwater worker-lib /opt/flink/lib/headwater",
        "  headwater worker-lib lib -o json"
      })
  static final class Lib extends Verb {
    @Parameters(paramLabel = "DIR", arity = "1", description = "The folder; it is made.")
    private Path folder = Path.of("lib");

    @Override
    public Integer call() {
      List<String> jars = WorkerLib.fill(folder);
      return show(
          Answer.of(
              Map.of("folder", folder.toString(), "jars", jars),
              new Answer.Block.Line(jars.size() + " jars in " + folder)));
    }
  }

  /** Which one this is. */
  @Command(
      name = "version",
      description = "Show the versions of Headwater and Java.",
      footer = {"", "Examples:", "  headwater version", "  headwater version -o json"})
  static final class Version extends Verb {
    @Override
    public Integer call() {
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("headwater", Versions.HEADWATER);
      data.put("java", System.getProperty("java.version"));
      return show(
          Answer.of(
              data,
              new Answer.Block.Line(
                  "headwater %s, java %s".formatted(data.get("headwater"), data.get("java")))));
    }
  }

  /** The shell's help. */
  @Command(
      name = "completion",
      description = "Print a completion script for bash and zsh.",
      footer = {
        "",
        "Examples:",
        "  source <(headwater completion)",
        "  headwater completion > ~/.local/share/bash-completion/completions/headwater"
      })
  static final class Completion extends Verb {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      if (spec == null) {
        throw new IllegalStateException("not part of a command");
      }
      String script = AutoComplete.bash("headwater", spec.root().commandLine());
      return show(Answer.of(Map.of("bash", script), new Answer.Block.Line(script)));
    }
  }
}

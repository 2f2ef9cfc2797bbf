package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectCommand;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command: {@code headwater VERB [TARGET] [options]}. */
@Command(
    name = "headwater",
    customSynopsis = "headwater VERB [TARGET] [options]",
    subcommands = {
      InitVerb.class,
      RunVerb.class,
      WatchVerb.class,
      RunVerbs.Plan.class,
      TestVerb.class,
      RunVerbs.Replay.class,
      PlayVerb.class,
      OffsetsVerb.class,
      LookVerbs.Explain.class,
      ListVerb.class,
      IngestVerb.class,
      TraceVerbs.Trace.class,
      TraceVerbs.Impact.class,
      TraceVerbs.Why.class,
      TraceVerbs.WhyRow.class,
      RunsVerb.class,
      LookVerbs.Head.class,
      LookVerbs.Profile.class,
      LetterVerb.class,
      BackfillVerb.class,
      ModelVerbs.Model.class,
      TableVerbs.Table.class,
      TableVerbs.Drift.class,
      LineageVerbs.Lineage.class,
      JobVerbs.Job.class,
      ManifestsVerb.class,
      ConnectVerb.class,
      DatasetVerb.class,
      DoctorVerb.class,
      OtherVerbs.Lib.class,
      OtherVerbs.Version.class,
      OtherVerbs.Completion.class,
    },
    description = "Data and ML pipelines in which every model traces back to its data.",
    footer = {
      "",
      "A target is kind/name[@ref], the kind left out where the name is unique.",
      "The project is the one around you, -C DIR, or a folder named first.",
      "Every verb takes -C DIR, -o text|json, --quiet and --help.",
      "",
      "Exit statuses: 0 fine, 1 failed, 2 wrong use, 3 bad data by contract,",
      "4 refused by a gate, 5 not reachable, 130 interrupted,",
      "10 from plan --check: something would run,",
      "11 from plan --against: something breaks.",
      "",
      "Examples:",
      "  headwater run examples/flights",
      "  headwater trace late"
    })
public final class Headwater implements ProjectCommand, Runnable {
  @Spec private @Nullable CommandSpec spec;

  /** Found by its service's name, and by picocli. */
  public Headwater() {}

  /** Ends the JVM with the command's exit status. */
  public static void main(String[] args) {
    System.exit(execute(Screen.system(), new Session(null, Headwater::provider), args));
  }

  @Override
  public int run(Project project, String... args) {
    return execute(Screen.system(), new Session(project, Headwater::provider), args);
  }

  /** Without a verb: the help, and wrong use. */
  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "Which verb? `headwater --help` lists them.");
    }
  }

  static int execute(Screen screen, Session session, String... args) {
    return commandLine(screen, session, args).execute(args);
  }

  static CommandLine commandLine(Screen screen, Session session, String... args) {
    Screen shown = screen.asAsked(List.of(args));
    CommandLine command = new CommandLine(new Headwater(), new Verbs(shown, session));
    command.setOut(writer(shown.out()));
    command.setErr(writer(shown.err()));
    command.setColorScheme(
        CommandLine.Help.defaultColorScheme(shown.colour() ? Ansi.ON : Ansi.OFF));
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setUsageHelpAutoWidth(false);
    command.addMixin("help", new HelpOption());
    command.setParameterExceptionHandler((e, given) -> Failures.usage(shown, what(e), fix(e)));
    command.setExecutionExceptionHandler((e, c, parsed) -> Failures.report(shown, session, e));
    return command;
  }

  private static String what(CommandLine.ParameterException e) {
    if (isVerb(e, false)) {
      return "There is no verb '" + unmatched(e) + "'." + nearest(e);
    }
    return isVerb(e, true)
        ? "Options come after the verb: " + unmatched(e) + " stands before it."
        : String.valueOf(e.getMessage());
  }

  private static String fix(CommandLine.ParameterException e) {
    String path = e.getCommandLine().getCommandSpec().qualifiedName();
    return isVerb(e, true)
        ? "write headwater VERB [TARGET] " + unmatched(e) + " ..."
        : "see `" + path + " --help`.";
  }

  /** Whether something stands in the verb's place that is none: a word, or an option. */
  private static boolean isVerb(CommandLine.ParameterException e, boolean option) {
    return e instanceof CommandLine.UnmatchedArgumentException
        && e.getCommandLine().getParent() == null
        && unmatched(e).startsWith("-") == option;
  }

  private static String unmatched(CommandLine.ParameterException e) {
    return ((CommandLine.UnmatchedArgumentException) e).getUnmatched().get(0);
  }

  private static String nearest(CommandLine.ParameterException e) {
    List<String> meant = ((CommandLine.UnmatchedArgumentException) e).getSuggestions();
    return meant.isEmpty() ? "" : " Did you mean " + String.join(" or ", meant) + "?";
  }

  private static PrintWriter writer(PrintStream to) {
    return new PrintWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8), true);
  }

  static Launcher.Provider provider() {
    return ServiceLoader.load(Launcher.Provider.class)
        .findFirst()
        .orElseThrow(
            () ->
                new HeadwaterException(
                    HeadwaterException.Kind.FAILED,
                    "This build has nothing that runs projects.",
                    "put headwater-pipelines' launcher on the class path."));
  }
}

package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.UpkeepStep;
import dev.headwater.pipelines.project.ModelRef;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.select.Selection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One verb of the command, with the options that all have. */
abstract class Verb implements Callable<Integer> {
  /** What -o takes; only verbs that draw take the last two. */
  enum Output {
    TEXT,
    JSON,
    DOT,
    HTML
  }

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private HelpOption help;

  @Option(
      names = {"-C", "--project"},
      paramLabel = "DIR",
      description = "The project's folder, instead of the one around you.")
  private @Nullable Path folder;

  @Option(
      names = "--env",
      paramLabel = "NAME",
      description = "The environment; otherwise HEADWATER_ENV, or dev.")
  private @Nullable String environment;

  private Output output = Output.TEXT;

  @Option(
      names = {"-q", "--quiet"},
      description = "Only the result: no progress, no hints.")
  private boolean quiet;

  @Spec private @Nullable CommandSpec spec;

  private @Nullable Screen screen;
  private @Nullable Session session;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "text, or json: one document on stdout and nothing else.")
  final void output(String text) {
    Optional<Output> known =
        Arrays.stream(Output.values()).filter(o -> o.name().equalsIgnoreCase(text)).findFirst();
    if (known.isEmpty() && spec != null && !into(text)) {
      throw new ParameterException(
          spec.commandLine(), "There is no output '" + text + "': it is text or json.");
    }
    Output form = known.orElse(output);
    if ((form == Output.DOT || form == Output.HTML) && !draws() && spec != null) {
      throw new ParameterException(
          spec.commandLine(), spec.name() + " has nothing to draw: it takes -o text or -o json.");
    }
    output = form;
  }

  /** Takes -o as the file that something is written to, if the verb writes one. */
  boolean into(String file) {
    return false;
  }

  /** Whether its answers have a graph. */
  boolean draws() {
    return false;
  }

  /** Whether a graph is asked for. */
  final boolean drawn() {
    return output == Output.DOT || output == Output.HTML;
  }

  /** Whether it is asked for as a page. */
  final boolean drawsPage() {
    return output == Output.HTML;
  }

  final void in(Screen shown, Session working) {
    screen = shown;
    session = working;
  }

  /** Where it shows what it has; {@link Screen#json} and quiet are as asked. */
  final Screen screen() {
    if (screen == null) {
      throw new IllegalStateException("a verb without a screen");
    }
    return screen.with(output == Output.JSON, quiet);
  }

  final Session session() {
    if (session == null) {
      throw new IllegalStateException("a verb without a session");
    }
    return session;
  }

  /** Where relative paths of files begin: -C, or the current folder. */
  final Path folder() {
    return folder == null ? Path.of("") : folder;
  }

  /** The project that these arguments mean; a folder at their head is taken off them. */
  final Project project(List<String> arguments) {
    Path named = folder;
    if (named == null
        && !arguments.isEmpty()
        && Files.isRegularFile(Path.of(arguments.get(0)).resolve(ProjectFile.NAME))) {
      named = Path.of(arguments.remove(0));
    }
    return session().project(named, environment);
  }

  /** The project around, or the one that -C names, if there is one. */
  final Optional<Project> anyProject() {
    return folder == null && session().given() == null && ProjectFile.around(Path.of("")).isEmpty()
        ? Optional.empty()
        : Optional.of(session().project(folder, environment));
  }

  /** A target and what stands after its @, which may be nothing. */
  record Named(Project project, Target target, @Nullable String ref) {}

  /** The one target that is named, after a folder perhaps. */
  final Named named(List<String> given, Target.@Nullable Kind kind) {
    return named(given, kind == null ? List.of() : List.of(kind), false);
  }

  /** A target that has letters. */
  final Named namedOfLetters(List<String> given) {
    return named(given, List.of(Target.Kind.TABLE, Target.Kind.FEATURES, Target.Kind.SCORE), false);
  }

  /** A target's table, a source that is one, or, with dots, any table of a declared catalog. */
  final Named namedTable(List<String> given) {
    return named(given, List.of(), true);
  }

  private Named named(List<String> given, List<Target.Kind> kinds, boolean tables) {
    List<String> arguments = new ArrayList<>(given);
    Project project = project(arguments);
    if (arguments.size() != 1) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          arguments.isEmpty() ? "Which target?" : "One target at a time, not " + arguments + ".",
          "name one of "
              + String.join(", ", project.targets().stream().map(Target::toString).toList())
              + ".");
    }
    String text = arguments.get(0);
    int at = text.indexOf('@');
    ModelRef ref = ModelRef.parse(text);
    String name = ref.model();
    if (tables && project.isForeign(name)) {
      return new Named(project, new Target(Target.Kind.TABLE, name), at < 0 ? null : ref.version());
    }
    // Where the verb says the kind, a name that several kinds share means this one.
    List<String> all =
        name.indexOf('/') >= 0
            ? List.of()
            : kinds.stream().map(kind -> kind.word() + "/" + name).toList();
    List<String> declared = project.targets().stream().map(Target::toString).toList();
    String first = all.isEmpty() ? name : all.get(0);
    String full = all.stream().filter(declared::contains).findFirst().orElse(first);
    return new Named(project, project.target(full), at < 0 ? null : ref.version());
  }

  /** Tables, all of one project. */
  record Tables(Project project, List<Target> targets) {
    static Tables of(Named named) {
      return new Tables(named.project(), List.of(named.target()));
    }
  }

  /** As {@link #namedTable}, or the tables of all targets that selectors mean. */
  final Tables tables(List<String> given) {
    List<String> arguments = new ArrayList<>(given);
    Project project = project(arguments);
    if (arguments.size() == 1 && !Selection.isSelector(arguments.get(0)) || arguments.isEmpty()) {
      return Tables.of(namedTable(given));
    }
    List<Target> meant = Selection.of(project, arguments, List.of());
    List<Target> tables = meant.stream().filter(t -> t.kind() != Target.Kind.MODEL).toList();
    if (tables.isEmpty() && !meant.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Models have no tables, and nothing else is selected: " + meant + ".",
          "select more.");
    }
    return new Tables(project, tables);
  }

  /** Asks the project's launcher one question and shows the answer. */
  final int ask(Project project, Function<Launcher, Answer> question) {
    return ask(project, LaunchOptions.DEFAULT, question);
  }

  final int ask(Project project, LaunchOptions options, Function<Launcher, Answer> question) {
    Answer answer;
    try (Launcher launcher = session().open(project, options)) {
      answer = question.apply(launcher);
    }
    return show(answer);
  }

  /** Asks the same of each target, and shows what is said of all of them. */
  final int askEach(
      Project project,
      List<Target> targets,
      LaunchOptions options,
      BiFunction<Launcher, Target, Answer> question) {
    Map<String, Answer> answers = new LinkedHashMap<>();
    if (!targets.isEmpty()) {
      try (Launcher launcher = session().open(project, options)) {
        targets.forEach(t -> answers.put(t.toString(), question.apply(launcher, t)));
      }
    }
    return show(Answer.each(answers));
  }

  /**
   * Follows a topic until the command is told to end, or only begins to where it is detached.
   *
   * @param watched who else is told what is told to the screen
   */
  final int stream(
      Project project, Target table, LaunchOptions options, UnaryOperator<Progress> watched) {
    RunScreen shown = new RunScreen(screen(), System::nanoTime);
    try (Signals signals = Signals.listen();
        Launcher launcher = session().open(project, options)) {
      RunReport report = launcher.stream(table, signals::ended, watched.apply(shown));
      shown.end(report);
      int status = exitStatus(report);
      return status == 0 && signals.ended() ? Signals.INTERRUPTED : status;
    }
  }

  /**
   * Writes down what failed; the exit status of the worst: the smallest, since what did not answer
   * may do so next time, and the rest will not mend itself.
   */
  final int exitStatus(RunReport report) {
    List<Throwable> failures =
        Stream.concat(
                report.stages().stream().map(StageResult::failure),
                report.upkeep().stream().map(UpkeepStep::failure))
            .filter(Objects::nonNull)
            .toList();
    failures.forEach(session().logs()::failure);
    if (!failures.isEmpty() && !screen().json()) {
      session().logs().file().ifPresent(log -> screen().err().println("Log: " + log));
    }
    return failures.isEmpty()
        ? (report.failed() ? 1 : 0)
        : failures.stream().mapToInt(Failures::exitStatus).min().getAsInt();
  }

  final int show(Answer answer) {
    if (screen().json()) {
      Json.print(screen().out(), answer.data());
    } else if (drawn()) {
      Answer.Block.Graph graph = Blocks.graph(answer.blocks());
      screen().out().println(drawsPage() ? graph.html().get() : graph.dot());
    } else {
      screen().out().print(Blocks.text(answer.blocks()));
    }
    screen().out().flush();
    return answer.exitStatus();
  }
}

package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.HeadwaterException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class HeadwaterTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  private final FakeLauncher launcher = new FakeLauncher();
  private String out = "";
  private String err = "";

  @BeforeEach
  void copyTheExample() throws IOException {
    Path example = Path.of("../examples/flights");
    Files.createDirectories(folder.resolve("contracts"));
    for (String file : List.of("headwater.yaml", "contracts/flights.yaml")) {
      Files.copy(example.resolve(file), folder.resolve(file));
    }
  }

  @Test
  void verbsAskTheLauncher() {
    assertThat(in("trace", "late")).isZero();
    assertThat(out).isEqualTo("asked trace model/late null\n");
    in("trace", "late@3");
    in("impact", "flights");
    in("impact", "table/flights@tag:model/late/1");
    in("impact", "data/a.parquet@9c1f");
    in("impact", "part-0000/a");
    in("watch", "5f3a");
    in("runs", "late", "-n", "5");
    in("runs", "--status", "failed", "--since", "2026-01-31", "--why", "new file");
    in("runs", "show", "019a");
    in("head", "late_scores@snapshot:58");
    in("profile", "flights@tag:last", "--from", "58");
    in("profile", "flights", "--refresh");
    in("letters", "flights", "--rows", "2");
    in("model", "show", "late@champion");
    in("model", "list");
    in("model", "promote", "late@2");
    in("model", "rollback", "late", "--alias", "challenger");
    in("table", "show", "flights");
    in("table", "history", "airport_delays");
    in("drift", "why", "late_drift");
    in("lineage", "status");
    in("lineage", "flush");
    assertThat(launcher.asked)
        .containsExactly(
            "trace model/late null",
            "trace model/late 3",
            "impact table/flights null",
            "impact table/flights tag:model/late/1",
            "impact of file data/a.parquet@9c1f",
            "impact of file part-0000/a",
            "watch 5f3a",
            "runs RunFilter[targets=[model/late], status=null, since=null, why=null, limit=5]",
            "runs RunFilter[targets=[], status=FAILED, since=2026-01-31T00:00:00Z, why=new file,"
                + " limit=20]",
            "run 019a",
            "head score/late_scores snapshot:58 10",
            "profile table/flights tag:last 58 5",
            "sketch table/flights",
            "profile table/flights null null 5",
            "letters table/flights Show[which=LetterFilter[codes=[], column=null, source=null,"
                + " since=null, run=null, where=null, done=false], limit=2]",
            "model model/late champion",
            "models",
            "promote model/late 2 champion",
            "rollback model/late challenger",
            "table table/flights",
            "history features/airport_delays 20",
            "drift monitor/late_drift",
            "lineage status",
            "lineage flush");
  }

  @Test
  void aFolderWithAProjectIsAcceptedAsTheFirstArgument() {
    assertThat(execute("run", folder.toString(), "late")).isZero();
    assertThat(execute("trace", folder.toString(), "late")).isZero();
    assertThat(launcher.asked).containsExactly("run [model/late]", "trace model/late null");
  }

  @Test
  void selectorsMeanTheSameWhereverTargetsAreNamed() {
    assertThat(in("why", "1+late")).isZero();
    assertThat(out)
        .contains("\n\nmodel/late\nasked Why[target=model/late]")
        .startsWith("table/flights\nasked Why[target=table/flights]");
    assertThat(in("runs", "*_delays")).isZero();
    assertThat(in("table", "show", "+late", "-ojson")).isZero();
    assertThat(out).startsWith("{").contains("\"targets\"", "\"features/nation_delays\"");
    assertThat(in("table", "rewrite-manifests", "*_delays", "--dry-run")).isZero();
    assertThat(in("table", "expire", "*_delays", "--yes")).isZero();
    assertThat(launcher.asked)
        .filteredOn(asked -> asked.startsWith("Why") || asked.startsWith("runs"))
        .hasSize(5)
        .endsWith(
            "runs RunFilter[targets=[features/airport_delays, features/nation_delays],"
                + " status=null, since=null, why=null, limit=20]");
    assertThat(launcher.asked)
        .containsSequence(
            "table table/flights", "table features/airport_delays", "table features/nation_delays");
    assertThat(in("explain", "late", "late_scores")).isZero();
    assertThat(out).contains("late:", "late_scores:");
    for (String verb : List.of("run", "plan", "why", "runs", "explain", "list", "test")) {
      assertThat(in(verb, "ltae*")).as(verb).isEqualTo(2);
      assertThat(err).contains("No target's name is like 'ltae*'.");
    }
    assertThat(in("table", "show", "model/*")).isEqualTo(2);
    assertThat(err).contains("Models have no tables, and nothing else is selected: [model/late].");
  }

  @Test
  void selectorsChooseWhatIsNeededAndWhatDepends() {
    in("run", "+late");
    in("run", "airport_delays+", "--exclude", "late_drift", "--force");
    assertThat(launcher.asked)
        .containsExactly(
            "run [table/flights, features/airport_delays, features/nation_delays, model/late]",
            "run [features/airport_delays, model/late, score/late_scores] force");
    assertThat(in("list", "*late*,monitor/*")).isZero();
    assertThat(out.lines())
        .containsExactly(
            "  target              owner  tags  declared in        description",
            "  monitor/late_drift               headwater.yaml:50");
  }

  @Test
  void failuresPickTheExitStatus() {
    for (HeadwaterException.Kind kind : HeadwaterException.Kind.values()) {
      launcher.failure =
          new IllegalStateException(
              "wrapped", new HeadwaterException(kind, "It is broken.", "mend it."));
      assertThat(in("run", "flights")).isEqualTo(kind.exitStatus());
      assertThat(in("trace", "late")).isEqualTo(kind.exitStatus());
      assertThat(err).startsWith("It is broken.\nFix: mend it.\n");
    }
    assertThat(in("trace", "lat")).isEqualTo(2);
    assertThat(err).contains("There is no 'lat' in project flights. Did you mean 'late'?");
    assertThat(in("nonsense")).isEqualTo(2);
    assertThat(err).startsWith("There is no verb 'nonsense'.");
    assertThat(execute("trak", "late")).isEqualTo(2);
    assertThat(err).startsWith("There is no verb 'trak'. Did you mean trace");
    assertThat(execute("-C", folder.toString(), "run")).isEqualTo(2);
    assertThat(err.lines())
        .containsExactly(
            "Options come after the verb: -C stands before it.",
            "Fix: write headwater VERB [TARGET] -C ...");
    assertThat(in("run", "+")).isEqualTo(2);
    assertThat(err).startsWith("There is no '' in project flights.");
    assertThat(in("head", "flights", "-n", "0")).isEqualTo(2);
    assertThat(err).contains("'0' is not a number of 1 or more");
    assertThat(in("run", "--runner=spark")).isEqualTo(2);
    assertThat(err).contains("There is no runner 'spark'.").contains("--runner=flink");
    assertThat(in("run", "--frobnicate=7")).isEqualTo(2);
    assertThat(err).contains("Neither this command nor Beam takes --frobnicate=7");
    launcher.failure = null;
    assertThat(in("run", "--targetParallelism=2")).isZero();
  }

  @Test
  void whatNobodyExpectedIsOneLineAndALog() throws IOException {
    launcher.failure = new IllegalStateException("a cog broke");
    assertThat(in("trace", "late")).isEqualTo(1);
    List<String> lines = err.lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .isEqualTo(
            "Something failed that nobody expected: java.lang.IllegalStateException: a cog broke");
    assertThat(lines.get(1)).startsWith("Log: " + folder.resolve(".headwater/logs"));
    assertThat(Files.readString(Path.of(lines.get(1).substring("Log: ".length()))))
        .contains("a cog broke")
        .contains("at dev.headwater.runners");
  }

  @Test
  void mistakesInTheProjectAreToldAndAreWrongUse() throws IOException {
    Path file = folder.resolve("headwater.yaml");
    Files.writeString(
        file, Files.readString(file).replace("train_until: 2001-05-01", "train_until: 2001-05-32"));
    assertThat(in("run")).isEqualTo(2);
    assertThat(err)
        .startsWith("headwater.yaml has 1 problem:\n  line ")
        .endsWith(
            "models.late.split.train_until: '2001-05-32' is not a date. Write it as yyyy-mm-dd.\n");
    assertThat(in("run", "-o", "json")).isEqualTo(2);
    assertThat(json().at("/error/problems/0/path").asText())
        .isEqualTo("models.late.split.train_until");
    assertThat(err).isEmpty();
  }

  @Test
  void jsonIsOneDocumentOnStdoutAndNothingElse() throws IOException {
    assertThat(in("run", "-o", "json")).isZero();
    assertThat(json().at("/status").asText()).isEqualTo("fresh");
    assertThat(json().at("/stages")).hasSize(6);
    assertThat(err).startsWith("flights · dev · DirectRunner · 2 cores\n");
    in("trace", "late", "-o", "json");
    assertThat(json().at("/asked").asText()).isEqualTo("trace model/late null");
    in("explain", "model/late", "-ojson");
    assertThat(json().at("/model~1late/label").asText()).isEqualTo("delay > 15");
    launcher.failure = FakeLauncher.unreachable();
    assertThat(in("trace", "late", "--output=json")).isEqualTo(5);
    assertThat(json().at("/error/kind").asText()).isEqualTo("unreachable");
    assertThat(in("run", "flights", "--output=json", "--quiet")).isEqualTo(5);
    assertThat(json().at("/stages/0/error/fix").asText()).isEqualTo("wait for the other run.");
    assertThat(err).isEmpty();
    assertThat(in("run", "--nonsense", "-o", "json")).isEqualTo(2);
    assertThat(json().at("/error/exit_status").asInt()).isEqualTo(2);
  }

  @Test
  void dotIsAGraphOnStdoutOfVerbsThatHaveOne() {
    for (String[] asked :
        List.of(new String[] {"trace", "late"}, new String[] {"impact", "late"})) {
      assertThat(in(asked[0], asked[1], "-o", "dot")).isZero();
      assertThat(out).isEqualTo("digraph {}\n");
    }
    assertThat(in("head", "flights", "-o", "dot")).isEqualTo(2);
    assertThat(err).startsWith("head has nothing to draw: it takes -o text or -o json.\nFix: ");
    launcher.failure = FakeLauncher.unreachable();
    assertThat(in("trace", "late", "-o", "dot")).isEqualTo(5);
    assertThat(err).startsWith("The catalog is locked.\n");
    assertThat(out).isEmpty();
  }

  @Test
  void planCheckExitsWithTenIfSomethingWouldRun() {
    assertThat(in("plan", "--check")).isZero();
    launcher.stale = true;
    assertThat(in("plan")).isZero();
    assertThat(out)
        .startsWith(
            """
            flights · dev · DirectRunner · 2 cores
              ingest    flights          runs   first run
            """);
    assertThat(in("plan", "--check")).isEqualTo(10);
  }

  @Test
  void everySoOftenRunsUntilItIsInterrupted() {
    launcher.rounds = 2;
    assertThat(in("run", "flights", "--every", "1s")).isEqualTo(130);
    assertThat(launcher.asked).containsExactly("run [table/flights]", "run [table/flights]");
    assertThat(in("run", "--every", "0s")).isEqualTo(2);
    assertThat(err).contains("--every 0s would never rest.");
  }

  @Test
  void watchingRunsWhatIsStaleAndSaysNothingOfTheRest() {
    launcher.rounds = 1;
    assertThat(in("run", "flights", "late", "--watch", "--every", "1s")).isEqualTo(130);
    assertThat(launcher.asked).isEmpty();
    assertThat(out).isEmpty();
    launcher.stale = true;
    launcher.rounds = 2;
    launcher.failure = FakeLauncher.unreachable();
    assertThat(in("run", "flights", "late_drift", "--watch", "--every", "1s")).isEqualTo(130);
    assertThat(launcher.asked).containsExactly("run [table/flights, monitor/late_drift]");
    assertThat(out).contains("failed after 0.5 s").contains("The catalog is locked.");
    assertThat(err).contains("    table/flights is tried again in 10 s.\n");
  }

  @Test
  void wrongUseEndsTheFirstRound() {
    assertThat(in("run", "flihgts", "--watch")).isEqualTo(2);
    assertThat(err).contains("Did you mean 'flights'?");
  }

  @Test
  void aReplayThatDiffersFails() {
    assertThat(in("replay", "late")).isEqualTo(1);
    assertThat(out).isEqualTo("asked replay model/late null\n");
  }

  @Test
  void everyVerbHasHelpWithTwoExamplesThatParse() {
    CommandLine root =
        Headwater.commandLine(
            screen(new ByteArrayOutputStream(), new ByteArrayOutputStream()), session());
    for (CommandLine verb : all(root)) {
      String name = verb.getCommandSpec().qualifiedName();
      List<String> path = new ArrayList<>(List.of(name.split(" ")));
      path.remove(0);
      path.add("--help");
      assertThat(execute(path.toArray(String[]::new))).as(name).isZero();
      assertThat(out).as(name).contains("Usage: " + name).contains("\nExamples:\n");
      List<String> examples =
          out.substring(out.indexOf("\nExamples:\n"))
              .lines()
              .filter(l -> l.contains("headwater "))
              .toList();
      assertThat(examples).as(name).hasSize(2);
      for (String example : examples) {
        String command =
            example.replaceAll(".*?\\bheadwater ", "").replaceAll(" \\|.*| >.*|\\)$", "");
        Headwater.commandLine(
                screen(new ByteArrayOutputStream(), new ByteArrayOutputStream()), session())
            .parseArgs(command.strip().split(" "));
      }
    }
  }

  @Test
  void withoutATerminalThereIsNoColour() {
    execute("--help");
    assertThat(out).doesNotContain("\u001b");
  }

  @Test
  void completionIsAScript() {
    assertThat(execute("completion")).isZero();
    assertThat(out).contains("complete ").contains("headwater");
  }

  private static List<CommandLine> all(CommandLine command) {
    List<CommandLine> all = new ArrayList<>(List.of(command));
    command.getSubcommands().values().forEach(sub -> all.addAll(all(sub)));
    return all;
  }

  private JsonNode json() throws IOException {
    return Objects.requireNonNull(new ObjectMapper().readTree(out));
  }

  private int in(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("-C");
    all.add(folder.toString());
    return execute(all.toArray(String[]::new));
  }

  private int execute(String... args) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    int status = Headwater.execute(screen(stdout, stderr), session(), args);
    out = stdout.toString(StandardCharsets.UTF_8);
    err = stderr.toString(StandardCharsets.UTF_8);
    return status;
  }

  private Session session() {
    return new Session(null, () -> (project, options) -> launcher);
  }

  private static Screen screen(ByteArrayOutputStream out, ByteArrayOutputStream err) {
    return new Screen(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false,
        false,
        false,
        false);
  }
}

package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.TestDecl;
import dev.headwater.pipelines.project.TestFiles;
import dev.headwater.pipelines.select.Selection;
import dev.headwater.pipelines.testing.JUnitXml;
import dev.headwater.pipelines.testing.ProjectTests;
import dev.headwater.pipelines.testing.TestResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the project's tests. */
@Command(
    name = "test",
    description = "Run the project's tests: rows given, rows and letters expected.",
    footer = {
      "",
      "Tests are in tests/*.yaml. They need no catalog, no cluster and no network, and leave",
      "nothing behind. Selectors mean the tests of their targets; a file those that are in it.",
      "",
      "Exit status 1 if a test doesn't pass, 2 if one can't be understood.",
      "",
      "Examples:",
      "  headwater test",
      "  headwater test changed:main+ --junit target/reports"
    })
final class TestVerb extends LookVerbs.OfTarget {
  @Option(
      names = {"-k", "--name"},
      paramLabel = "TEXT",
      description = "Only tests whose name contains it.")
  private String part = "";

  @Option(
      names = "--junit",
      paramLabel = "FILE|DIR",
      description = "Write the results as JUnit's XML: one FILE.xml, or one a file of tests.")
  private @Nullable Path junit;

  @Override
  public Integer call() {
    List<String> which = new ArrayList<>(arguments());
    Project project = project(which);
    List<TestDecl> tests = chosen(project, which);
    Instant began = Instant.now();
    boolean told = !screen().json();
    if (told && !screen().quiet()) {
      screen().out().println(project.name() + " · " + count(tests.size(), "test"));
    }
    ProjectTests runner = new ProjectTests(project, session()::open);
    List<TestResult> results = new ArrayList<>();
    for (TestDecl test : tests) {
      TestResult result = runner.run(test);
      results.add(result);
      if (result.cause() != null && result.outcome() == TestResult.Outcome.BROKEN) {
        session().logs().failure(result.cause());
      }
      if (told && !(screen().quiet() && result.passed())) {
        screen().out().print(text(result));
        screen().out().flush();
      }
    }
    if (junit != null) {
      write(junit, began, results);
    }
    return show(answer(results));
  }

  private List<TestDecl> chosen(Project project, List<String> which) {
    List<Path> files = new ArrayList<>();
    List<String> selectors = new ArrayList<>();
    for (String each : which) {
      Path file = Path.of(each);
      if (Files.isRegularFile(file)) {
        files.add(file);
      } else if (Files.isRegularFile(project.origin().folder().resolve(each))) {
        files.add(project.origin().folder().resolve(each));
      } else {
        selectors.add(each);
      }
    }
    boolean some = !selectors.isEmpty();
    Set<Target> targets = some ? Set.copyOf(Selection.of(project, selectors, List.of())) : Set.of();
    List<TestDecl> all = files.isEmpty() ? TestFiles.all(project) : TestFiles.read(project, files);
    List<TestDecl> chosen =
        all.stream()
            .filter(t -> !some || targets.contains(t.target()))
            .filter(t -> t.name().contains(part))
            .toList();
    boolean nothing = some && targets.isEmpty();
    if (chosen.isEmpty() && !nothing) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          all.isEmpty()
              ? "Project " + project.name() + " has no tests."
              : "None of the " + count(all.size(), "test") + " is meant.",
          all.isEmpty()
              ? "write " + TestFiles.FOLDER + "/NAME.yaml beside the project file: docs/testing.md."
              : "name a target that has tests, or part of a test's name.");
    }
    return chosen;
  }

  private static void write(Path to, Instant began, List<TestResult> results) {
    try {
      JUnitXml.write(to, began, results);
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "Cannot write " + to + ": " + e.getMessage() + ".",
          "name a file or a folder that can be written.",
          e);
    }
  }

  private static String text(TestResult result) {
    TestDecl test = result.test();
    String word = result.passed() ? "ok    " : "FAILED";
    StringBuilder out =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "  %s  %s  (%s, %.2f s)%n",
                word,
                test.name(),
                test.target(),
                result.seconds()));
    if (!result.passed()) {
      out.append("     ").append(test.place()).append(": ").append(result.what()).append('\n');
      result.lines().forEach(line -> out.append("     ").append(line).append('\n'));
    }
    return out.toString();
  }

  private Answer answer(List<TestResult> results) {
    long passed = results.stream().filter(TestResult::passed).count();
    long failed = results.size() - passed;
    List<Object> tests = new ArrayList<>();
    for (TestResult result : results) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("name", result.test().name());
      each.put("file", result.test().file());
      each.put("line", result.test().line());
      each.put("target", result.test().target().toString());
      each.put("status", result.outcome().name().toLowerCase(Locale.ROOT));
      each.put("seconds", result.seconds());
      if (!result.passed()) {
        each.put("what", result.what());
        each.put("lines", result.lines());
      }
      tests.add(each);
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("passed", passed);
    data.put("failed", failed);
    data.put("tests", tests);
    double seconds = results.stream().mapToDouble(TestResult::seconds).sum();
    String line =
        failed == 0
            ? count(passed, "test") + " passed"
            : failed + " of " + count(results.size(), "test") + " did not pass";
    return new Answer(
        List.of(new Answer.Block.Line(String.format(Locale.ROOT, "%s in %.1f s", line, seconds))),
        data,
        failed == 0 ? 0 : 1);
  }

  private static String count(long n, String noun) {
    return n + " " + noun + (n == 1 ? "" : "s");
  }
}

package dev.headwater.junit;

import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.TestDecl;
import dev.headwater.pipelines.project.TestFiles;
import dev.headwater.pipelines.project.TestRow;
import dev.headwater.pipelines.testing.ProjectTests;
import dev.headwater.pipelines.testing.TestResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;

/**
 * Tests of a project's targets, for a static field with {@code @RegisterExtension}:
 *
 * <pre>{@code
 * HEADWATER
 *     .test("flights")
 *     .given("flights_file", row("origin", "SFO", "delay", 3), row("origin", "SFO", "delay", -1116))
 *     .expectCount(1)
 *     .expectLetters(row("code", "min"))
 *     .check();
 * }</pre>
 *
 * What is tested is the project's own stages, on what is given, as {@code headwater test} does.
 */
public final class HeadwaterTests implements AfterEachCallback {
  private final Project project;
  private final ProjectTests runner;
  private final ThreadLocal<List<TargetTest>> begun = ThreadLocal.withInitial(ArrayList::new);

  private HeadwaterTests(Project project) {
    this.project = project;
    this.runner =
        new ProjectTests(
            project,
            (alone, options) ->
                ServiceLoader.load(Launcher.Provider.class)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no headwater-runners here"))
                    .open(alone, options));
  }

  /** Of a project declared in Java. */
  public static HeadwaterTests of(Project project) {
    return new HeadwaterTests(project);
  }

  /** Of the project in a folder. */
  public static HeadwaterTests in(Path folder) {
    return new HeadwaterTests(ProjectFile.read(folder));
  }

  /**
   * A row: {@code row("origin", "SFO", "delay", 20)}. A date is a {@code LocalDate}, a timestamp a
   * {@code LocalDateTime}, one in UTC an {@code Instant}; texts that look like them do as well.
   */
  public static TestRow row(@Nullable Object... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("a row is names and values by turns");
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return TestRow.of(values);
  }

  /** A test of a target, which ends with {@link TargetTest#check}. */
  public TargetTest test(String target) {
    TargetTest test = new TargetTest(this, project.target(target));
    begun.get().add(test);
    return test;
  }

  /** The project's {@code tests/**.yaml}, for a {@code @TestFactory}. */
  public Stream<DynamicTest> files() {
    return TestFiles.all(project).stream()
        .map(test -> DynamicTest.dynamicTest(test.place() + " " + test.name(), () -> check(test)));
  }

  void check(TestDecl test) {
    TestResult result = runner.run(test);
    if (!result.passed()) {
      throw new AssertionFailedError(test.target() + ": " + result.text(), result.cause());
    }
  }

  void ended(TargetTest test) {
    begun.get().remove(test);
  }

  Project project() {
    return project;
  }

  /** A test that was begun and never checked would pass whatever it says. */
  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      begun.remove();
    }
    finish();
  }

  void finish() {
    List<TargetTest> left = List.copyOf(begun.get());
    begun.remove();
    if (!left.isEmpty()) {
      throw new AssertionFailedError(
          "The test of " + left.get(0).target() + " was never checked: end it with .check().");
    }
  }
}

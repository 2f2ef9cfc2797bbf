package dev.headwater.pipelines.testing;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Isolated;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectException;
import dev.headwater.pipelines.project.TestDecl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs tests of a project's targets: each in a folder of its own with a catalog of its own, by the
 * very stages that a run has. Nothing of the project's catalogs, clusters, servers and files is
 * touched, and nothing stays. One test at a time.
 */
public final class ProjectTests {
  private static final LaunchOptions OPTIONS = LaunchOptions.DEFAULT.untold();

  private final Project project;
  private final Launcher.Provider launchers;

  public ProjectTests(Project project, Launcher.Provider launchers) {
    this.project = project;
    this.launchers = launchers;
  }

  /** Runs one; whatever goes wrong is its result. */
  public TestResult run(TestDecl test) {
    long began = System.nanoTime();
    Path folder = null;
    try {
      folder = Files.createTempDirectory("headwater-test").toRealPath();
      return outcome(test, new Sandbox(folder, project, test), began);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      return broken(test, began, e);
    } finally {
      delete(folder);
    }
  }

  private TestResult outcome(TestDecl test, Sandbox sandbox, long began) throws IOException {
    Isolated alone = sandbox.fill();
    Throwable failure = failure(alone);
    String fails = test.expected().fails();
    if (fails != null) {
      return failed(test, began, fails, failure);
    }
    if (failure != null) {
      return broken(test, began, failure);
    }
    Comparison differs = Comparison.of(test, sandbox);
    return differs == null
        ? new TestResult(test, TestResult.Outcome.PASSED, since(began), "", List.of(), null)
        : new TestResult(
            test, TestResult.Outcome.FAILED, since(began), differs.what(), differs.lines(), null);
  }

  private @Nullable Throwable failure(Isolated alone) {
    try (Launcher launcher = launchers.open(alone.project(), OPTIONS)) {
      RunReport report = launcher.run(alone.runs(), false, Progress.NONE);
      return report.stages().stream()
          .map(StageResult::failure)
          .filter(Objects::nonNull)
          .findFirst()
          .orElse(null);
    } catch (HeadwaterException | ProjectException e) {
      return e;
    }
  }

  private static TestResult failed(
      TestDecl test, long began, String fails, @Nullable Throwable failure) {
    if (failure != null && said(failure).contains(fails)) {
      return new TestResult(test, TestResult.Outcome.PASSED, since(began), "", List.of(), null);
    }
    return new TestResult(
        test,
        TestResult.Outcome.FAILED,
        since(began),
        failure == null
            ? "it was expected to fail with '" + fails + "', and did not"
            : "it was expected to fail with '" + fails + "', but failed otherwise",
        failure == null ? List.of() : said(failure).lines().map(line -> "     " + line).toList(),
        failure);
  }

  private static TestResult broken(TestDecl test, long began, Throwable failure) {
    List<String> lines = said(failure).lines().toList();
    return new TestResult(
        test,
        TestResult.Outcome.BROKEN,
        since(began),
        lines.get(0),
        lines.stream().skip(1).map(line -> "     " + line).toList(),
        failure);
  }

  private static String said(Throwable failure) {
    if (failure instanceof HeadwaterException e) {
      return e.what() + "\nFix: " + e.fix();
    }
    return failure instanceof ProjectException
        ? String.valueOf(failure.getMessage())
        : failure.toString();
  }

  private static double since(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private static void delete(@Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // What can't be deleted is left to who cleans the machine's temporary folder.
      return;
    }
  }
}

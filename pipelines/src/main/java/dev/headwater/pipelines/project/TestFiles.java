package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Reads a project's tests: {@code tests/**.yaml}, each a map {@code tests:} from names to tests.
 */
public final class TestFiles {
  /** The folder, beside the project file. */
  public static final String FOLDER = "tests";

  private TestFiles() {}

  /**
   * All tests of a project, file by file as they are written.
   *
   * @throws ProjectException with all mistakes of all files
   */
  public static List<TestDecl> all(Project project) {
    Path folder = project.origin().folder().resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return read(
          project,
          files
              .filter(file -> file.getFileName().toString().matches("(?i).+\\.ya?ml"))
              .sorted()
              .toList());
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /**
   * The tests of these files.
   *
   * @throws ProjectException with all mistakes of all files
   */
  public static List<TestDecl> read(Project project, List<Path> files) {
    List<TestDecl> tests = new ArrayList<>();
    List<ProjectException> wrong = new ArrayList<>();
    for (Path file : files) {
      try {
        tests.addAll(read(project, file));
      } catch (ProjectException e) {
        wrong.add(e);
      }
    }
    if (wrong.size() == 1) {
      throw wrong.get(0);
    }
    if (!wrong.isEmpty()) {
      List<Problem> all = new ArrayList<>();
      for (ProjectException e : wrong) {
        e.problems()
            .forEach(p -> all.add(new Problem(p.line(), e.file() + " " + p.path(), p.what())));
      }
      throw new ProjectException(FOLDER, all);
    }
    return tests;
  }

  private static List<TestDecl> read(Project project, Path file) {
    Path home = project.origin().folder();
    Path at = file.toAbsolutePath().normalize();
    String name = (at.startsWith(home) ? home.relativize(at) : at).toString();
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    return parse(project, Objects.requireNonNull(at.getParent()), name, text);
  }

  /** The tests of a text that would lie in a folder under this name. */
  static List<TestDecl> parse(Project project, Path folder, String name, String text) {
    Section top = Yaml.top(name, text);
    List<TestDecl> tests = new ArrayList<>();
    Section all = top.section("tests");
    if (all == null && !top.has("tests")) {
      top.problem("tests", "is missing. Write tests: {<name>: {target: ..., given: ...}}");
    }
    if (all != null) {
      for (String test : all.names()) {
        Section section = all.section(test);
        TestDecl parsed =
            section == null
                ? null
                : new TestSection(project, folder, section).parse(name, all.line(test));
        if (parsed != null) {
          tests.add(parsed);
        }
      }
    }
    top.end();
    if (!top.notes().problems().isEmpty()) {
      throw new ProjectException(name, top.notes().problems());
    }
    return tests;
  }

  private static HeadwaterException unreadable(Path file, IOException e) {
    return new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "Cannot read " + file + ": " + e.getMessage() + ".",
        "tests are UTF-8, and lie in " + FOLDER + " beside the project file.",
        e);
  }
}

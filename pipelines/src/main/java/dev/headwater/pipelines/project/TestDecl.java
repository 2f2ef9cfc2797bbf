package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A test of a target: what it is given, and what must come of it.
 *
 * @param file as it is called in the project's folder, {@code tests/flights.yaml}; empty in Java
 * @param line where it begins
 * @param given by the name of a source, a table, a view or a score
 * @param asked for a view: keys and times that are asked for besides its own
 */
public record TestDecl(
    String file,
    int line,
    String name,
    Target target,
    Map<String, Given> given,
    List<TestRow> asked,
    Expected expected,
    Tolerance tolerance) {
  public TestDecl {
    given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
    asked = List.copyOf(asked);
  }

  /**
   * The same, once it is known that its target gets what it needs.
   *
   * @throws ProjectException with all that stands against it
   */
  public TestDecl checked(Project project) {
    List<Problem> problems = new ArrayList<>();
    Reach.of(project, this)
        .problems()
        .forEach((key, what) -> problems.add(new Problem(line, key, what)));
    if (!problems.isEmpty()) {
      throw new ProjectException("the test of " + target, problems);
    }
    return this;
  }

  /** Where it stands, for people. */
  public String place() {
    return file.isEmpty() ? name : file + ":" + line;
  }
}

package dev.headwater.pipelines.project;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** All the mistakes of a project's files, at once. */
public final class ProjectException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String file;
  private final transient List<Problem> problems;

  /**
   * The mistakes.
   *
   * @param file what those are in that name no other
   */
  public ProjectException(String file, List<Problem> problems) {
    super(message(file, problems));
    this.file = file;
    this.problems = sorted(file, problems);
  }

  /** What the file is called; of several the first one. */
  public String file() {
    return file;
  }

  /** In the order of their files and lines, each with its file. */
  public List<Problem> problems() {
    return problems;
  }

  /** The command's exit status: wrong use. */
  public int exitStatus() {
    return 2;
  }

  private static String message(String file, List<Problem> problems) {
    Map<String, List<Problem>> files =
        sorted(file, problems).stream()
            .collect(Collectors.groupingBy(Problem::file, LinkedHashMap::new, Collectors.toList()));
    return files.entrySet().stream()
        .map(
            one ->
                one.getValue().stream()
                    .map(p -> "\n  " + p)
                    .collect(
                        Collectors.joining("", one.getKey() + " has " + count(one.getValue()), "")))
        .collect(Collectors.joining("\n"));
  }

  private static String count(List<Problem> problems) {
    return (problems.size() == 1 ? "1 problem" : problems.size() + " problems") + ":";
  }

  private static List<Problem> sorted(String file, List<Problem> problems) {
    return problems.stream()
        .map(p -> p.file().isEmpty() ? new Problem(file, p.line(), p.path(), p.what()) : p)
        .sorted(
            Comparator.comparing((Problem p) -> !p.file().equals(file))
                .thenComparing(Problem::file)
                .thenComparingInt(Problem::line))
        .toList();
  }
}

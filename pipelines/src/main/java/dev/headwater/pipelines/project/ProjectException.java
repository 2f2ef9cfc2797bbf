package dev.headwater.pipelines.project;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** All the mistakes of one file, at once. */
public final class ProjectException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String file;
  private final transient List<Problem> problems;

  public ProjectException(String file, List<Problem> problems) {
    super(message(file, problems));
    this.file = file;
    this.problems = sorted(problems);
  }

  /** What the file is called. */
  public String file() {
    return file;
  }

  /** In the order of their lines. */
  public List<Problem> problems() {
    return problems;
  }

  /** The command's exit status: wrong use. */
  public int exitStatus() {
    return 2;
  }

  private static String message(String file, List<Problem> problems) {
    String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
    return sorted(problems).stream()
        .map(p -> "\n  " + p)
        .collect(Collectors.joining("", file + " has " + count + ":", ""));
  }

  private static List<Problem> sorted(List<Problem> problems) {
    return problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
  }
}

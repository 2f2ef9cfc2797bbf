package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import java.util.Locale;

/**
 * One mistake in a project.
 *
 * @param file what it is in, from the project's folder; empty where there is one only
 * @param line where it stands, from 1; 0 where there is no line
 * @param path its dotted name: "models.late.split.train_until"; empty for the whole file
 * @param what what is wrong, and how to write it
 */
public record Problem(String file, int line, String path, String what) {
  /** Of the only file there is. */
  public Problem(int line, String path, String what) {
    this("", line, path, what);
  }

  /** What went wrong and how to mend it. */
  static Problem of(int line, String path, HeadwaterException e) {
    return new Problem(line, path, what(e));
  }

  /** What went wrong and how to mend it, as a problem says it. */
  static String what(HeadwaterException e) {
    String fix = e.fix().substring(0, 1).toUpperCase(Locale.ROOT) + e.fix().substring(1);
    return e.what() + " " + fix;
  }

  @Override
  public String toString() {
    return (line > 0 ? "line " + line + "  " : "") + (path.isEmpty() ? "" : path + ": ") + what;
  }
}

package dev.headwater.pipelines.project;

/**
 * One mistake in a project.
 *
 * @param line where it stands, from 1; 0 where there is no line
 * @param path its dotted name: "models.late.split.train_until"; empty for the whole file
 * @param what what is wrong, and how to write it
 */
public record Problem(int line, String path, String what) {
  @Override
  public String toString() {
    return (line > 0 ? "line " + line + "  " : "") + (path.isEmpty() ? "" : path + ": ") + what;
  }
}

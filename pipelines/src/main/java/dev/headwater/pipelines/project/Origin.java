package dev.headwater.pipelines.project;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Where a project was written down: its folder, its file's name and the lines of its parts by
 * dotted name ("models.late.label"). Every origin equals every other, so that declarations compare
 * by what they say.
 */
public final class Origin {
  private final Path folder;
  private final String file;
  private final Map<String, Integer> lines;

  Origin(Path folder, String file, Map<String, Integer> lines) {
    this.folder = folder.toAbsolutePath().normalize();
    this.file = file;
    this.lines = Map.copyOf(lines);
  }

  /** Java code that lies in this folder has no lines. */
  static Origin java(Path folder) {
    return new Origin(folder, "the project", Map.of());
  }

  /** The same as if it lay elsewhere. */
  Origin in(Path other) {
    return new Origin(other, file, lines);
  }

  /** The folder that relative paths start from, absolute; `.headwater` lies in it. */
  public Path folder() {
    return folder;
  }

  /** What problems call the file: "headwater.yaml". */
  public String file() {
    return file;
  }

  /** The line of a part, or of the nearest part around it that has one. */
  public OptionalInt line(String path) {
    String at = path;
    while (true) {
      Integer line = lines.get(at);
      if (line != null) {
        return OptionalInt.of(line);
      }
      int dot = at.lastIndexOf('.');
      if (dot < 0) {
        return OptionalInt.empty();
      }
      at = at.substring(0, dot);
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Origin;
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return folder + "/" + file;
  }
}

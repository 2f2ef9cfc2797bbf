package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads {@value #NAME}, and with it all files below its folder whose names end in {@code .hw.yaml}:
 * together they are one project.
 */
public final class ProjectFile {
  public static final String NAME = "headwater.yaml";

  private ProjectFile() {}

  /**
   * The project in a folder or file.
   *
   * @throws ProjectException with all mistakes in it
   * @throws HeadwaterException if there is no such file
   */
  public static Project read(Path folderOrFile) {
    return parser(folderOrFile).parse();
  }

  /**
   * Only where a project is: its name, catalogs, registry and environments. What it makes, and
   * whether that fits together, isn't looked at.
   *
   * @throws HeadwaterException if there is no such file, or it doesn't say what the project is
   *     called
   */
  static Project places(Path folderOrFile) {
    return parser(folderOrFile).places();
  }

  private static ProjectParser parser(Path folderOrFile) {
    Path file = Files.isDirectory(folderOrFile) ? folderOrFile.resolve(NAME) : folderOrFile;
    Path parent = file.toAbsolutePath().getParent();
    Path folder = parent == null ? file : parent;
    String name = file.getFileName().toString();
    try {
      String text = ProjectFiles.text(file, name);
      ProjectFiles files = new ProjectFiles(name, text, ProjectFiles.below(folder));
      return new ProjectParser(folder, files);
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot read " + file + ".",
          "name a folder that has a " + NAME + ", or run this inside one.",
          e);
    }
  }

  /** The project of a text that would lie in this folder under this name, with no other file. */
  public static Project parse(Path folder, String name, String text) {
    return new ProjectParser(folder, new ProjectFiles(name, text, new TreeMap<>())).parse();
  }

  /** The nearest folder, from this one upwards, that has a project. */
  public static Optional<Path> around(Path start) {
    for (Path at = start.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve(NAME))) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }
}

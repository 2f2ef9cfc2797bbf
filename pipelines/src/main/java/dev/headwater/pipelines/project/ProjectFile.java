package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads {@value #NAME}. */
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
    Path file = Files.isDirectory(folderOrFile) ? folderOrFile.resolve(NAME) : folderOrFile;
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ProjectException(
          file.getFileName().toString(),
          List.of(new Problem(0, "", "it is not UTF-8. Save it as UTF-8.")));
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot read " + file + ".",
          "name a folder that has a " + NAME + ", or run this inside one.",
          e);
    }
    Path folder = file.toAbsolutePath().getParent();
    return parse(folder == null ? file : folder, file.getFileName().toString(), text);
  }

  /** The project of a text that would lie in this folder under this name. */
  public static Project parse(Path folder, String name, String text) {
    return new ProjectParser(folder, Yaml.top(name, text)).parse();
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

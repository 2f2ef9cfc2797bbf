package dev.headwater.pipelines.init;

import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Files that are to be in a folder: all of them or none, and none in the place of another. */
final class NewFiles {
  private final Path folder;
  private final Map<String, String> texts = new LinkedHashMap<>();

  NewFiles(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  List<String> names() {
    return List.copyOf(texts.keySet());
  }

  void add(String name, String text) {
    texts.put(name, text);
  }

  /**
   * Writes them.
   *
   * @param more checks them, once they are there, and says what is to be beside them; what it
   *     throws undoes all
   * @throws HeadwaterException USAGE if one is there already
   */
  void write(Supplier<Map<String, String>> more) {
    List<Path> made = new ArrayList<>();
    try {
      write(texts, made);
      Map<String, String> others = more.get();
      write(others, made);
      texts.putAll(others);
    } catch (IOException e) {
      undo(made);
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "Cannot write " + folder + ": " + e + ".",
          "name a folder that can be written.",
          e);
    } catch (RuntimeException e) {
      undo(made);
      throw e;
    }
  }

  private void write(Map<String, String> all, List<Path> made) throws IOException {
    refuseOthers(folder, List.copyOf(all.keySet()));
    for (Map.Entry<String, String> text : all.entrySet()) {
      Path file = folder.resolve(text.getKey());
      Path parent = file.getParent();
      if (parent != null) {
        folders(parent, made);
      }
      Files.writeString(file, text.getValue(), StandardOpenOption.CREATE_NEW);
      made.add(file);
    }
  }

  /**
   * Looks for files that are in the way.
   *
   * @throws HeadwaterException USAGE if there are some
   */
  static void refuseOthers(Path folder, List<String> names) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE, folder + " is a file.", "name a folder.");
    }
    List<String> there = names.stream().filter(n -> Files.exists(folder.resolve(n))).toList();
    if (!there.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Folder " + folder + " has " + String.join(", ", there) + " already.",
          "name another folder: nothing is written over.");
    }
  }

  private static void folders(Path folder, List<Path> made) throws IOException {
    Path parent = folder.getParent();
    if (!Files.isDirectory(folder)) {
      if (parent != null) {
        folders(parent, made);
      }
      Files.createDirectory(folder);
      made.add(folder);
    }
  }

  private static void undo(List<Path> made) {
    List<Path> last = new ArrayList<>(made);
    Collections.reverse(last);
    for (Path path : last) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // What can't be deleted stays; the first failure is what is told.
      }
    }
  }
}

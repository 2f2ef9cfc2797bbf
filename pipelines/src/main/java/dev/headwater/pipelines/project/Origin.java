package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Where a project was written down: its folder, its files and the places of its parts by dotted
 * name ("models.late.label"). Every origin equals every other, so that declarations compare by what
 * they say.
 */
public final class Origin {
  private final Path folder;
  private final List<String> files;
  private final Map<String, Place> places;
  private final @Nullable String repository;

  /**
   * A line of a file.
   *
   * @param file from the project's folder
   * @param line from 1
   */
  record Place(String file, int line) {}

  /**
   * An origin.
   *
   * @param files the project's own first; from the folder
   * @param repository as declared; null: as git has it
   */
  Origin(Path folder, List<String> files, Map<String, Place> places, @Nullable String repository) {
    this.folder = folder.toAbsolutePath().normalize();
    this.files = List.copyOf(files);
    this.places = Map.copyOf(places);
    this.repository = repository;
  }

  /** Java code that lies in this folder has no lines. */
  static Origin java(Path folder, @Nullable String repository) {
    return new Origin(folder, List.of("the project"), Map.of(), repository);
  }

  /** The same as if it lay elsewhere. */
  Origin in(Path other) {
    return new Origin(other, files, places, repository);
  }

  /** The folder that relative paths start from, absolute; `.headwater` lies in it. */
  public Path folder() {
    return folder;
  }

  /** Which repository it is in, where that is declared; null: git's remote says it. */
  public @Nullable String repository() {
    return repository;
  }

  /** What problems call the project's own file: "headwater.yaml". */
  public String file() {
    return files.get(0);
  }

  /** All of its files, the project's own first: "teams/ops.hw.yaml". */
  public List<String> files() {
    return files;
  }

  /** The file that a part stands in. */
  public String file(String path) {
    Place place = place(path);
    return place == null ? file() : place.file();
  }

  /** The line of a part, or of the nearest part around it that has one. */
  public OptionalInt line(String path) {
    Place place = place(path);
    return place == null ? OptionalInt.empty() : OptionalInt.of(place.line());
  }

  /** What is wrong with a part. */
  public Problem problem(String path, String what) {
    return new Problem(file(path), line(path).orElse(0), path, what);
  }

  /** What a part brought about. */
  public Problem problem(String path, HeadwaterException e) {
    return problem(path, Problem.what(e));
  }

  private @Nullable Place place(String path) {
    String at = path;
    while (true) {
      Place place = places.get(at);
      if (place != null) {
        return place;
      }
      int dot = at.lastIndexOf('.');
      if (dot < 0) {
        return null;
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
    return folder + "/" + file();
  }
}

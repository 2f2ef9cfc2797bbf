package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.SchemeFileIO;
import dev.headwater.catalog.StoredFile;
import dev.headwater.files.SourceFormat;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** What a path, a folder or a glob means, by the names alone. */
final class Listing {
  /** More files are another thing than a source. */
  private static final int MOST = 1_000_000;

  private Listing() {}

  /** Local files, by their paths; a path that is there is itself, whatever characters it has. */
  static List<Path> local(Path base, String pattern, SourceFormat.Kind kind) throws IOException {
    Path path = base.resolve(pattern);
    if (Files.isDirectory(path)) {
      return walk(path, 1, name -> ofKind(name, kind));
    }
    if (Files.exists(path) || !Glob.isGlob(pattern)) {
      return List.of(path);
    }
    Glob glob = Glob.of(pattern);
    Path root = base.resolve(glob.root());
    return walk(root, Integer.MAX_VALUE, glob::matches);
  }

  private static List<Path> walk(Path root, int depth, Predicate<String> wanted)
      throws IOException {
    List<Path> out = new ArrayList<>();
    Files.walkFileTree(
        root,
        java.util.Set.of(),
        depth,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
            String below = root.relativize(file).toString().replace('\\', '/');
            if (wanted.test(below) && Files.isRegularFile(file)) {
              out.add(file);
              bounded(out.size(), root.toString());
            }
            return FileVisitResult.CONTINUE;
          }

          /** What is gone meanwhile is none. */
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException && !file.equals(root)) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    out.sort(Comparator.naturalOrder());
    return out;
  }

  /** Objects of a store, by their keys. */
  static List<SourceFile> stored(SchemeFileIO files, String pattern, SourceFormat.Kind kind) {
    if (Glob.isGlob(pattern)) {
      Glob glob = Glob.of(pattern);
      boolean deep = pattern.indexOf('/', glob.root().length()) >= 0 || pattern.contains("**");
      return objects(files, glob.root(), deep, glob::matches);
    }
    if (!pattern.endsWith("/")) {
      for (StoredFile object : files.objects(pattern, false)) {
        if (object.location().equals(pattern)) {
          return List.of(source(object));
        }
        break; // The object itself would come first.
      }
    }
    String folder = pattern.endsWith("/") ? pattern : pattern + "/";
    return objects(files, folder, false, name -> ofKind(name, kind));
  }

  private static List<SourceFile> objects(
      SchemeFileIO files, String prefix, boolean deep, Predicate<String> wanted) {
    List<SourceFile> out = new ArrayList<>();
    int seen = 0;
    for (StoredFile object : files.objects(prefix, deep)) {
      bounded(++seen, prefix);
      String below = object.location().substring(prefix.length());
      // Consoles make folders visible by empty objects that end with a slash.
      if (!below.endsWith("/") && wanted.test(below)) {
        out.add(source(object));
      }
    }
    return out;
  }

  private static SourceFile source(StoredFile object) {
    return new SourceFile(object.location(), object.size(), object.version(), object.modified());
  }

  private static boolean ofKind(String name, SourceFormat.Kind kind) {
    return SourceFormat.Kind.ofName(name) == kind && !name.startsWith(".") && !name.startsWith("_");
  }

  private static void bounded(int files, String where) {
    if (files > MOST) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot read " + where + ": there are more than " + MOST + " files.",
          "make it several sources, by folders or by narrower patterns.");
    }
  }
}

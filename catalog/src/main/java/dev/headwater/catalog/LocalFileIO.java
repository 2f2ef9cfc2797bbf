package dev.headwater.catalog;

import java.nio.file.Path;

/** Local files. */
final class LocalFileIO {
  static String location(Path path) {
    return "file:" + path;
  }

  private LocalFileIO() {}
}

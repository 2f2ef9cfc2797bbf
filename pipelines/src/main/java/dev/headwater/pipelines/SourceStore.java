package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SchemeFileIO;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.pipelines.project.SourceDecl;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.io.FileIO;

/** Where a source's files are, and what reads them. */
record SourceStore(Stages stages, SourceDecl source) {
  /** By the source's own properties, or else as the project's own tables. */
  FileIO io() {
    return source.storage().isEmpty()
        ? stages.workspace().catalog().io()
        : SchemeFileIO.of(new CatalogConfig("source " + source.name(), source.storage()));
  }

  /** The files that are there now, by {@link #name}, with what tells their contents apart. */
  Map<String, SourceFile> files() {
    FileIO io = io();
    Map<String, SourceFile> files = new LinkedHashMap<>();
    for (String path : source.paths()) {
      for (SourceFile file : SourceFiles.of(io, folder(), path, source.format().kind())) {
        files.put(name(file), file);
      }
    }
    return files;
  }

  /** A file's name: from the project's folder where it lies below it. */
  private String name(SourceFile file) {
    if (SourceFiles.isStored(file.path())) {
      return file.path();
    }
    Path path = Path.of(file.path());
    return path.startsWith(folder()) ? folder().relativize(path).toString() : file.path();
  }

  private Path folder() {
    return stages.project().origin().folder();
  }
}

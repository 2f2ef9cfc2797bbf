package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SchemeFileIO;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.pipelines.project.SourceDecl;
import dev.headwater.pipelines.project.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.io.FileIO;

/** Where a source's files are, and what reads them. */
record SourceStore(Stages stages, SourceDecl source) {
  /** By the source's own properties, or else as the project's own tables. */
  FileIO io() {
    return source.storage().isEmpty()
        ? stages.workspace().catalog().io()
        : SchemeFileIO.of(new CatalogConfig("source " + source.name(), source.storage()));
  }

  /** How long new files must stand before they are taken by runs that follow each other. */
  private static final Duration USUAL = Duration.ofSeconds(5);

  /**
   * Files by {@link #name}.
   *
   * @param settled with what tells their contents apart
   * @param young those that somebody may still be writing
   */
  record Look(Map<String, SourceFile> settled, Set<String> young) {}

  /** The files that are there now; perhaps none where there may be some later. */
  Look look() {
    Window declared = source.settle();
    Duration usual = stages.again() ? USUAL : Duration.ZERO;
    Duration settle = declared == null ? usual : Duration.ofSeconds(declared.micros() / 1_000_000);
    FileIO io = io();
    Map<String, SourceFile> settled = new LinkedHashMap<>();
    Set<String> young = new LinkedHashSet<>();
    for (String path : source.paths()) {
      for (SourceFile file :
          SourceFiles.settled(io, folder(), path, source.format().kind(), settle)) {
        if (file.version().isEmpty()) {
          young.add(name(file));
        } else {
          settled.put(name(file), file);
        }
      }
    }
    return new Look(settled, young);
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
    return SourceFiles.name(folder(), file);
  }

  private Path folder() {
    return stages.project().origin().folder();
  }
}

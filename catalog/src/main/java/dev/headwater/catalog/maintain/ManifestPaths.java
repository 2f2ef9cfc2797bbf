package dev.headwater.catalog.maintain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;

/** The files that a manifest lists; Iceberg's own {@code readPaths} can't read those of deletes. */
final class ManifestPaths {
  private static final List<String> PATH = List.of("file_path");

  private ManifestPaths() {}

  /** Of data files and delete files alike, without those that the manifest's snapshot removed. */
  static void each(FileIO io, TableMetadata table, ManifestFile manifest, Consumer<String> to) {
    try (CloseableIterable<? extends ContentFile<?>> files =
        manifest.content() == ManifestContent.DATA
            ? ManifestFiles.read(manifest, io, table.specsById()).select(PATH)
            : ManifestFiles.readDeleteManifest(manifest, io, table.specsById()).select(PATH)) {
      files.forEach(file -> to.accept(file.location()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

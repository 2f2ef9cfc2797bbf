package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.SchemeFileIO;
import dev.headwater.catalog.StoredFile;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Written;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * Nothing is committed of files that were written to while they were read. One that is gone since
 * was read as it was.
 */
public final class Unchanged implements CommitTable.Check {
  private static final long serialVersionUID = 1;

  private final FileIO io;
  private final ArrayList<SourceFile> files;

  /**
   * @param files as they were when the run began
   */
  public Unchanged(FileIO io, List<SourceFile> files) {
    this.io = io;
    this.files = new ArrayList<>(files);
  }

  @Override
  public void check(Written total) {
    Map<String, List<SourceFile>> stored = new LinkedHashMap<>();
    for (SourceFile file : files) {
      if (SourceFiles.isStored(file.path())) {
        String folder = file.path().substring(0, file.path().lastIndexOf('/') + 1);
        stored.computeIfAbsent(folder, f -> new ArrayList<>()).add(file);
      } else {
        local(file);
      }
    }
    stored.forEach(this::stored);
  }

  private static void local(SourceFile file) {
    Path path = Path.of(file.path());
    try {
      if (Files.size(path) != file.size()
          || Files.getLastModifiedTime(path).toMillis() != file.modified()) {
        throw changed(file, null);
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw changed(file, e);
    }
  }

  private void stored(String folder, List<SourceFile> of) {
    if (!(io instanceof SchemeFileIO store)) {
      return;
    }
    Map<String, String> now = new LinkedHashMap<>();
    String prefix = of.size() == 1 ? of.get(0).path() : folder;
    for (StoredFile object : store.objects(prefix, false)) {
      now.put(object.location(), object.version());
    }
    for (SourceFile file : of) {
      if (!now.getOrDefault(file.path(), file.version()).equals(file.version())) {
        throw changed(file, null);
      }
    }
  }

  private static HeadwaterException changed(SourceFile file, @Nullable IOException cause) {
    return new HeadwaterException(
        Kind.DATA,
        "Cannot commit the rows of " + file.path() + ": it changed while it was read.",
        "run again when nothing writes to it any more.",
        cause);
  }
}

package dev.headwater.catalog;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * The files that one look at a table has opened. Iceberg opens metadata that it cannot read twenty
 * times, for more than a minute. Here the second time finds out why, and if the file is to blame,
 * says so; what was only a moment's trouble is read.
 */
final class MetadataReads {
  /** A metadata file that is there and cannot be read; Iceberg stops at it. */
  static final class Unreadable extends NotFoundException {
    private static final long serialVersionUID = 1;

    private final String location;
    private final RuntimeException reason;

    private Unreadable(String location, RuntimeException reason) {
      super(reason, "Cannot read %s: %s", location, reason.getMessage());
      this.location = location;
      this.reason = reason;
    }

    String location() {
      return location;
    }

    /** What reading it said. */
    RuntimeException reason() {
      return reason;
    }
  }

  private static final ThreadLocal<@Nullable MetadataReads> NOW = new ThreadLocal<>();

  private final Set<String> opened = new HashSet<>();

  private MetadataReads() {}

  /** One look at a table, on this thread. */
  static <T> T look(Supplier<T> at) {
    MetadataReads outer = NOW.get();
    NOW.set(new MetadataReads());
    try {
      return at.get();
    } finally {
      set(outer);
    }
  }

  /**
   * To be called before a file is opened.
   *
   * @throws Unreadable if it was opened before in this look, and is not a table's metadata
   */
  static void opens(InputFile file) {
    MetadataReads reads = NOW.get();
    // A manifest list may well be opened again: by a commit that does not know of the first look.
    if (reads == null
        || !file.location().contains(".metadata.json")
        || reads.opened.add(file.location())) {
      return;
    }
    NOW.remove();
    try {
      TableMetadataParser.read(file);
    } catch (NotFoundException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new Unreadable(file.location(), e);
    } finally {
      set(reads);
    }
  }

  private static void set(@Nullable MetadataReads reads) {
    if (reads == null) {
      NOW.remove();
    } else {
      NOW.set(reads);
    }
  }
}

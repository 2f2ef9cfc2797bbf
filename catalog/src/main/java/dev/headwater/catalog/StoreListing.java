package dev.headwater.catalog;

import org.apache.iceberg.io.FileIO;

/**
 * Lists objects with what tells their contents apart, which Iceberg's FileIO doesn't. Found by
 * {@link java.util.ServiceLoader}: a module for a store brings one.
 */
public interface StoreListing {
  /** Whether it knows the store that these are files of. */
  boolean knows(FileIO files);

  /**
   * The objects whose locations begin so, by their keys, in pages as they are asked for.
   *
   * @param deep whether also those with a slash behind the prefix
   */
  Iterable<StoredFile> list(FileIO files, String prefix, boolean deep);
}

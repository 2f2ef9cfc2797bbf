package dev.headwater.catalog;

import java.nio.file.Path;

/** A kind of database that catalogs are tested on. */
public interface Backend {
  /** A catalog that nobody has used. */
  CatalogConfig fresh(Path directory) throws Exception;

  /** SQLite in the directory. */
  Backend SQLITE = CatalogConfig::embedded;
}

package dev.headwater.catalog.registry;

import dev.headwater.catalog.CatalogConfig;

/** What a project remembers, in a JDBC database: the embedded catalog's own file, or PostgreSQL. */
@SuppressWarnings("DoNotCallSuggester")
public final class Registry implements AutoCloseable {
  private Registry() {}

  public static Registry open(CatalogConfig config) {
    throw new UnsupportedOperationException(config.where());
  }

  public Runs runs() {
    throw new UnsupportedOperationException();
  }

  public Models models() {
    throw new UnsupportedOperationException();
  }

  public Journal journal() {
    throw new UnsupportedOperationException();
  }

  public Locks locks() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}

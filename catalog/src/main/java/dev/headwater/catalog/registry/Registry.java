package dev.headwater.catalog.registry;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.Database;

/**
 * What a project remembers, in a JDBC database: the embedded catalog's own file, or PostgreSQL.
 * Safe for use by several threads and processes; every write is one transaction, and may be
 * repeated when its answer was lost.
 */
public final class Registry implements AutoCloseable {
  private final Database database;

  private Registry(Database database) {
    this.database = database;
  }

  /**
   * Connects, and brings the schema up to date.
   *
   * @throws dev.headwater.catalog.HeadwaterException UNREACHABLE if the database is locked, damaged
   *     or does not answer; REFUSED if a newer Headwater has written it
   */
  public static Registry open(CatalogConfig config) {
    return on(Database.of(config));
  }

  /**
   * Connects only to look: nothing is made or migrated.
   *
   * @throws dev.headwater.catalog.HeadwaterException UNREACHABLE if there is no database, or it
   *     does not answer; REFUSED if its schema is not the one that this Headwater writes
   */
  public static Registry read(CatalogConfig config) {
    Database.checkThere(config);
    Database database = Database.of(config);
    try {
      new Migrations(database).look();
      return new Registry(database);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** As {@link #open}, on a database that it closes in the end. */
  public static Registry on(Database database) {
    try {
      new Migrations(database).run();
      return new Registry(database);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  public Runs runs() {
    return new Runs(database);
  }

  public Versions versions() {
    return new Versions(database);
  }

  public Models models() {
    return new Models(database);
  }

  public Journal journal() {
    return new Journal(database);
  }

  public Adoptions adoptions() {
    return new Adoptions(database);
  }

  public Locks locks() {
    return new Locks(database);
  }

  @Override
  public void close() {
    database.close();
  }
}

package dev.headwater.catalog;

import java.io.IOException;

/** Somebody's own way to a catalog, on which some of all calls and requests fail. */
public final class FaultyCatalog implements AutoCloseable {
  private final Faults faults = new Faults();
  private final TableCatalog catalog;
  private final Door door;

  private FaultyCatalog(CatalogConfig config, long seed, double share) throws IOException {
    door = new Door();
    if (config.where().startsWith("http")) {
      door.to(config.where());
      door.keeper((request, server) -> faults.http(request, server));
      catalog =
          TableCatalog.open(
              FaultyFiles.in(config.with(CatalogConfig.URI, door.uri()), faults)
                  .with("rest-metrics-reporting-enabled", "false"));
    } else {
      catalog =
          TableCatalog.open(
              config, faults.jdbc(Database.source(config)), faults.files(new LocalFileIO()));
    }
    faults.often(seed, share);
  }

  /**
   * Opens it.
   *
   * @param share of the calls that fail from now on, before they took effect or after
   */
  public static FaultyCatalog open(CatalogConfig config, long seed, double share)
      throws IOException {
    return new FaultyCatalog(config, seed, share);
  }

  public TableCatalog catalog() {
    return catalog;
  }

  /** How many calls have failed. */
  public int failed() {
    return faults.drawn();
  }

  @Override
  public void close() {
    catalog.close();
    door.close();
  }
}

package dev.headwater.catalog;

import java.io.IOException;
import org.apache.iceberg.exceptions.RESTException;

/**
 * Somebody's own way to a catalog, on which some of all calls and requests fail, and answers get
 * lost while others go on.
 */
public final class FaultyCatalog implements AutoCloseable {
  private final Faults faults = new Faults();
  private final TableCatalog catalog;
  private final Door door;

  private FaultyCatalog(CatalogConfig config) throws IOException {
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
  }

  /**
   * Opens it.
   *
   * @param share of the calls that fail from now on, before they took effect or after
   * @param lost of the swaps that take effect without an answer
   * @param meanwhile what happens before a lost answer is noticed
   */
  public static FaultyCatalog open(
      CatalogConfig config, long seed, double share, double lost, Runnable meanwhile)
      throws IOException {
    FaultyCatalog out = new FaultyCatalog(config);
    out.faults.often(seed, share, lost, meanwhile);
    return out;
  }

  /**
   * Returns if the failure is one of these faults, however it is told.
   *
   * @throws AssertionError if it is another one
   */
  public static void checkInjected(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains("injected")
          || cause instanceof RESTException) {
        return;
      }
    }
    throw new AssertionError("not injected", failure);
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

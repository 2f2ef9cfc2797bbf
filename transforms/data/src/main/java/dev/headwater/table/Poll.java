package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import java.io.Serializable;
import java.util.function.Function;
import org.apache.beam.sdk.transforms.DoFn.ProcessContinuation;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A catalog that a worker asks again and again; while it is away less and less often, at least once
 * a minute. One thread.
 */
public final class Poll implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(Poll.class);
  private static final Duration LONGEST = Duration.standardMinutes(1);

  private final CatalogConfig catalog;
  private final Duration every;
  private transient @Nullable TableCatalog open;
  private transient int failures;

  public Poll(CatalogConfig catalog, Duration every) {
    this.catalog = catalog;
    this.every = every;
  }

  /**
   * What is found there; null while it is away.
   *
   * @throws HeadwaterException whatever else than UNREACHABLE the question throws
   */
  public <T> @Nullable T ask(Function<TableCatalog, T> question) {
    try {
      TableCatalog connected = open;
      if (connected == null) {
        connected = TableCatalog.open(catalog);
        open = connected;
      }
      T answer = question.apply(connected);
      failures = 0;
      return answer;
    } catch (HeadwaterException e) {
      if (e.kind() != Kind.UNREACHABLE) {
        throw e;
      }
      close();
      failures++;
      LOG.warn("{} Asking again in {} ms.", e.getMessage(), pause().getMillis());
      return null;
    }
  }

  /** To be asked again. */
  public ProcessContinuation again() {
    return ProcessContinuation.resume().withResumeDelay(pause());
  }

  private Duration pause() {
    if (failures == 0) {
      return every;
    }
    long longer = every.getMillis() << Math.min(10, failures - 1);
    return Duration.millis(Math.min(LONGEST.getMillis(), longer));
  }

  @Override
  public void close() {
    TableCatalog connected = open;
    open = null;
    if (connected != null) {
      connected.close();
    }
  }
}

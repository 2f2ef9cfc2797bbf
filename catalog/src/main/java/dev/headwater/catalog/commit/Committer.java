package dev.headwater.catalog.commit;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.time.Duration;
import java.util.Optional;
import org.apache.iceberg.Table;

/** Brings every change to its table exactly once. */
@SuppressWarnings("DoNotCallSuggester")
public final class Committer {
  /** Checks that each file is there and as long as its metadata says. */
  public Committer(TableCatalog catalog) {}

  public Committer(TableCatalog catalog, FileCheck check, Duration patience) {}

  public Committed commit(Change change) {
    throw new UnsupportedOperationException();
  }

  /** The commit of a token, if it is in the table's main branch. */
  public static Optional<Committed> find(TableRef ref, Table table, Token token) {
    throw new UnsupportedOperationException();
  }
}

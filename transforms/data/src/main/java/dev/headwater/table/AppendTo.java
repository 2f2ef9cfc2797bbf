package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.BaseMovedException;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.Token;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * What {@link AppendSink}s wrote, into their table, in one commit, with the columns that the rows
 * brought.
 *
 * @param policy null: every row had the table's columns
 * @param summary what the snapshot's summary says besides the token and the counts
 */
public record AppendTo(
    CatalogConfig catalog,
    TableRef ref,
    String sink,
    String run,
    @Nullable SchemaPolicy policy,
    Map<String, String> summary)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** Somebody else changes the table's columns so often at most. */
  private static final int MOST_TRIES = 5;

  public AppendTo {
    summary = new HashMap<>(summary);
  }

  /** Once, whatever was tried before. */
  Committed commit(TableCatalog open, Token token, Arrived sealed) throws IOException {
    return commit(open, Change.append(ref, token, List.of()), sealed);
  }

  /**
   * As above.
   *
   * @param append without files: its token, more of its summary, what it may come upon
   */
  public Committed commit(TableCatalog open, Change append, Arrived sealed) throws IOException {
    CommitTable commit = CommitTable.of(catalog, append).summary(summary);
    return sealed.others().isEmpty()
        ? commit.commit(open, List.of(sealed.written()))
        : evolve(open, commit, append.token(), sealed);
  }

  /** With rows whose columns the table lacked; computed anew if somebody else changes them. */
  private Committed evolve(TableCatalog open, CommitTable commit, Token token, Arrived sealed)
      throws IOException {
    SchemaPolicy by = Objects.requireNonNull(policy, "only with one rows wait for the commit");
    List<RunRef> others = sealed.others();
    for (int left = MOST_TRIES; ; left--) {
      Table now = open.load(ref);
      Committed done = Committer.find(ref, now, token).orElse(null);
      if (done == null) {
        Spill scratch = AppendSink.scratch(now, sink, run);
        NewColumns columns = NewColumns.of(ref, now, by, scratch, others);
        Written written = columns.write(sink, run, scratch, others);
        try {
          done =
              commit
                  .shape(columns.shape())
                  .summary(columns.summary())
                  .commit(open, List.of(sealed.written(), written));
        } catch (BaseMovedException e) {
          if (left > 0) {
            continue;
          }
          throw e;
        }
      }
      forget(now, others);
      return done;
    }
  }

  /** They have served; where that fails they are orphans like any other. */
  private static void forget(Table table, List<RunRef> others) {
    try {
      others.stream().map(RunRef::path).distinct().forEach(table.io()::deleteFile);
    } catch (RuntimeException e) {
      return;
    }
  }
}

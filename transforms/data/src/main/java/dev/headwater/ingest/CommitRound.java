package dev.headwater.ingest;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.OvertakenException;
import dev.headwater.catalog.commit.Token;
import dev.headwater.table.CommitTable;
import dev.headwater.table.WorkFn;
import dev.headwater.table.Written;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A whole round into the table, once, then its letters. */
final class CommitRound extends WorkFn<Round.Whole, Committed> {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(CommitRound.class);
  private final IngestFolder how;

  CommitRound(IngestFolder how) {
    this.how = how;
  }

  @ProcessElement
  @RequiresStableInput
  public void process(@Element Round.Whole whole, OutputReceiver<Committed> out) {
    try (TableCatalog open = TableCatalog.open(how.catalog)) {
      commit(open, whole.round(), whole.parts()).ifPresent(out::output);
    }
  }

  /** A round's rows, unless they are there; empty if others were faster with its files. */
  private Optional<Committed> commit(TableCatalog open, Round round, List<Written> parts) {
    Token token = new Token(how.sink, round.id(), round.id());
    Table now = open.load(how.table);
    Optional<Committed> done = Committer.find(how.table, now, token);
    if (done.isPresent()) {
      how.letters().finish(open, done.get().summary());
      return done;
    }
    how.letters().finish(open, now);
    Map<String, LandedFiles.Landed> come = new LinkedHashMap<>();
    round
        .files()
        .forEach((name, f) -> come.put(name, new LandedFiles.Landed(f.size(), f.version())));
    LandedFiles there = LandedFiles.of(now, how.sink).orElse(LandedFiles.none());
    try {
      return Optional.of(
          CommitTable.append(how.catalog, how.table, token)
              .summary(how.summary)
              .summary(there.and(come).summary(now, round.id()))
              .summary(round.upon().summary())
              .upon(round.upon().withoutRowsToo())
              .letters(how.lettersTable)
              .check(new Unchanged(how.io, round.read()))
              .check(how.limit)
              .commit(open, parts));
    } catch (OvertakenException e) {
      LOG.info("{} What is left of its files comes with the next look.", e.what());
      return Optional.empty();
    }
  }
}

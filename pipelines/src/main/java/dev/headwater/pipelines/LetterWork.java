package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.BaseCheck;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.RowBatch;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.Routes;
import dev.headwater.table.RowCheck;
import dev.headwater.validate.Contract;
import dev.headwater.validate.ContractCheck;
import dev.headwater.validate.Letter;
import dev.headwater.validate.Letters;
import dev.headwater.validate.Retry;
import dev.headwater.validate.RouteCheck;
import dev.headwater.validate.StoredLetter;
import dev.headwater.validate.TableRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * One try of a replay: its letters read, decoded, checked; files of the table and of the letters
 * written, which count only once they are committed. Memory holds some thousand letters at a time.
 */
final class LetterWork implements AutoCloseable {
  private static final int MANY = 4_096;
  private static final long BYTES = 8L << 20;
  private final Stages stages;
  private final Target target;
  private final TableDecl table;
  private final LetterTable letters;
  private final String sink;
  private final Run run;
  private final Table into;
  private final boolean dryRun;
  private final LetterTally tally = new LetterTally();
  private final Retry retry;
  private final LetterDecoding decoding;
  private final ReadAgain readAgain;
  private final long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  private final List<StoredLetter> waiting = new ArrayList<>();
  private final List<Retry.Row> rows = new ArrayList<>();
  private long bytes;
  private @Nullable ReplayedRows good;
  private @Nullable BatchWriter told;
  private LetterSettling.@Nullable Rows outcome;
  private List<String> paths = List.of();

  LetterWork(
      Stages stages,
      Target target,
      TableDecl table,
      LetterTable letters,
      String sink,
      Run run,
      Table into,
      boolean dryRun) {
    this.stages = stages;
    this.target = target;
    this.table = table;
    this.letters = letters;
    this.sink = sink;
    this.run = run;
    this.into = into;
    this.dryRun = dryRun;
    this.readAgain = new ReadAgain(stages, target, table);
    Contract contract = new IngestRules(stages.project(), table).contract().orElse(Contract.NONE);
    TableRules own = TableRules.of(into, table.write().key());
    String id = run.id().toString();
    this.decoding = new LetterDecoding(stages, target, table, into);
    TableCatalog catalog = stages.workspace().catalog(letters.ref());
    Routes routes = ReplayedRows.routes(stages, target, table, sink, run);
    this.retry =
        decoding.retry(
            schema -> {
              RowCheck rules = new ContractCheck(contract, own, schema, id, now);
              return routes == null ? rules : new RouteCheck(routes, catalog, id, now).then(rules);
            });
  }

  /**
   * Tries letters.
   *
   * @param mended rows by their letters' ids; null: all letters, as they are
   */
  LetterTally of(Table from, LetterFilter which, @Nullable Map<String, LetterLines.Mended> mended) {
    if (!dryRun) {
      open();
    }
    Map<String, LetterLines.Mended> left = new HashMap<>(mended == null ? Map.of() : mended);
    LetterFilter all =
        new LetterFilter(
            which.codes(),
            which.column(),
            which.source(),
            which.since(),
            which.run(),
            which.where(),
            mended != null);
    letters.each(
        from,
        all,
        letter -> {
          LetterLines.Mended row = mended == null ? null : mended.get(letter.id());
          if (mended != null && row == null) {
            return true;
          }
          left.remove(letter.id());
          if (!letter.isOpen()) {
            tally.before();
          } else if (readAgain.isOld(letter)) {
            tally.again();
          } else {
            take(letter, row);
          }
          return true;
        });
    if (!left.isEmpty()) {
      String some = String.join(", ", left.keySet().stream().limit(3).toList());
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot replay: "
              + left.size()
              + " ids are of no letter of "
              + target.name()
              + ": "
              + some,
          "take the file of a new export; letters of a table that was made anew are others.");
    }
    flush();
    finish();
    return tally;
  }

  private void open() {
    good = new ReplayedRows(stages, target, table, run, sink, into);
    Table shaped =
        TableShape.exactly(
                letters.catalog(), letters.ref(), Letters.SCHEMA, PartitionSpec.unpartitioned())
            .table();
    told = BatchWriter.open(shaped, sink, run.id().toString());
    outcome = new LetterSettling.Rows(told);
  }

  private void take(StoredLetter letter, LetterLines.@Nullable Mended mended) {
    Retry.Row row = decoding.row(letter, mended);
    waiting.add(letter);
    rows.add(row);
    bytes += row.bytes();
    if (rows.size() >= MANY || bytes >= BYTES) {
      flush();
    }
  }

  private void flush() {
    long place = tally.tried();
    retry.of(
        rows,
        new Retry.Outcome() {
          @Override
          public void good(RowBatch batch, int[] places) {
            keep(batch, places, place);
          }

          @Override
          public void none(int at) {
            tell(waiting.get(at).done(run.id().toString(), now));
            tally.none();
          }

          @Override
          public void bad(int at, List<Letter.Reason> reasons) {
            tell(waiting.get(at).still(run.id().toString(), reasons));
            tally.bad(reasons.get(0).sentence());
          }
        });
    waiting.clear();
    rows.clear();
    bytes = 0;
  }

  private void keep(RowBatch batch, int[] places, long place) {
    HeldRows held = decoding.ofTopic() ? HeldRows.of(stages, target, table, into, batch) : null;
    RowBatch kept = held == null ? batch : batch.filter(held.rows().not());
    int n = 0;
    for (int row = 0; row < places.length; row++) {
      StoredLetter letter = waiting.get(places[row]);
      if (held == null || !held.rows().get(row)) {
        tell(letter.done(run.id().toString(), now));
        if (good != null && decoding.ofTopic()) {
          // Of records with one key the later one stays, whichever letter is read first.
          good.accept(kept.slice(n, n + 1), letter.position());
        }
        n++;
      } else {
        tell(letter.still(run.id().toString(), List.of(held.why())));
        tally.bad(held.why().sentence());
      }
    }
    tally.good(kept.size());
    if (good != null && !decoding.ofTopic()) {
      good.accept(kept, place);
    }
  }

  private void tell(StoredLetter letter) {
    if (outcome != null) {
      outcome.add(letter);
    }
  }

  private void finish() {
    if (outcome == null || told == null) {
      return;
    }
    outcome.flush();
    try {
      paths = told.finish().stream().map(DataFile::location).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files that hold the letters as they are to be. */
  List<String> outcome() {
    return paths;
  }

  /** Brings the good rows into the table; without one nothing happens. */
  void commit(Token token, Map<String, String> summary, BaseCheck upon) {
    if (good != null) {
      good.commit(token, summary, upon);
    }
  }

  @Override
  public void close() {
    decoding.close();
    if (good != null) {
      good.close();
    }
    if (told != null) {
      told.close();
    }
  }
}

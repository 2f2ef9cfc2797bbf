package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.BatchWriter;
import dev.headwater.validate.Letter;
import dev.headwater.validate.Letters;
import dev.headwater.validate.Retry;
import dev.headwater.validate.StoredLetter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;

/**
 * Letters of rows that a backfill has read again: they are none any more, since their rows are in
 * the table now or among the backfill's own letters. Doing it again changes nothing.
 */
final class LetterClosing {
  private static final int MANY = 4_096;

  private final Stages stages;
  private final Target target;
  private final TableDecl table;
  private final Run run;
  private final LetterTable letters;
  private final Set<String> own = new HashSet<>();
  private final Map<String, Boolean> read = new HashMap<>();
  private final long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());

  LetterClosing(Stages stages, Target target, TableDecl table, Run run) {
    this.stages = stages;
    this.target = target;
    this.table = table;
    this.run = run;
    this.letters = new LetterTable(stages, target);
  }

  /**
   * Closes letters of a range.
   *
   * @param range true for its rows
   */
  void close(String range) {
    Optional<Table> there = letters.find();
    if (there.isEmpty()) {
      return;
    }
    String id = run.id().toString();
    letters.each(
        there.get(),
        LetterFilter.OPEN,
        letter -> {
          if (letter.run().equals(id)) {
            own.add(place(letter));
          }
          return true;
        });
    write(
        closed -> {
          Again again = new Again(range, closed);
          letters.each(
              there.get(),
              LetterFilter.OPEN,
              letter -> {
                if (!letter.run().equals(id) && wasRead(letter)) {
                  again.take(letter);
                }
                return true;
              });
          again.flush();
        });
  }

  /** Closes letters whose very records were read again. */
  void close(Predicate<StoredLetter> which) {
    String id = run.id().toString();
    letters
        .find()
        .ifPresent(
            there ->
                write(
                    closed ->
                        letters.each(
                            there,
                            LetterFilter.OPEN,
                            letter -> {
                              if (!letter.run().equals(id) && which.test(letter)) {
                                closed.add(letter.done(id, now));
                              }
                              return true;
                            })));
  }

  private void write(Consumer<LetterSettling.Rows> what) {
    String id = run.id().toString();
    String sink = Backfill.STAGE + ".closed." + target.name();
    Table shaped =
        TableShape.exactly(
                letters.catalog(), letters.ref(), Letters.SCHEMA, PartitionSpec.unpartitioned())
            .table();
    List<String> paths;
    try (BatchWriter out = BatchWriter.open(shaped, sink, id)) {
      LetterSettling.Rows closed = new LetterSettling.Rows(out);
      what.accept(closed);
      closed.flush();
      paths = out.finish().stream().map(DataFile::location).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!paths.isEmpty()) {
      Map<String, String> summary = new TableOutput(stages.workspace(), target).summary(run);
      new LetterSettling(letters, sink).settle(id, paths, summary);
    }
  }

  /** Whether its file was read again; what transforms made was made again. */
  private boolean wasRead(StoredLetter letter) {
    return letter.position() < 0
        || read.computeIfAbsent(
            letter.source(),
            source -> run.inputs().stream().anyMatch(file -> source.endsWith(file.name())));
  }

  private static String place(StoredLetter letter) {
    return letter.position() < 0 ? "" : letter.source() + "\0" + letter.position();
  }

  /** Letters decoded as the backfill has decoded their rows, some at a time. */
  private final class Again {
    private final LetterSettling.Rows closed;
    private final Expression where;
    private final Retry retry;
    private final LetterDecoding decoding;
    private final List<StoredLetter> waiting = new ArrayList<>();
    private final List<Retry.Row> rows = new ArrayList<>();

    Again(String range, LetterSettling.Rows closed) {
      this.closed = closed;
      Table into =
          stages.workspace().catalog(letters.ref()).load(stages.workspace().table(target.name()));
      this.where = Expression.parse(range, into.schema());
      this.decoding = new LetterDecoding(stages, target, table, into);
      this.retry = decoding.retry(null);
    }

    void take(StoredLetter letter) {
      if (letter.position() >= 0 && own.contains(place(letter))) {
        closed.add(letter.done(run.id().toString(), now));
        return;
      }
      waiting.add(letter);
      rows.add(decoding.row(letter));
      if (rows.size() >= MANY) {
        flush();
      }
    }

    void flush() {
      retry.of(
          rows,
          new Retry.Outcome() {
            @Override
            public void good(RowBatch batch, int[] places) {
              Bits within = where.select(batch);
              for (int row = 0; row < places.length; row++) {
                if (within.get(row)) {
                  closed.add(waiting.get(places[row]).done(run.id().toString(), now));
                }
              }
            }

            @Override
            public void none(int place) {
              // Only topics have them.
            }

            @Override
            public void bad(int place, List<Letter.Reason> reasons) {
              // Not of the range, or of a file that is read no more: it stays.
            }
          });
      waiting.clear();
      rows.clear();
    }
  }
}

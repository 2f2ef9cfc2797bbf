package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.parquet.BatchReader;
import dev.headwater.parquet.FooterCheck;
import dev.headwater.parquet.ParquetFile;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.FileSplit;
import dev.headwater.validate.Letters;
import dev.headwater.validate.StoredLetter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * The second half of a replay: what became of its letters, into their table. The first half, the
 * commit of their rows, names the files in which that stands; so whoever comes next can finish a
 * replay that was killed between the two, and doing it again changes nothing.
 */
final class LetterSettling {
  static final String STAGE = "replay";

  /** In the summary of a replay's commit: the files that hold its letters as they are to be. */
  static final String OUTCOME = "headwater.letters.outcome";

  /** In the summary of a replay's commit: the letters' snapshot that it read. */
  static final String SNAPSHOT = "headwater.letters.snapshot";

  private final LetterTable letters;
  private final String sink;

  /** A replay that is in its table's history. */
  record Replayed(String run, List<String> outcome, Snapshot snapshot) {}

  /**
   * Of a table's letters.
   *
   * @param sink of the replays' commits
   */
  LetterSettling(LetterTable letters, String sink) {
    this.letters = letters;
    this.sink = sink;
  }

  /** The newest replay whose rows are in a table. */
  static Optional<Replayed> newest(Table table) {
    for (Snapshot snapshot : History.of(table)) {
      String outcome = snapshot.summary().get(OUTCOME);
      if (outcome != null) {
        String run = snapshot.summary().getOrDefault(SummaryKeys.RUN, "");
        return Optional.of(new Replayed(run, List.of(outcome.split(",")), snapshot));
      }
    }
    return Optional.empty();
  }

  /**
   * Finishes a replay whose rows are in the table, if it isn't finished.
   *
   * @return what it did; empty if there was nothing to do
   */
  Optional<Committed> finish(Replayed replayed, Map<String, String> summary) {
    Optional<Table> table = letters.find();
    if (table.isEmpty()
        || Committer.find(letters.ref(), table.get(), token(replayed.run())).isPresent()) {
      return Optional.empty();
    }
    for (String path : replayed.outcome()) {
      if (!table.get().io().newInputFile(path).exists()) {
        return gone(table.get(), replayed, path);
      }
    }
    return settle(replayed.run(), replayed.outcome(), summary);
  }

  /** Its files may have been tidied away once all was done. */
  private Optional<Committed> gone(Table table, Replayed replayed, String path) {
    boolean[] marked = new boolean[1];
    LetterFilter all = new LetterFilter(List.of(), null, null, null, null, null, true);
    letters.each(table, all, letter -> !(marked[0] |= replayed.run().equals(letter.replayRun())));
    if (marked[0]) {
      return Optional.empty();
    }
    throw new HeadwaterException(
        HeadwaterException.Kind.REFUSED,
        "Cannot replay letters of "
            + letters.ref().name()
            + ": run "
            + replayed.run()
            + " has brought some into the table, and which can't be told any more: "
            + path
            + " is gone.",
        "compare that run's snapshot with the letters, or have the table made anew: headwater run"
            + " --force.");
  }

  Token token(String run) {
    return new Token(sink + ".letters", run, run);
  }

  /** Letters into the table as the outcome has them; those that aren't there any more stay away. */
  Optional<Committed> settle(String run, List<String> outcome, Map<String, String> summary) {
    Recompute.whileMoving(
        letters.catalog(),
        letters.ref(),
        run,
        () -> {
          try {
            once(run, outcome, summary);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return letters.find().flatMap(now -> Committer.find(letters.ref(), now, token(run)));
  }

  private void once(String run, List<String> outcome, Map<String, String> summary)
      throws IOException {
    Table base = letters.catalog().load(letters.ref());
    TableShape shape =
        TableShape.exactly(
            letters.catalog(), letters.ref(), Letters.SCHEMA, PartitionSpec.unpartitioned());
    Set<String> ids = new HashSet<>();
    read(base, outcome, letter -> ids.add(letter.id()));
    LetterRewrite rest =
        LetterRewrite.without(base, shape.table(), sink, run, letter -> goes(letter, run, ids));
    Set<String> found = rest.gone();
    if (found.isEmpty()) {
      return;
    }
    List<DataFile> files = new ArrayList<>(rest.files());
    try (BatchWriter out = BatchWriter.open(shape.table(), sink, run)) {
      Rows rows = new Rows(out);
      read(
          base,
          outcome,
          letter -> {
            if (found.contains(letter.id())) {
              rows.add(letter);
            }
          });
      rows.flush();
      files.addAll(out.finish());
    }
    Change change =
        Change.of(letters.ref(), rest.edit(base), token(run), files)
            .shape(shape.shape())
            .summary(summary);
    new Committer(letters.catalog(), new FooterCheck()).commit(change);
  }

  private static boolean goes(StoredLetter letter, String run, Set<String> ids) {
    return ids.contains(letter.id()) && !run.equals(letter.replayRun());
  }

  /** The letters that an outcome's files hold. */
  private static void read(Table table, List<String> outcome, Consumer<StoredLetter> to)
      throws IOException {
    for (String path : outcome) {
      InputFile input = table.io().newInputFile(path);
      List<FileSplit> splits;
      try (ParquetFile file = ParquetFile.open(input)) {
        splits = FileSplit.of(input, file);
      }
      for (FileSplit split : splits) {
        // Written for the columns that the table was to have: found by their names.
        try (BatchReader batches =
            BatchReader.openByName(input, Letters.SCHEMA, split.start(), split.length())) {
          batches.forEachRemaining(batch -> StoredLetter.of(batch).forEach(to));
        }
      }
    }
  }

  /** Letters on their way into a file, some at a time. */
  static final class Rows {
    private static final int MANY = 4_096;
    private static final long BYTES = 8L << 20;

    private final BatchWriter out;
    private @Nullable RowBatchBuilder batch;

    Rows(BatchWriter out) {
      this.out = out;
    }

    void add(StoredLetter letter) {
      RowBatchBuilder to = batch == null ? new RowBatchBuilder(Letters.SCHEMA) : batch;
      letter.appendTo(to);
      batch = to;
      if (to.size() >= MANY || to.bytes() >= BYTES) {
        flush();
      }
    }

    void flush() {
      RowBatchBuilder full = batch;
      batch = null;
      if (full != null) {
        try {
          out.accept(full.build());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}

package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;

/**
 * What workers wrote, into one commit of a table. Bounded. The letters' table is committed first,
 * under a derived token. Exactly once: a repeated attempt finds its own commit. Rows in must be
 * rows kept, letters and rows filtered together, or nothing is committed.
 */
public final class CommitTable extends PTransform<PCollection<Written>, PCollection<Committed>> {
  private static final long serialVersionUID = 1;

  /** A last look at the whole before anything is committed. */
  @FunctionalInterface
  public interface Check extends Serializable {
    /**
     * Returns if the whole may be committed.
     *
     * @throws HeadwaterException if it may not
     */
    void check(Written total);
  }

  private final CatalogConfig catalog;
  private final TableRef table;
  private final Change.Mode mode;
  private final Token token;
  private final Map<String, String> summary;
  private final @Nullable TableRef letters;
  private final Check check;

  private CommitTable(
      CatalogConfig catalog,
      TableRef table,
      Change.Mode mode,
      Token token,
      Map<String, String> summary,
      @Nullable TableRef letters,
      Check check) {
    this.catalog = catalog;
    this.table = table;
    this.mode = mode;
    this.token = token;
    this.summary = new HashMap<>(summary);
    this.letters = letters;
    this.check = check;
  }

  /** The files come to those that are in the table. */
  public static CommitTable append(CatalogConfig catalog, TableRef table, Token token) {
    return new CommitTable(catalog, table, Change.Mode.APPEND, token, Map.of(), null, total -> {});
  }

  /** The files take the place of all that is in the table. */
  public static CommitTable replace(CatalogConfig catalog, TableRef table, Token token) {
    return new CommitTable(catalog, table, Change.Mode.REPLACE, token, Map.of(), null, total -> {});
  }

  /** What the snapshot's summary says besides the token and the counts, see {@link SummaryKeys}. */
  public CommitTable summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(summary);
    all.putAll(more);
    return new CommitTable(catalog, table, mode, token, all, letters, check);
  }

  /** Where the letters go; as the table's rows are, they are appended or replaced. */
  public CommitTable letters(TableRef lettersTable) {
    return new CommitTable(catalog, table, mode, token, summary, lettersTable, check);
  }

  public CommitTable check(Check before) {
    return new CommitTable(catalog, table, mode, token, summary, letters, before);
  }

  @Override
  public PCollection<Committed> expand(PCollection<Written> written) {
    // Without any work item there is still one outcome: nothing.
    PCollection<Written> nothing =
        written
            .getPipeline()
            .apply(
                "Nothing " + table,
                Create.of(Written.of(List.of(), 0, 0, 0)).withCoder(Written.coder()));
    return PCollectionList.of(written)
        .and(nothing)
        .apply("All", Flatten.pCollections())
        .apply("OneKey", ParDo.of(new OneKey()))
        .setCoder(KvCoder.of(VarIntCoder.of(), Written.coder()))
        .apply("Together", GroupByKey.create())
        .apply("Commit", ParDo.of(new Commit(this)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  /** Checks the counts and commits; what the transform does once all is written. */
  Committed commit(TableCatalog open, Iterable<Written> parts) {
    Written total = Totals.of(parts);
    account(total.in(), total.kept() + total.letters() + total.filtered(), "rows in");
    account(rows(total.files()), total.kept(), "rows in the table's files");
    account(rows(total.letterFiles()), total.letters(), "rows in the letters' files");
    check.check(total);
    Map<String, String> says = new HashMap<>(summary);
    says.put(SummaryKeys.ROWS_IN, Long.toString(total.in()));
    says.put(SummaryKeys.ROWS_KEPT, Long.toString(total.kept()));
    says.put(SummaryKeys.ROWS_LETTERS, Long.toString(total.letters()));
    says.put(SummaryKeys.ROWS_FILTERED, Long.toString(total.filtered()));
    total.facts().forEach((name, value) -> says.put(SummaryKeys.FACT + name, value));
    Committer committer = new Committer(open, new FooterCheck(), java.time.Duration.ofMinutes(10));
    if (letters != null) {
      // Letters of rows that are read again must not stay beside the new ones.
      committer.commit(change(letters, token.derived("letters"), total.letterFiles(), says));
    } else if (!total.letterFiles().isEmpty()) {
      throw new IllegalStateException(total.letters() + " letters, but no table for them");
    }
    return committer.commit(change(table, token, total.files(), says));
  }

  private Change change(TableRef into, Token by, List<DataFile> files, Map<String, String> says) {
    Change change =
        mode == Change.Mode.APPEND
            ? Change.append(into, by, files)
            : Change.replace(into, by, files);
    return change.summary(says);
  }

  private void account(long counted, long expected, String what) {
    if (counted != expected) {
      throw new HeadwaterException(
          Kind.FAILED,
          "Cannot commit "
              + table
              + ": "
              + counted
              + " "
              + what
              + ", but "
              + expected
              + " accounted for.",
          "run it again; if it happens again it is a fault of Headwater's, please report it.");
    }
  }

  private static long rows(List<DataFile> files) {
    return files.stream().mapToLong(DataFile::recordCount).sum();
  }

  private static final class OneKey extends DoFn<Written, KV<Integer, Written>> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Written written, OutputReceiver<KV<Integer, Written>> out) {
      out.output(KV.of(0, written));
    }
  }

  private static final class Commit extends DoFn<KV<Integer, Iterable<Written>>, Committed> {
    private static final long serialVersionUID = 1;
    private final CommitTable how;

    Commit(CommitTable how) {
      this.how = how;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<Written>> all, OutputReceiver<Committed> out) {
      try (TableCatalog open = TableCatalog.open(how.catalog)) {
        out.output(how.commit(open, all.getValue()));
      }
    }
  }
}

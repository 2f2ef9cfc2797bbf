package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.BaseCheck;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.Shape;
import dev.headwater.catalog.commit.SnapshotStatistics;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.parquet.FooterCheck;
import dev.headwater.sketch.SketchStatistics;
import dev.headwater.sketch.TableSketch;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/**
 * What workers wrote, into one commit of a table. Bounded. The letters come after it, see {@link
 * LaterLetters}. Exactly once: a repeated attempt finds its own commit. Rows in must be rows kept,
 * letters and rows filtered together, or nothing is committed.
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

  /** How a change comes to its table. */
  @FunctionalInterface
  public interface Swap extends Serializable {
    /** As its edit says. */
    Swap EDIT = (open, committer, change, sketch) -> committer.commit(change, sketch);

    /**
     * Commits.
     *
     * @param change with its files and its summary
     * @param sketch of the files' rows; null where it was not taken
     */
    Committed swap(
        TableCatalog open, Committer committer, Change change, @Nullable SnapshotStatistics sketch);
  }

  private final CatalogConfig catalog;
  private final TableRef table;
  private final Change change;
  private final @Nullable LaterLetters letters;
  private final Check check;
  private final Swap swap;

  private CommitTable(
      CatalogConfig catalog,
      Change change,
      @Nullable LaterLetters letters,
      Check check,
      Swap swap) {
    this.catalog = catalog;
    this.table = change.table();
    this.change = change;
    this.letters = letters;
    this.check = check;
    this.swap = swap;
  }

  /**
   * The files that were written, into a change that has none yet.
   *
   * @param change what is to become of the table; its summary may say more than the counts
   */
  public static CommitTable of(CatalogConfig catalog, Change change) {
    return new CommitTable(catalog, change, null, total -> {}, Swap.EDIT);
  }

  /** The files come to those that are in the table. */
  public static CommitTable append(CatalogConfig catalog, TableRef table, Token token) {
    return of(catalog, Change.append(table, token, List.of()));
  }

  /** The files take the place of all that is in the table. */
  public static CommitTable replace(CatalogConfig catalog, TableRef table, Token token) {
    return of(catalog, Change.replace(table, token, List.of()));
  }

  /** What the snapshot's summary says besides the token and the counts, see {@link SummaryKeys}. */
  public CommitTable summary(Map<String, String> more) {
    return new CommitTable(catalog, change.summary(more), letters, check, swap);
  }

  /** The columns and the partitioning that come with the files; null: as they are. */
  public CommitTable shape(@Nullable Shape shape) {
    return new CommitTable(catalog, change.shape(shape), letters, check, swap);
  }

  /** Only upon what this check of the table lets pass too. */
  public CommitTable upon(BaseCheck more) {
    BaseCheck before = change.base();
    Change both = change.upon(before == null ? more : before.and(more));
    return new CommitTable(catalog, both, letters, check, swap);
  }

  /**
   * Where the letters go: instead of all others where the table is replaced, or beside them.
   *
   * @param lettersTable has the letters' columns, and no partitions
   */
  public CommitTable letters(TableRef lettersTable) {
    return new CommitTable(catalog, change, new LaterLetters(table, lettersTable), check, swap);
  }

  /** Only what passes this check too. */
  public CommitTable check(Check more) {
    Check before = check;
    Check both =
        total -> {
          before.check(total);
          more.check(total);
        };
    return new CommitTable(catalog, change, letters, both, swap);
  }

  /** Another way into the table than the change's edit. */
  public CommitTable by(Swap other) {
    return new CommitTable(catalog, change, letters, check, other);
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
  public Committed commit(TableCatalog open, Iterable<Written> parts) {
    Written total = Totals.of(parts);
    account(total.in(), total.kept() + total.letters() + total.filtered(), "rows in");
    Replaced replaced = total.replaced();
    account(rows(total.files()), total.kept() + replaced.carried(), "rows in the table's files");
    account(rows(total.letterFiles()), total.letters(), "rows in the letters' files");
    check.check(total);
    Map<String, String> says = new HashMap<>(change.summary());
    says.put(SummaryKeys.ROWS_IN, Long.toString(total.in()));
    says.put(SummaryKeys.ROWS_KEPT, Long.toString(total.kept()));
    says.put(SummaryKeys.ROWS_LETTERS, Long.toString(total.letters()));
    says.put(SummaryKeys.ROWS_FILTERED, Long.toString(total.filtered()));
    total.facts().forEach((name, value) -> says.put(SummaryKeys.FACT + name, value));
    if (change.edit() instanceof Edit.Rewrite) {
      says.put(SummaryKeys.FACT + "files_rewritten", Integer.toString(replaced.files().size()));
      says.put(SummaryKeys.FACT + SummaryKeys.ROWS_CARRIED, Long.toString(replaced.carried()));
      says.put(SummaryKeys.FACT + "rows_dropped", Long.toString(replaced.dropped()));
    }
    Committer committer = new Committer(open, new FooterCheck(), java.time.Duration.ofMinutes(10));
    if (letters != null) {
      // Letters of rows that are read again must not stay beside the new ones.
      boolean all = change.edit() instanceof Edit.Overwrite o && o.everything();
      says.putAll(
          all
              ? letters.saidOfAll(open, change.token(), total.letterFiles())
              : letters.said(open, change.token(), total.letterFiles()));
    } else if (!total.letterFiles().isEmpty()) {
      throw new IllegalStateException(total.letters() + " letters, but no table for them");
    }
    TableSketch sketch = total.sketch();
    Committed done =
        swap.swap(
            open,
            committer,
            change.edit(edit(replaced)).files(total.files()).summary(says),
            sketch == null ? null : new SketchStatistics(sketch));
    if (letters != null) {
      letters.finish(open, done.summary());
    }
    return done;
  }

  /** A rewrite of the files that workers found they must replace. */
  private Edit edit(Replaced replaced) {
    if (change.edit() instanceof Edit.Rewrite rewrite) {
      return new Edit.Rewrite(
          rewrite.base(),
          replaced.files(),
          replaced.deletes(),
          Expressions.or(rewrite.reads(), replaced.reads()));
    }
    if (!replaced.files().isEmpty()) {
      throw new IllegalStateException("files go, but the change is no rewrite");
    }
    return change.edit();
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

  private static final class OneKey extends WorkFn<Written, KV<Integer, Written>> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Written written, OutputReceiver<KV<Integer, Written>> out) {
      out.output(KV.of(0, written));
    }
  }

  private static final class Commit extends WorkFn<KV<Integer, Iterable<Written>>, Committed> {
    private static final long serialVersionUID = 1;
    private final CommitTable how;

    Commit(CommitTable how) {
      this.how = how;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<Written>> all, OutputReceiver<Committed> out) {
      try (TableCatalog open = TableCatalog.open(how.catalog)) {
        out.output(TableUse.wrote(open, how.commit(open, all.getValue())));
      }
    }
  }
}

package dev.headwater.ingest;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SchemeFileIO;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.files.BadRows;
import dev.headwater.files.SourceFormat;
import dev.headwater.table.CommitTable;
import dev.headwater.table.LaterLetters;
import dev.headwater.table.LetterWatch;
import dev.headwater.table.RowCheck;
import dev.headwater.table.RowFit;
import dev.headwater.table.StreamCommits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.io.FileIO;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A folder that is watched: the rows of each file that comes into it are appended to a table, files
 * that came meanwhile together in one commit; rows that are none of the table's go to its letters.
 * Unbounded: the folder is looked at each ten seconds. Rows in are rows and letters, in every
 * commit.
 *
 * <p>Each file once, by the table's own word: a commit's summary names the files by path, size and
 * checksum, and it comes only upon the very commit that its files were found missing in. So nothing
 * has to be remembered: a new job goes on where the table ends, with or without its state, on any
 * runner; of two jobs at once on one folder one is let through, the other looks again. A job of a
 * project's table, with its sink and its folder, and runs of the project go on where the other left
 * off. Letters come after their rows, see {@link LaterLetters}. On Flink it takes exactly-once
 * checkpoints; a commit comes with the first checkpoint after its files were read.
 *
 * <p>A file is taken when nobody has written to it for the time that {@link #settle} says; an
 * object in a store is whole at once. A file that changes while it is read, or after its rows were
 * appended, one that can't be read, and columns that don't fit fail the job, and nothing of their
 * round is committed; a file that is gone, or has another name now, changes nothing. While the
 * catalog or the store is away it is asked less and less often, at least once a minute.
 *
 * <p>Memory: as {@link IngestFiles}; of a round of at most 1,000 files or 4 GiB the names and the
 * metadata of the data files. Event time is the clock's, when a file is found.
 */
public final class IngestFolder extends StreamCommits<PBegin> {
  private static final long serialVersionUID = 1;

  final CatalogConfig catalog;
  final TableRef table;
  final TableRef lettersTable;
  final String sink;
  final String run;
  String base = "";
  SourceFormat format = SourceFormat.of(SourceFormat.Kind.PARQUET);
  ArrayList<String> patterns = new ArrayList<>();
  FileIO io = new SchemeFileIO();
  Duration every = Duration.standardSeconds(10);
  Duration settle = Duration.standardSeconds(5);
  SchemaPolicy policy = SchemaPolicy.DEFAULT;
  RowFit.Rule fit = RowFit.Rule.NONE;
  @Nullable BadRows undecoded;
  RowCheck.@Nullable Factory check;
  LetterWatch.Factory watch = LetterWatch.NONE;
  CommitTable.Check limit = total -> {};
  LinkedHashMap<String, String> summary = new LinkedHashMap<>();

  private IngestFolder(
      CatalogConfig catalog, TableRef table, TableRef lettersTable, String sink, String run) {
    this.catalog = catalog;
    this.table = table;
    this.lettersTable = lettersTable;
    this.sink = sink;
    this.run = run;
  }

  /**
   * Into tables that are there.
   *
   * @param letters the table of letters, with their columns and no partitions
   * @param sink the stable name of what writes, unique to it: another folder needs another one
   * @param run the run's id, a folder of data files
   */
  public static IngestFolder into(
      CatalogConfig catalog, TableRef table, TableRef letters, String sink, String run) {
    return new IngestFolder(catalog, table, letters, sink, run);
  }

  private IngestFolder copy() {
    IngestFolder next = new IngestFolder(catalog, table, lettersTable, sink, run);
    next.base = base;
    next.format = format;
    next.patterns = patterns;
    next.io = io;
    next.every = every;
    next.settle = settle;
    next.policy = policy;
    next.fit = fit;
    next.undecoded = undecoded;
    next.check = check;
    next.watch = watch;
    next.limit = limit;
    next.summary = summary;
    return next;
  }

  /**
   * The files that are meant.
   *
   * @param from where relative paths begin; files below it are known by their paths from there
   * @param as how they are read; text without columns is looked through for them in each round, by
   *     the table's types
   * @param paths folders, patterns or single files, local or in a store
   */
  public IngestFolder files(Path from, SourceFormat as, String... paths) {
    IngestFolder next = copy();
    next.base = from.toAbsolutePath().normalize().toString();
    next.format = as;
    next.patterns = new ArrayList<>(List.of(paths));
    return next;
  }

  /** Files that something else reads than the default, which is for local ones. */
  public IngestFolder from(FileIO other) {
    IngestFolder next = copy();
    next.io = other;
    return next;
  }

  /** How often the folder is looked at. */
  public IngestFolder every(Duration poll) {
    IngestFolder next = copy();
    next.every = poll;
    return next;
  }

  /** How long a local file must have stood unchanged; five seconds unless said. */
  public IngestFolder settle(Duration time) {
    IngestFolder next = copy();
    next.settle = time;
    return next;
  }

  /**
   * What files with other columns may do to the table's: what is allowed comes in a commit of its
   * own, before the rows that need it.
   *
   * @param by to add and to widen unless said
   * @param rule makes letters of rows that don't fit, and gives columns their new names; of the
   *     same policy
   */
  public IngestFolder schema(SchemaPolicy by, RowFit.Rule rule) {
    IngestFolder next = copy();
    next.policy = by;
    next.fit = rule;
    return next;
  }

  /** Makes letters of rows of text that can't be decoded; without it they fail the job. */
  public IngestFolder undecoded(BadRows by) {
    IngestFolder next = copy();
    next.undecoded = by;
    return next;
  }

  /** Only rows that pass the check; the others are letters too. */
  public IngestFolder checked(RowCheck.Factory by) {
    IngestFolder next = copy();
    next.check = by;
    return next;
  }

  /**
   * No more letters than these, or the job fails.
   *
   * @param each looks at each piece of work
   * @param whole looks at a round before it is committed
   */
  public IngestFolder limited(LetterWatch.Factory each, CommitTable.Check whole) {
    IngestFolder next = copy();
    next.watch = each;
    next.limit = whole;
    return next;
  }

  /** What each snapshot's summary says besides the token, the counts and the files. */
  public IngestFolder summary(Map<String, String> more) {
    IngestFolder next = copy();
    next.summary = new LinkedHashMap<>(summary);
    next.summary.putAll(more);
    return next;
  }

  LaterLetters letters() {
    return new LaterLetters(table, lettersTable);
  }

  /** What is there now; files that somebody may still be writing have no version. */
  List<SourceFile> files() {
    List<SourceFile> out = new ArrayList<>();
    java.time.Duration young = java.time.Duration.ofMillis(settle.getMillis());
    for (String pattern : patterns) {
      out.addAll(SourceFiles.settled(io, Path.of(base), pattern, format.kind(), young));
    }
    return out;
  }

  /** What the table calls a file. */
  String name(SourceFile file) {
    return SourceFiles.name(Path.of(base), file);
  }

  @Override
  public PCollection<Committed> expand(PBegin begin) {
    return begin
        .apply("Once", Impulse.create())
        .apply("Watch", ParDo.of(new WatchFolder(this)))
        .setCoder(SerializableCoder.of(Round.Piece.class))
        .apply("DealOut", Reshuffle.viaRandomKey())
        .apply("ReadCheckWrite", ParDo.of(new WriteRound(this)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), SerializableCoder.of(Round.Part.class)))
        .apply("Together", ParDo.of(new GatherRound()))
        .setCoder(SerializableCoder.of(Round.Whole.class))
        .apply("Commit", ParDo.of(new CommitRound(this)))
        .setCoder(SerializableCoder.of(Committed.class));
  }
}

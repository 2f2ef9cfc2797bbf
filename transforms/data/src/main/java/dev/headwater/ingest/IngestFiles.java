package dev.headwater.ingest;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.files.BadRows;
import dev.headwater.files.SourceFormat;
import dev.headwater.rows.BeamRows;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.sort.RunRef;
import dev.headwater.table.CheckWrite;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.DealOut;
import dev.headwater.table.Distribution;
import dev.headwater.table.FileSplit;
import dev.headwater.table.LetterWatch;
import dev.headwater.table.MeetPartitions;
import dev.headwater.table.RowCheck;
import dev.headwater.table.RowFit;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Written;
import dev.headwater.upsert.Upsert;
import dev.headwater.upsert.UpsertSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Files into a table's data files; rows that break the contract or can't be decoded into the
 * letters'. Bounded. Each work item is read, checked and written batch by batch; nothing is
 * committed here: {@link dev.headwater.table.CommitTable} does it once for all. A failed attempt
 * leaves orphans, never rows. Counters of namespace {@code ingest} ({@code rows_in}, {@code
 * rows_kept}, {@code rows_letters}) tell the progress.
 */
public final class IngestFiles extends PTransform<PBegin, PCollection<Written>> {
  private static final long serialVersionUID = 1;
  static final String STAGE = "ingest";

  private final List<SplitGroup> groups;
  private final Table table;
  private final String sink;
  private final String run;
  private final @Nullable UpsertSpec upsert;
  private @Nullable Table letters;
  private RowCheck.@Nullable Factory check;
  private @Nullable Through through;
  private @Nullable Schema source;
  private Map<String, RowFit.Factory> fits = new HashMap<>();
  private SourceFormat format = SourceFormat.of(SourceFormat.Kind.PARQUET);
  private @Nullable BadRows undecoded;
  private FileIO io;
  private @Nullable Distribution meet;
  private Gate gate = Gate.OPEN;

  private IngestFiles(
      List<SplitGroup> groups, Table table, String sink, String run, @Nullable UpsertSpec upsert) {
    this.groups = List.copyOf(groups);
    this.table = table;
    this.sink = sink;
    this.run = run;
    this.upsert = upsert;
    this.io = table.io();
  }

  private IngestFiles copy() {
    IngestFiles copy = new IngestFiles(groups, table, sink, run, upsert);
    copy.letters = letters;
    copy.check = check;
    copy.through = through;
    copy.source = source;
    copy.fits = fits;
    copy.format = format;
    copy.undecoded = undecoded;
    copy.io = io;
    copy.meet = meet;
    copy.gate = gate;
    return copy;
  }

  /**
   * Every row into the table.
   *
   * @param groups from {@link Sources#groups}
   * @param table the table, which has the sources' columns by name
   * @param sink the stable name of what writes
   * @param run the run's id
   */
  public static IngestFiles into(List<SplitGroup> groups, Table table, String sink, String run) {
    return new IngestFiles(groups, SerializableTable.copyOf(table), sink, run, null);
  }

  /**
   * Every row in the place of the one with the same key, or new: of several with one key and one
   * order, the last one of the last file, by the files' paths.
   */
  public static IngestFiles upsert(List<SplitGroup> groups, UpsertSpec spec) {
    return new IngestFiles(groups, spec.table(), spec.sink(), spec.run(), spec);
  }

  /** Only rows that pass the check; the others into the letters' table. */
  public IngestFiles checked(RowCheck.Factory by, Table lettersTable) {
    IngestFiles next = copy();
    next.check = by;
    next.letters = SerializableTable.copyOf(lettersTable);
    return next;
  }

  /**
   * Files whose columns are not the table's.
   *
   * @param by how each is read, by its path
   * @param lettersTable for rows that don't fit; null where all do
   */
  public IngestFiles fitting(Map<String, RowFit.Factory> by, @Nullable Table lettersTable) {
    IngestFiles next = copy();
    next.fits = new HashMap<>(by);
    if (lettersTable != null) {
      next.letters = SerializableTable.copyOf(lettersTable);
    }
    return next;
  }

  /**
   * Files of another format than Parquet.
   *
   * @param as with the columns that the groups' {@link Sources} have
   * @param bad makes letters of rows that can't be decoded, for the table that {@link #checked} has
   */
  public IngestFiles format(SourceFormat as, BadRows bad) {
    IngestFiles next = copy();
    next.format = as;
    next.undecoded = bad;
    return next;
  }

  /** Files that another FileIO reads than the table's. */
  public IngestFiles from(FileIO other) {
    IngestFiles next = copy();
    next.io = other;
    return next;
  }

  /** Rows of a partition meet in one writer; null: each group of splits writes files of its own. */
  public IngestFiles meeting(@Nullable Distribution by) {
    IngestFiles next = copy();
    next.meet = by;
    return next;
  }

  /**
   * Rows that go through the user's transforms before they are checked and written. The counts are
   * then of the rows that come out: which of them was made of which nobody can tell.
   *
   * @param by at least one; the table has the columns of their {@link Through#outcome}
   * @param read the columns that the first of them gets
   */
  public IngestFiles through(Through by, Schema read) {
    IngestFiles next = copy();
    next.through = by;
    next.source = read;
    return next;
  }

  /** Work that makes too many letters stops at once. */
  public IngestFiles watched(LetterWatch.Factory by) {
    return gate(new Gate(by, gate.only()));
  }

  /** Rows for which a condition over the table's columns is not true are left out, and counted. */
  public IngestFiles only(Expression where) {
    return gate(new Gate(gate.watch(), where));
  }

  private IngestFiles gate(Gate to) {
    IngestFiles next = copy();
    next.gate = to;
    return next;
  }

  @Override
  public PCollection<Written> expand(PBegin begin) {
    PCollection<SplitGroup> dealt = begin.apply("DealOut", DealOut.of(groups, SplitGroup.class));
    if (through != null && source != null) {
      return through(dealt, through, source);
    }
    PCollectionTuple out =
        dealt.apply(
            "ReadCheckWrite",
            ParDo.of(
                    new ReadCheckWrite(
                        table, sink, run, letters, check, keyed(), fits, format, undecoded, io,
                        meet, gate))
                .withOutputTags(ReadCheckWrite.WRITTEN, TupleTagList.of(ReadCheckWrite.RUNS)));
    PCollection<RunRef> runs = out.get(ReadCheckWrite.RUNS).setCoder(RunRef.coder());
    PCollection<Written> written = out.get(ReadCheckWrite.WRITTEN).setCoder(Written.coder());
    UpsertSpec spec = upsert;
    return spec == null
        ? met(written, runs)
        : PCollectionList.of(written)
            .and(runs.apply("Upsert", new Upsert(spec)))
            .apply("All", Flatten.pCollections());
  }

  /** With rows whose partitions' other rows are elsewhere. */
  private PCollection<Written> met(PCollection<Written> written, PCollection<RunRef> runs) {
    return meet == null
        ? written
        : PCollectionList.of(written)
            .and(runs.apply("MeetPartitions", new MeetPartitions(table, sink, run, meet)))
            .apply("All", Flatten.pCollections());
  }

  private ReadCheckWrite.@Nullable Keyed keyed() {
    UpsertSpec spec = upsert;
    if (spec == null) {
      return null;
    }
    List<String> paths =
        groups.stream()
            .flatMap(group -> group.splits().stream())
            .map(FileSplit::path)
            .distinct()
            .sorted()
            .toList();
    return new ReadCheckWrite.Keyed(spec, paths);
  }

  private PCollection<Written> through(PCollection<SplitGroup> dealt, Through by, Schema read) {
    PCollectionTuple all =
        dealt.apply(
            "Read",
            ParDo.of(new ReadBatches(io, format, read, sink, run, letters, undecoded))
                .withOutputTags(ReadBatches.BATCHES, TupleTagList.of(ReadBatches.LETTERS)));
    PCollection<Row> rows =
        by.apply(
            all.get(ReadBatches.BATCHES)
                .setCoder(RowBatchCoder.of())
                .apply("Rows", BeamRows.rows(read)));
    String from = String.join(", ", by.steps().stream().map(Through.Step::name).toList());
    PCollectionTuple out =
        rows.apply("Batches", BeamRows.batches(BeamRows.schema(rows.getSchema())))
            .apply(
                "OneWindow",
                Window.<RowBatch>into(new GlobalWindows())
                    .triggering(DefaultTrigger.of())
                    .withAllowedLateness(Duration.ZERO)
                    .discardingFiredPanes())
            .apply(
                "CheckWrite",
                ParDo.of(
                        new CheckWrite(
                            new CheckedWriter.Into(
                                STAGE, table, sink, run, from, letters, check, gate.watch(), meet),
                            gate.only()))
                    .withOutputTags(CheckWrite.WRITTEN, TupleTagList.of(CheckWrite.RUNS)));
    PCollection<Written> written =
        met(
            out.get(CheckWrite.WRITTEN).setCoder(Written.coder()),
            out.get(CheckWrite.RUNS).setCoder(RunRef.coder()));
    return PCollectionList.of(written)
        .and(all.get(ReadBatches.LETTERS).setCoder(Written.coder()))
        .apply("All", Flatten.pCollections());
  }
}

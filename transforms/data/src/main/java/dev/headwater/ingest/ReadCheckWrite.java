package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.files.BadRows;
import dev.headwater.files.Decoded;
import dev.headwater.files.RawRow;
import dev.headwater.files.RowSource;
import dev.headwater.files.RowTexts;
import dev.headwater.files.SourceFormat;
import dev.headwater.sort.RunRef;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.Distribution;
import dev.headwater.table.FileSplit;
import dev.headwater.table.LetterWatch;
import dev.headwater.table.Origin;
import dev.headwater.table.RowCheck;
import dev.headwater.table.RowFit;
import dev.headwater.table.RowsRead;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.WorkFn;
import dev.headwater.table.Written;
import dev.headwater.upsert.SpillUpsert;
import dev.headwater.upsert.UpsertSpec;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/** One group of splits after the other: read, checked, written. */
final class ReadCheckWrite extends WorkFn<SplitGroup, Written> {
  private static final long serialVersionUID = 1;
  static final TupleTag<Written> WRITTEN = new TupleTag<>("written") {};
  static final TupleTag<RunRef> RUNS = new TupleTag<>("runs") {};

  /** A file has fewer than 2^40 rows: the places of its rows begin at its number times that. */
  private static final int FILE_BITS = 40;

  /**
   * Rows that go on to an upsert instead of into files.
   *
   * @param paths of all files, in the order in which their rows count
   */
  record Keyed(UpsertSpec spec, List<String> paths) implements Serializable {
    Keyed {
      paths = new ArrayList<>(paths);
    }
  }

  /** Where good rows go. */
  private interface Good {
    void accept(RowBatch batch, long place) throws IOException;
  }

  private final Counter rowsIn = Metrics.counter(IngestFiles.STAGE, "rows_in");
  private final Counter rowsKept = Metrics.counter(IngestFiles.STAGE, "rows_kept");
  private final Counter rowsLetters = Metrics.counter(IngestFiles.STAGE, "rows_letters");
  private final Table table;
  private final String sink;
  private final String run;
  private final @Nullable Table letters;
  private final RowCheck.@Nullable Factory check;
  private final @Nullable Keyed keyed;
  private final Map<String, RowFit.Factory> fits;
  private final SourceFormat format;
  private final @Nullable BadRows undecoded;
  private final FileIO io;
  private final @Nullable Distribution meet;
  private final Gate gate;

  ReadCheckWrite(
      Table table,
      String sink,
      String run,
      @Nullable Table letters,
      RowCheck.@Nullable Factory check,
      @Nullable Keyed keyed,
      Map<String, RowFit.Factory> fits,
      SourceFormat format,
      @Nullable BadRows undecoded,
      FileIO io,
      @Nullable Distribution meet,
      Gate gate) {
    this.table = table;
    this.sink = sink;
    this.run = run;
    this.letters = letters;
    this.check = check;
    this.keyed = keyed;
    this.fits = new HashMap<>(fits);
    this.format = format;
    this.undecoded = undecoded;
    this.io = io;
    this.meet = meet;
    this.gate = gate;
  }

  /** What a piece of work has come to. */
  private static final class Count {
    final LetterWatch watch;
    long in;
    long filtered;

    Count(LetterWatch watch) {
      this.watch = watch;
    }
  }

  @ProcessElement
  public void process(@Element SplitGroup group, MultiOutputReceiver out, PipelineOptions options)
      throws IOException {
    Keyed by = keyed;
    String job = options.getJobName();
    if (by == null) {
      out.get(WRITTEN).output(append(job, group, out.get(RUNS)::output));
      return;
    }
    try (BatchWriter bad = letters == null ? null : BatchWriter.open(letters, sink, run);
        SpillUpsert good = new SpillUpsert(by.spec())) {
      Count count = read(job, group, bad, good::accept);
      good.finish().forEach(out.get(RUNS)::output);
      out.get(WRITTEN).output(written(List.of(), count, 0, bad));
    }
  }

  /** A group's rows into files of its own; those that others' rows must meet into runs. */
  Written append(String job, SplitGroup group, Consumer<RunRef> runs) throws IOException {
    try (BatchWriter bad = letters == null ? null : BatchWriter.open(letters, sink, run);
        BatchWriter good =
            BatchWriter.open(table, sink, run).sorting().sketching().distributing(meet)) {
      Count count = read(job, group, bad, (batch, place) -> good.accept(batch));
      Written written = written(good.finish(), count, good.written(), bad).sketch(good.sketch());
      good.runs().forEach(runs);
      return written;
    }
  }

  private static Written written(
      List<DataFile> files, Count count, long kept, @Nullable BatchWriter bad) throws IOException {
    List<DataFile> letters = bad == null ? List.of() : bad.finish();
    long lettered = bad == null ? 0 : bad.rows();
    return new Written(files, letters, count.in, kept, lettered, count.filtered, Map.of());
  }

  private Count read(String job, SplitGroup group, @Nullable BatchWriter bad, Good good)
      throws IOException {
    RowCheck by = check == null ? null : check.open(table.schema());
    Count count = new Count(gate.watch().open());
    for (FileSplit split : group.splits()) {
      long first = keyed == null ? 0 : (long) keyed.paths().indexOf(split.path()) << FILE_BITS;
      RowFit.Factory fit = fits.get(split.path());
      Schema read = fit == null ? table.schema() : fit.read();
      RowFit fitting = fit == null ? null : fit.open();
      try (RowSource rows = SourceRows.open(io, split, format, read)) {
        while (rows.hasNext()) {
          Decoded decoded = rows.next();
          count.in += decoded.count();
          RowsRead.add(job, decoded.count());
          rowsIn.inc(decoded.count());
          letters(
              Undecoded.letters(bad == null ? null : undecoded, decoded, split.path()), bad, count);
          if (decoded.rows().size() > 0) {
            write(decoded, fitting, by, split.path(), first, good, bad, count);
          }
          count.watch.rows(decoded.count());
        }
      }
    }
    return count;
  }

  private void write(
      Decoded decoded,
      @Nullable RowFit fitting,
      @Nullable RowCheck by,
      String source,
      long first,
      Good good,
      @Nullable BatchWriter bad,
      Count count)
      throws IOException {
    RowBatch kept = decoded.rows();
    Origin from = origin(decoded, source);
    if (fitting != null) {
      RowFit.Fitted fitted = fitting.fit(kept, from);
      letters(fitted.letters(), bad, count);
      kept = fitted.good();
      Bits those = fitted.kept();
      if (those != null) {
        from = from.of(those.positions());
      }
    }
    Expression only = gate.only();
    if (only != null) {
      Bits within = only.select(kept);
      count.filtered += kept.size() - within.count();
      kept = kept.filter(within);
      from = from.of(within.positions());
    }
    if (kept.size() == 0) {
      return;
    }
    long place = first + from.position(0);
    if (by != null && bad != null) {
      RowCheck.Checked checked = by.check(kept, from);
      kept = checked.good();
      letters(checked.letters(), bad, count);
    }
    good.accept(kept, place);
    rowsKept.inc(kept.size());
  }

  private static Origin origin(Decoded decoded, String source) {
    return new Origin() {
      @Override
      public String source() {
        return source;
      }

      @Override
      public long position(int row) {
        return decoded.position(row);
      }

      @Override
      public @Nullable RawRow raw(int row) {
        RowTexts texts = decoded.texts();
        return texts == null ? null : texts.of(row);
      }
    };
  }

  private void letters(@Nullable RowBatch broken, @Nullable BatchWriter bad, Count count)
      throws IOException {
    if (broken != null) {
      count.watch.letters(broken);
      Objects.requireNonNull(bad, "a table for letters").accept(broken);
      rowsLetters.inc(broken.size());
    }
  }

  /** The checksum was taken of the file as it was; a file that grew since is another one. */
  static InputFile unchanged(FileIO io, FileSplit split) {
    InputFile file = io.newInputFile(split.path());
    if (!file.exists() || file.getLength() != split.fileLength()) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot read " + split.path() + ": it changed since the run began.",
          "run again when nothing writes to it any more.");
    }
    return file;
  }
}

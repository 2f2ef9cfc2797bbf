package dev.headwater.drift;

import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.Profile;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.WorkFn;
import dev.headwater.table.Written;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Counts into the report's rows, written to data files. Bounded; commits nothing. */
public final class WriteDrift extends PTransform<PCollection<DriftCounts>, PCollection<Written>> {
  private static final long serialVersionUID = 1;

  /** The summary's fact: of how many columns sketches told. */
  public static final String SKETCHED = "columns_sketched";

  private final Profile profile;
  private final @Nullable PCollectionView<DriftCounts> reference;
  private final DriftReport told;
  private final Table table;
  private final String sink;
  private final String run;

  private WriteDrift(
      Profile profile,
      @Nullable PCollectionView<DriftCounts> reference,
      DriftReport told,
      Table table,
      String sink,
      String run) {
    this.profile = profile;
    this.reference = reference;
    this.told = told;
    this.table = SerializableTable.copyOf(table);
    this.sink = sink;
    this.run = run;
  }

  /**
   * A report on rows that were counted.
   *
   * @param profile what the counts were counted by
   * @param threshold the PSI from which a column has moved
   * @param table has {@link DriftReport#SCHEMA}
   */
  public WriteDrift(Profile profile, double threshold, Table table, String sink, String run) {
    this(profile, null, new DriftReport(threshold, List.of()), table, sink, run);
  }

  /** Compared with these counts instead of the profile's own. */
  public WriteDrift against(@Nullable PCollectionView<DriftCounts> counted) {
    return new WriteDrift(profile, counted, told, table, sink, run);
  }

  /** Beside what sketches told of other columns, by the same threshold. */
  public WriteDrift beside(DriftReport sketched) {
    return new WriteDrift(profile, reference, sketched, table, sink, run);
  }

  @Override
  public PCollection<Written> expand(PCollection<DriftCounts> counts) {
    ParDo.SingleOutput<DriftCounts, Written> report = ParDo.of(new Report(this));
    return counts
        .apply("Report", reference == null ? report : report.withSideInputs(reference))
        .setCoder(Written.coder());
  }

  private static final class Report extends WorkFn<DriftCounts, Written> {
    private static final long serialVersionUID = 1;
    private final Profile profile;
    private final @Nullable PCollectionView<DriftCounts> reference;
    private final DriftReport told;
    private final Table table;
    private final String sink;
    private final String run;

    Report(WriteDrift how) {
      this.profile = how.profile;
      this.reference = how.reference;
      this.told = how.told;
      this.table = how.table;
      this.sink = how.sink;
      this.run = how.run;
    }

    @ProcessElement
    public void process(ProcessContext context) throws IOException {
      DriftCounts then = reference == null ? null : context.sideInput(reference);
      DriftReport report =
          told.and(DriftReport.of(profile, then, context.element(), told.threshold()));
      RowBatch rows = report.toBatch();
      try (BatchWriter writer = BatchWriter.open(table, sink, run).sketching()) {
        writer.accept(rows);
        long n = rows.size();
        long sketched = told.entries().stream().filter(e -> e.periodStart() == null).count();
        context.output(
            new Written(
                    writer.finish(),
                    List.of(),
                    n,
                    n,
                    0,
                    0,
                    Map.of(SKETCHED, Long.toString(sketched)))
                .sketch(writer.sketch()));
      }
    }
  }
}

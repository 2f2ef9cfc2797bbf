package dev.headwater.drift;

import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.Profile;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.Written;
import java.io.IOException;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;

/** Counts into the report's rows, written to data files. Bounded; commits nothing. */
public final class WriteDrift extends PTransform<PCollection<DriftCounts>, PCollection<Written>> {
  private static final long serialVersionUID = 1;

  private final Profile profile;
  private final double threshold;
  private final Table table;
  private final String sink;
  private final String run;

  /**
   * @param profile what the counts were counted by
   * @param threshold the PSI from which a column has moved
   * @param table has {@link DriftReport#SCHEMA}
   */
  public WriteDrift(Profile profile, double threshold, Table table, String sink, String run) {
    this.profile = profile;
    this.threshold = threshold;
    this.table = SerializableTable.copyOf(table);
    this.sink = sink;
    this.run = run;
  }

  @Override
  public PCollection<Written> expand(PCollection<DriftCounts> counts) {
    return counts
        .apply("Report", ParDo.of(new Report(profile, threshold, table, sink, run)))
        .setCoder(Written.coder());
  }

  private static final class Report extends DoFn<DriftCounts, Written> {
    private static final long serialVersionUID = 1;
    private final Profile profile;
    private final double threshold;
    private final Table table;
    private final String sink;
    private final String run;

    Report(Profile profile, double threshold, Table table, String sink, String run) {
      this.profile = profile;
      this.threshold = threshold;
      this.table = table;
      this.sink = sink;
      this.run = run;
    }

    @ProcessElement
    public void process(@Element DriftCounts counts, OutputReceiver<Written> out)
        throws IOException {
      RowBatch rows = DriftReport.of(profile, counts, threshold).toBatch();
      try (BatchWriter writer = BatchWriter.open(table, sink, run).sketching()) {
        writer.accept(rows);
        out.output(
            Written.of(writer.finish(), rows.size(), rows.size(), 0).sketch(writer.sketch()));
      }
    }
  }
}

package dev.headwater.ingest;

import dev.headwater.table.RowCheck;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Written;
import java.util.List;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Parquet files into a table's data files, and rows that break the contract into the letters'.
 * Bounded. Each work item is read, checked and written batch by batch; nothing is committed here:
 * {@link dev.headwater.table.CommitTable} does it once for all. A failed attempt leaves orphans,
 * never rows. Counters of namespace {@code ingest} ({@code rows_in}, {@code rows_kept}, {@code
 * rows_letters}) tell the progress.
 */
public final class IngestFiles extends PTransform<PBegin, PCollection<Written>> {
  private static final long serialVersionUID = 1;
  static final String STAGE = "ingest";

  private final List<SplitGroup> groups;
  private final Table table;
  private final String sink;
  private final String run;
  private final @Nullable Table letters;
  private final RowCheck.@Nullable Factory check;

  private IngestFiles(
      List<SplitGroup> groups,
      Table table,
      String sink,
      String run,
      @Nullable Table letters,
      RowCheck.@Nullable Factory check) {
    this.groups = List.copyOf(groups);
    this.table = table;
    this.sink = sink;
    this.run = run;
    this.letters = letters;
    this.check = check;
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
    return new IngestFiles(groups, SerializableTable.copyOf(table), sink, run, null, null);
  }

  /** Only rows that pass the check; the others into the letters' table. */
  public IngestFiles checked(RowCheck.Factory by, Table lettersTable) {
    return new IngestFiles(groups, table, sink, run, SerializableTable.copyOf(lettersTable), by);
  }

  @Override
  public PCollection<Written> expand(PBegin begin) {
    return begin
        .apply("Groups", Create.of(groups).withCoder(SerializableCoder.of(SplitGroup.class)))
        .apply("DealOut", Reshuffle.viaRandomKey())
        .apply("ReadCheckWrite", ParDo.of(new ReadCheckWrite(table, sink, run, letters, check)))
        .setCoder(Written.coder());
  }
}

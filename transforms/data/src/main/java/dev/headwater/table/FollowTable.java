package dev.headwater.table;

import dev.headwater.catalog.At;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.Micros;
import dev.headwater.columns.RowBatch;
import dev.headwater.rows.RowBatchCoder;
import java.util.List;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A table's rows as batches, and those of every snapshot that comes. Unbounded: the main branch is
 * looked at each ten seconds. Each row once: where it is goes into the runner's checkpoints, and a
 * snapshot that was read is not read again. Snapshots come in their order, their rows in none. A
 * rewrite of the same rows ({@code replace}, as compactions are) brings nothing; of what else
 * replaces or deletes rows see {@link Overwrites}. Columns are those that the table has when the
 * transform is applied, by field id.
 *
 * <p>Event time: a batch has its snapshot's commit time, and the watermark stays a minute behind
 * the commits, or behind the clock where there are none. Iceberg lets a snapshot be a minute older
 * than the one before it; a writer whose clock is further behind brings late rows. With {@link
 * #time} both come from a column.
 *
 * <p>While the catalog is away it is asked less and less often, at least once a minute; whatever
 * else fails, fails the job. Memory: one snapshot's plan at a time, and a batch for each worker.
 */
public final class FollowTable extends PTransform<PBegin, PCollection<RowBatch>> {
  private static final long serialVersionUID = 1;

  /** What to do with snapshots that delete or replace rows. */
  public enum Overwrites {
    /** The job fails and says which snapshot it was. */
    FAIL,
    /** They are left out, with the rows that they bring. */
    SKIP,
    /**
     * What every snapshot inserted and deleted is told, as {@link ReadTable#changes} does: columns
     * {@code _change_type} (INSERT or DELETE), {@code _change_ordinal} (the snapshot's sequence
     * number) and {@code _commit_snapshot_id} come with the rows.
     */
    CHANGES
  }

  private final CatalogConfig catalog;
  private final TableRef table;
  private final Begin begin;
  private final Overwrites overwrites;
  private final Duration every;
  private final @Nullable String time;
  private final Duration outOfOrder;
  private final Wanted wanted;

  /** Where to begin. */
  private sealed interface Begin extends java.io.Serializable {
    record State() implements Begin {}

    record First() implements Begin {}

    record After(At at) implements Begin {}
  }

  private FollowTable(
      CatalogConfig catalog,
      TableRef table,
      Begin begin,
      Overwrites overwrites,
      Duration every,
      @Nullable String time,
      Duration outOfOrder,
      Wanted wanted) {
    this.catalog = catalog;
    this.table = table;
    this.begin = begin;
    this.overwrites = overwrites;
    this.every = every;
    this.time = time;
    this.outOfOrder = outOfOrder;
    this.wanted = wanted;
  }

  /** All rows of the table as it is when the transform is applied, then what comes. */
  public static FollowTable of(CatalogConfig catalog, TableRef table) {
    return new FollowTable(
        catalog,
        table,
        new Begin.State(),
        Overwrites.FAIL,
        Duration.standardSeconds(10),
        null,
        Duration.standardMinutes(1),
        Wanted.ALL);
  }

  /** Snapshot by snapshot from the first one; none of them may have expired. */
  public FollowTable fromBeginning() {
    return from(new Begin.First());
  }

  /** Only what comes after this state. */
  public FollowTable after(At state) {
    return from(new Begin.After(state));
  }

  /** Only what comes after the transform is applied. */
  public FollowTable fromNow() {
    return after(At.current());
  }

  private FollowTable from(Begin next) {
    return new FollowTable(catalog, table, next, overwrites, every, time, outOfOrder, wanted);
  }

  /** What to do with snapshots that delete or replace rows; to fail unless said. */
  public FollowTable overwrites(Overwrites how) {
    return new FollowTable(catalog, table, begin, how, every, time, outOfOrder, wanted);
  }

  /** How often the catalog is asked for new snapshots. */
  public FollowTable every(Duration poll) {
    return new FollowTable(catalog, table, begin, overwrites, poll, time, outOfOrder, wanted);
  }

  /**
   * Event time from a column: a batch has the least time in it if the column is among those that
   * are read, else the least of its snapshot; the watermark is so much behind the greatest that
   * came. It rests while nothing comes. Every data file must have bounds of the column.
   *
   * @param column a date or a timestamp
   * @param behind how much a row may be older than one of an earlier snapshot without being late
   */
  public FollowTable time(String column, Duration behind) {
    return new FollowTable(catalog, table, begin, overwrites, every, column, behind, wanted);
  }

  /** Only these columns, in this order. */
  public FollowTable columns(String... names) {
    return wanted(wanted.columns(List.of(names)));
  }

  /** Only rows for which this SQL expression over the table's columns is true. */
  public FollowTable where(String condition) {
    return wanted(wanted.where(condition));
  }

  /** About how many bytes of files a worker takes at once; 64 MiB unless said. */
  public FollowTable splitBytes(long bytes) {
    return wanted(wanted.splitBytes(bytes));
  }

  private FollowTable wanted(Wanted next) {
    return new FollowTable(catalog, table, begin, overwrites, every, time, outOfOrder, next);
  }

  @Override
  public PCollection<RowBatch> expand(PBegin pipeline) {
    try (TableCatalog open = TableCatalog.open(catalog)) {
      Table now = open.load(table);
      check(now);
      Wanted.Bound bound = wanted.bind(now.schema());
      FollowPlan plan =
          new FollowPlan(
              new SnapshotRef(table, now.uuid(), -1),
              now.schema(),
              bound,
              overwrites,
              time,
              wanted.splitBytes());
      return pipeline
          .apply("Once", Impulse.create())
          .apply("Follow", ParDo.of(new Follow(catalog, plan, first(now), every, outOfOrder)))
          .setCoder(SerializableCoder.of(FollowPlan.Piece.class))
          .apply("DealOut", Reshuffle.viaRandomKey())
          .apply("Rows", ParDo.of(new FollowRead(SerializableTable.copyOf(now), bound, time)))
          .setCoder(RowBatchCoder.of());
    }
  }

  private FollowPlace first(Table now) {
    Snapshot current = now.currentSnapshot();
    if (begin instanceof Begin.First || current == null) {
      return FollowPlace.after(null);
    }
    if (begin instanceof Begin.After after) {
      return FollowPlace.after(after.at().pin(now, table).snapshotId());
    }
    return FollowPlace.whole(current.snapshotId());
  }

  private void check(Table now) {
    if (time == null) {
      return;
    }
    Type type = now.schema().findType(time);
    if (type == null || !Micros.holds(type)) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot follow " + table + " by " + time + ": it is no column with dates or timestamps.",
          "name one that is.");
    }
    if (overwrites == Overwrites.CHANGES) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot follow the changes of " + table + " by " + time + ": rows are deleted later.",
          "leave out the time column; changes have the time of their commit.");
    }
  }
}

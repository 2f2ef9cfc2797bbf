package dev.headwater.table;

import dev.headwater.catalog.At;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.RowBatch;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * A table's rows as batches. Bounded. The state is pinned when the transform is applied; its files
 * are planned and dealt out by workers. Deleted rows are left out; columns and a condition are
 * pushed down to files, row groups and pages. In no order.
 */
public final class ReadTable extends PTransform<PBegin, PCollection<RowBatch>> {
  private static final long serialVersionUID = 1;

  private final CatalogConfig catalog;
  private final TableRef table;
  private final What what;
  private final Wanted wanted;

  /** Which rows. */
  private sealed interface What extends java.io.Serializable {
    record State(At at) implements What {}

    record Between(@Nullable At after, At upTo, boolean changes) implements What {}
  }

  private ReadTable(CatalogConfig catalog, TableRef table, What what, Wanted wanted) {
    this.catalog = catalog;
    this.table = table;
    this.what = what;
    this.wanted = wanted;
  }

  /** The newest state when the transform is applied. */
  public static ReadTable of(CatalogConfig catalog, TableRef table) {
    return new ReadTable(catalog, table, new What.State(At.current()), Wanted.ALL);
  }

  /** Another state. */
  public ReadTable at(At state) {
    return new ReadTable(catalog, table, new What.State(state), wanted);
  }

  /**
   * The rows that were appended after one state, up to another. Refused if a commit between them
   * did anything but append or rewrite.
   *
   * @param after null: from the beginning
   */
  public ReadTable appended(@Nullable At after, At upTo) {
    return new ReadTable(catalog, table, new What.Between(after, upTo, false), wanted);
  }

  /**
   * The rows that each commit after one state, up to another, inserted and deleted, by whatever
   * kind of commit and delete file; commits that only rewrite change nothing. Three columns come
   * with the rows, as Iceberg names them: {@code _change_type} (INSERT or DELETE), {@code
   * _change_ordinal} (the commit's number, from 0) and {@code _commit_snapshot_id}.
   *
   * @param after null: from the beginning
   */
  public ReadTable changes(@Nullable At after, At upTo) {
    return new ReadTable(catalog, table, new What.Between(after, upTo, true), wanted);
  }

  /** Only these columns, in this order. */
  public ReadTable columns(String... names) {
    return new ReadTable(catalog, table, what, wanted.columns(List.of(names)));
  }

  /** Only rows for which this SQL expression over the table's columns is true. */
  public ReadTable where(String condition) {
    return new ReadTable(catalog, table, what, wanted.where(condition));
  }

  /** About how many bytes of files a worker takes at once; 64 MiB unless said. */
  public ReadTable splitBytes(long bytes) {
    return new ReadTable(catalog, table, what, wanted.splitBytes(bytes));
  }

  @Override
  public PCollection<RowBatch> expand(PBegin begin) {
    try (TableCatalog open = TableCatalog.open(catalog)) {
      Table loaded = open.load(table);
      Table copy = SerializableTable.copyOf(loaded);
      if (what instanceof What.Between between) {
        SnapshotRef upTo = between.upTo().pin(loaded, table);
        At after = between.after();
        Long from = after == null ? null : after.pin(loaded, table).snapshotId();
        return begin.apply(
            "Read", new TableRead(copy, upTo, new ChangePlan(from, between.changes()), wanted));
      }
      At at = ((What.State) what).at();
      Optional<Snapshot> found = at.find(loaded);
      if (at instanceof At.Current && found.isEmpty()) {
        return begin.apply("Read", new TableRead(copy, null, null, wanted));
      }
      return begin.apply("Read", new TableRead(copy, at.pin(loaded, table), null, wanted));
    }
  }

  /** The error for what is between two states but cannot be read as asked. */
  static HeadwaterException refused(SnapshotRef upTo, String what, String fix) {
    return new HeadwaterException(
        Kind.REFUSED, "Cannot read what came to " + upTo + ": " + what + ".", fix);
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.lineage.DataSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tables as they were when they were first asked for; each is loaded once. */
final class TableLook {
  private static final Logger LOG = LoggerFactory.getLogger(TableLook.class);

  private final Workspace workspace;
  private final Map<String, Optional<Table>> tables = new HashMap<>();

  TableLook(Workspace workspace) {
    this.workspace = workspace;
  }

  /** The table that an edge names, if it is there; lineage never fails what it tells of. */
  synchronized Optional<Table> find(Edge edge) {
    return tables.computeIfAbsent(
        edge.name(),
        name -> {
          try {
            var ref = workspace.named(name);
            return workspace.catalog(ref).find(ref);
          } catch (HeadwaterException e) {
            return Optional.empty();
          }
        });
  }

  /**
   * Where the table of an edge lies; where it will lie, if it isn't there and no version of it is
   * meant. Empty if that can't be known.
   */
  Optional<String> place(Edge edge) {
    Optional<Table> there = find(edge);
    if (there.isPresent() || !edge.version().isEmpty()) {
      return there.map(Table::location);
    }
    try {
      TableRef ref = workspace.named(edge.name());
      return workspace.catalog(ref).place(ref);
    } catch (RuntimeException e) {
      LOG.debug("where {} will lie is not known", edge.name(), e);
      return Optional.empty();
    }
  }

  /** The columns that the edge's version has; those of today where it is gone. */
  Optional<Schema> schema(Edge edge) {
    return find(edge).map(table -> schema(table, snapshot(table, edge)));
  }

  static @Nullable Snapshot snapshot(Table table, Edge edge) {
    return edge.version().isEmpty() ? null : table.snapshot(Long.parseLong(edge.version()));
  }

  static Schema schema(Table table, @Nullable Snapshot snapshot) {
    Schema then =
        snapshot == null || snapshot.schemaId() == null
            ? null
            : table.schemas().get(snapshot.schemaId());
    return then == null ? table.schema() : then;
  }

  static List<DataSet.Field> fields(Schema schema) {
    return schema.columns().stream()
        .map(f -> DataSet.Field.of(f.name(), f.type().toString()))
        .toList();
  }

  /** What a snapshot added, or all that is in it. */
  static DataSet.Statistics statistics(Snapshot snapshot, boolean written) {
    Map<String, String> s = snapshot.summary();
    return written
        ? new DataSet.Statistics(
            longOf(s, SnapshotSummary.ADDED_RECORDS_PROP),
            longOf(s, SnapshotSummary.ADDED_FILE_SIZE_PROP),
            longOf(s, SnapshotSummary.ADDED_FILES_PROP))
        : new DataSet.Statistics(
            longOf(s, SnapshotSummary.TOTAL_RECORDS_PROP),
            longOf(s, SnapshotSummary.TOTAL_FILE_SIZE_PROP),
            longOf(s, SnapshotSummary.TOTAL_DATA_FILES_PROP));
  }

  private static @Nullable Long longOf(Map<String, String> summary, String key) {
    String value = summary.get(key);
    return value == null ? null : Long.valueOf(value);
  }
}

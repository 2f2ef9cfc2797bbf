package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Tables as they were when they were first asked for; each is loaded once. */
final class TableLook {
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
}

package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.DataSetName;
import java.util.Optional;
import java.util.function.Function;
import org.apache.iceberg.Schema;

/**
 * What columns' ways are looked up in: what runs read, with its columns as they were then.
 *
 * @param names what lineage calls the thing of an edge
 */
record FlowLook(Workspace workspace, TableLook tables, Function<Edge, DataSetName> names) {
  DataSetName name(Edge edge) {
    return names.apply(edge);
  }

  /** The version of a table of the project that a run read. */
  Edge edge(Run run, String table) {
    return workspace
        .recorded()
        .input(run, table)
        .orElseThrow(() -> new IllegalArgumentException(run.id() + " reads no " + table));
  }

  /**
   * The columns of a version.
   *
   * @throws IllegalArgumentException if its table is gone
   */
  Schema schema(Edge edge) {
    return tables.schema(edge).orElseThrow(() -> new IllegalArgumentException(edge + " is gone"));
  }

  /** The run that wrote a version, and recorded how it was declared. */
  Optional<Run> writer(Edge edge) {
    return workspace.recorded().writersOf(edge).stream()
        .filter(run -> run.status() == Run.Status.SUCCEEDED)
        .filter(run -> run.parameters().containsKey(Staleness.DECLARATION))
        .findFirst();
  }

  /** An expression without the brackets that its canonical text has around all of it. */
  static String bare(String sql) {
    int depth = 0;
    for (int i = 0; i < sql.length(); i++) {
      depth += sql.charAt(i) == '(' ? 1 : sql.charAt(i) == ')' ? -1 : 0;
      if (depth == 0 && i < sql.length() - 1) {
        return sql;
      }
    }
    return sql.startsWith("(") ? sql.substring(1, sql.length() - 1) : sql;
  }
}

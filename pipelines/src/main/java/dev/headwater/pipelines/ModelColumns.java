package dev.headwater.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.expr.Expression;
import dev.headwater.lineage.ColumnSource;
import dev.headwater.lineage.DataSetName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A model's inputs by the names of their columns, and what brings them together. */
final class ModelColumns {
  final Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
  final Set<ColumnSource> rows = new LinkedHashSet<>();
  final Schema schema;
  final DataSetName spine;
  private final FlowLook look;

  /**
   * @param declared the model's declaration
   * @param run which reads the rows and the views
   * @param from the rows' table
   * @param time the rows' time
   */
  ModelColumns(FlowLook look, JsonNode declared, Run run, String from, String time) {
    this.look = look;
    Edge rowsEdge = look.edge(run, from);
    schema = look.schema(rowsEdge);
    spine = look.name(rowsEdge);
    declared
        .path("inputs")
        .fields()
        .forEachRemaining(
            input -> {
              if (input.getValue().isTextual()) {
                columns.put(input.getKey(), computed(input.getValue().asText(), ""));
              } else {
                joined(input.getKey(), input.getValue(), run, time);
              }
            });
  }

  List<ColumnSource> computed(String sql, String what) {
    List<ColumnSource> sources = new ArrayList<>();
    for (String column : Expression.parse(sql, schema).columns()) {
      boolean same = column.equals(sql) && what.isEmpty();
      sources.add(
          same
              ? ColumnSource.identity(spine, column)
              : ColumnSource.transformation(spine, column, what + FlowLook.bare(sql)));
    }
    return sources;
  }

  void steered(@Nullable String where) {
    if (where != null) {
      Expression.parse(where, schema)
          .columns()
          .forEach(c -> rows.add(ColumnSource.indirect(spine, c, "FILTER", FlowLook.bare(where))));
    }
  }

  private void joined(String alias, JsonNode input, Run run, String time) {
    Edge view = look.edge(run, input.path("view").asText());
    DataSetName name = look.name(view);
    JsonNode declared = look.writer(view).map(ColumnFlow::declared).orElse(input);
    Set<String> keys = new LinkedHashSet<>();
    declared.path("key").forEach(key -> keys.add(key.asText()));
    keys.add(declared.path("time").asText());
    for (String key : keys) {
      rows.add(ColumnSource.indirect(name, key, "JOIN", "as of " + time));
    }
    input
        .path("key")
        .forEach(key -> rows.add(ColumnSource.indirect(spine, key.asText(), "JOIN", alias)));
    rows.add(ColumnSource.indirect(spine, time, "JOIN", "as of " + time));
    for (Types.NestedField field : look.schema(view).columns()) {
      if (!keys.contains(field.name())) {
        columns.put(
            alias + "__" + field.name(), List.of(ColumnSource.identity(name, field.name())));
      }
    }
  }

  /** All of them, into one column. */
  List<ColumnSource> into(String how) {
    Set<ColumnSource> all = new LinkedHashSet<>();
    columns
        .values()
        .forEach(
            sources ->
                sources.forEach(
                    s -> all.add(ColumnSource.transformation(s.dataSet(), s.column(), how))));
    return List.copyOf(all);
  }
}

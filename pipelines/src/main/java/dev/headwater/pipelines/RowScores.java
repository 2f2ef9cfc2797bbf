package dev.headwater.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** What a prediction was made of: its row, each view's as of its time, the model's inputs. */
final class RowScores {
  private final Stages stages;
  private final RowSteps steps;

  RowScores(Stages stages, RowSteps steps) {
    this.stages = stages;
    this.steps = steps;
  }

  List<RowNode> of(Run run, JsonNode declared, RowFind.Row row, List<String> notes) {
    Optional<Edge> model = run.inputs().stream().filter(e -> e.kind().equals("model")).findFirst();
    String spine = declared.path("rows").asText();
    Table rows = steps.table(spine);
    Schema schema = TableLook.schema(rows, rows.snapshot(steps.pinned(run, spine, rows)));
    Map<String, @Nullable Object> same = new LinkedHashMap<>(row.values());
    same.keySet().removeIf(column -> schema.findField(column) == null);
    List<RowNode> nodes = new ArrayList<>();
    RowFind.Found found = steps.find(run, spine, same, null);
    if (found.count() > 0) {
      nodes.add(steps.rows(spine, rows, found, List.of()));
    }
    JsonNode trained =
        model
            .flatMap(e -> stages.workspace().registry().runs().writersOf(e).stream().findFirst())
            .map(ColumnFlow::declared)
            .orElse(declared);
    model.ifPresent(e -> notes.add("predicted by " + e.name() + "@" + e.version()));
    trained
        .path("inputs")
        .fields()
        .forEachRemaining(
            input -> {
              if (input.getValue().isTextual()) {
                notes.add(
                    "input "
                        + input.getKey()
                        + " = "
                        + row.shown().get(input.getKey())
                        + " is "
                        + FlowLook.bare(input.getValue().asText()));
              } else {
                nodes.add(
                    viewed(
                        run,
                        input.getKey(),
                        input.getValue(),
                        declared.path("time").asText(),
                        row));
              }
            });
    return nodes;
  }

  private RowNode viewed(Run run, String alias, JsonNode input, String time, RowFind.Row row) {
    String view = input.path("view").asText();
    Table table = steps.table(view);
    JsonNode declared =
        run.inputs().stream()
            .filter(e -> e.name().equals(stages.workspace().table(view).toString()))
            .flatMap(e -> stages.workspace().registry().runs().writersOf(e).stream())
            .findFirst()
            .map(ColumnFlow::declared)
            .orElse(input);
    Map<String, @Nullable Object> equal = new LinkedHashMap<>();
    for (int i = 0; i < input.path("key").size(); i++) {
      equal.put(
          declared.path("key").path(i).asText(),
          row.values().get(input.path("key").path(i).asText()));
    }
    equal.put(declared.path("time").asText(), row.values().get(time));
    RowFind.Found found = steps.find(run, view, equal, null);
    return found.count() == 0
        ? RowNode.of(
            view,
            Map.of("table", view, "count", 0),
            List.of("input " + alias + ": its key is null"))
        : steps.rows(view, table, found, List.of("input " + alias));
  }
}

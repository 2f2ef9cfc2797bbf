package dev.headwater.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.expr.Aggregate;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.Select;
import dev.headwater.lineage.ColumnSource;
import dev.headwater.lineage.DataSetName;
import dev.headwater.score.ScoreRows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/**
 * Which columns of what a run read are in which columns of what it wrote. It follows from the
 * declaration as the run recorded it, not as it is today, so it is true of old runs too.
 */
final class ColumnFlow {
  /** What a model gives for a row. */
  static final List<String> MODEL_COLUMNS = List.of(ScoreRows.PROBABILITY, ScoreRows.BASELINE);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final FlowLook look;

  ColumnFlow(FlowLook look) {
    this.look = look;
  }

  /**
   * What a run's output comes from.
   *
   * @param columns by column of the output
   * @param rows the columns that decide which rows there are
   */
  record Flow(Map<String, List<ColumnSource>> columns, List<ColumnSource> rows) {
    static final Flow UNKNOWN = new Flow(Map.of(), List.of());
  }

  /** The names that a source's columns have before the table calls them otherwise. */
  static Map<String, String> renamed(JsonNode declared) {
    Map<String, String> before = new LinkedHashMap<>();
    declared
        .path("schema")
        .path("rename")
        .fields()
        .forEachRemaining(e -> before.put(e.getValue().asText(), e.getKey()));
    return before;
  }

  /** Whether a run's source columns are known: not where a transform of the user's is between. */
  static boolean plain(Run run) {
    return run.stage().equals("ingest") && !declared(run).has("java");
  }

  static JsonNode declared(Run run) {
    try {
      return JSON.readTree(run.parameters().getOrDefault(Staleness.DECLARATION, "{}"));
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }

  /**
   * The flow into one of a run's outputs; unknown where a transform of the user's hides it, or the
   * declaration can't be understood any more.
   */
  Flow of(Run run, Edge output, Schema schema) {
    try {
      JsonNode declared = declared(run);
      return switch (run.stage()) {
        case "ingest" -> plain(run) ? ingest(run, declared, schema) : Flow.UNKNOWN;
        case "derive" -> declared.has("sql") ? derived(run, declared) : Flow.UNKNOWN;
        case "features" -> features(run, declared);
        case "train" -> train(run, declared);
        case "score" -> score(run, declared, schema);
        case "drift" -> drift(run, declared, schema);
        default -> same(run, output, schema);
      };
    } catch (IllegalArgumentException | HeadwaterException e) {
      return Flow.UNKNOWN;
    }
  }

  private Flow ingest(Run run, JsonNode declared, Schema schema) {
    Map<String, String> before = renamed(declared);
    Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
    for (Types.NestedField field : schema.columns()) {
      List<ColumnSource> sources = new ArrayList<>();
      for (Edge input : run.inputs()) {
        String column = before.getOrDefault(field.name(), field.name());
        sources.add(ColumnSource.identity(look.name(input), column));
      }
      columns.put(field.name(), sources);
    }
    return new Flow(columns, List.of());
  }

  private Flow derived(Run run, JsonNode declared) {
    Select query = Select.parse(declared.path("sql").asText());
    Map<String, Schema> schemas = new LinkedHashMap<>();
    Map<String, DataSetName> names = new LinkedHashMap<>();
    for (String table : query.tables()) {
      Edge from = look.edge(run, table);
      schemas.put(table, look.schema(from));
      names.put(table, look.name(from));
    }
    return QueryFlow.of(query.over(schemas), names);
  }

  private Flow features(Run run, JsonNode declared) {
    Edge from = look.edge(run, declared.path("from").asText());
    Schema schema = look.schema(from);
    DataSetName name = look.name(from);
    Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
    List<ColumnSource> rows = new ArrayList<>();
    for (JsonNode key : declared.path("key")) {
      columns.put(key.asText(), List.of(ColumnSource.identity(name, key.asText())));
      rows.add(ColumnSource.indirect(name, key.asText(), "GROUP_BY", "key"));
    }
    String time = declared.path("time").asText();
    columns.put(time, List.of(ColumnSource.identity(name, time)));
    rows.add(ColumnSource.indirect(name, time, "WINDOW", "time"));
    String known = declared.path("known").asText(time);
    for (String column : Expression.parse(known, schema).columns()) {
      if (!column.equals(known)) {
        rows.add(ColumnSource.indirect(name, column, "WINDOW", "known: " + FlowLook.bare(known)));
      }
    }
    declared
        .path("values")
        .fields()
        .forEachRemaining(
            value -> {
              String sql = value.getValue().asText();
              List<ColumnSource> sources = aggregated(Aggregate.parse(sql, schema), name, sql);
              if (!sources.isEmpty()) {
                for (JsonNode window : declared.path("windows")) {
                  columns.put(value.getKey() + "_" + window.asText(), sources);
                }
              }
            });
    return new Flow(columns, rows);
  }

  private static List<ColumnSource> aggregated(Aggregate value, DataSetName name, String sql) {
    String said = sql.replaceFirst("\\(\\((.*)\\)\\)$", "($1)");
    List<ColumnSource> sources = new ArrayList<>();
    value
        .argument()
        .ifPresent(
            argument ->
                argument
                    .columns()
                    .forEach(c -> sources.add(ColumnSource.aggregation(name, c, said))));
    value
        .filter()
        .ifPresent(
            filter ->
                filter
                    .columns()
                    .forEach(c -> sources.add(ColumnSource.indirect(name, c, "FILTER", said))));
    return sources;
  }

  private Flow train(Run run, JsonNode declared) {
    ModelColumns inputs =
        new ModelColumns(
            look, declared, run, declared.path("rows").asText(), declared.path("time").asText());
    inputs.steered(declared.path("where").asText(null));
    String by = declared.path("split").path("by").asText();
    inputs.rows.add(ColumnSource.indirect(inputs.spine, by, "FILTER", "split"));
    List<ColumnSource> learned = new ArrayList<>(inputs.into("train"));
    learned.addAll(inputs.computed(declared.path("label").asText(), "label: "));
    Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
    for (String column : MODEL_COLUMNS) {
      columns.put(column, learned);
    }
    return new Flow(columns, List.copyOf(inputs.rows));
  }

  private Flow score(Run run, JsonNode declared, Schema schema) {
    Edge model =
        run.inputs().stream()
            .filter(e -> e.kind().equals("model"))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no model"));
    JsonNode trained =
        look.writer(model).map(ColumnFlow::declared).orElseGet(JSON::createObjectNode);
    ModelColumns inputs =
        new ModelColumns(
            look, trained, run, declared.path("rows").asText(), declared.path("time").asText());
    inputs.steered(declared.path("where").asText(null));
    Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
    for (Types.NestedField field : inputs.schema.columns()) {
      columns.put(field.name(), List.of(ColumnSource.identity(inputs.spine, field.name())));
    }
    columns.putAll(inputs.columns);
    for (String column : MODEL_COLUMNS) {
      List<ColumnSource> sources = new ArrayList<>();
      sources.add(ColumnSource.transformation(look.name(model), column, "score"));
      sources.addAll(inputs.into("score"));
      columns.put(column, sources);
    }
    columns.put(ScoreRows.LABEL, labelled(inputs, trained.path("label").asText("")));
    columns.keySet().removeIf(column -> schema.findField(column) == null);
    return new Flow(columns, List.copyOf(inputs.rows));
  }

  /** Rows to score need not have what the label is computed from. */
  private static List<ColumnSource> labelled(ModelColumns inputs, String label) {
    try {
      return label.isEmpty() ? List.of() : inputs.computed(label, "label: ");
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  /** Each row of a drift report is about one column: each has a part in each figure. */
  private Flow drift(Run run, JsonNode declared, Schema schema) {
    Edge current = look.edge(run, declared.path("current").asText());
    List<ColumnSource> all = new ArrayList<>();
    for (Types.NestedField field : look.schema(current).columns()) {
      all.add(ColumnSource.aggregation(look.name(current), field.name(), "drift"));
    }
    Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
    for (String figure : List.of("psi", "js", "ks", "moved", "current_counts")) {
      if (schema.findField(figure) != null) {
        columns.put(figure, all);
      }
    }
    return new Flow(columns, List.of());
  }

  /** Maintenance leaves the columns as they are. */
  private Flow same(Run run, Edge output, Schema schema) {
    Optional<Edge> before =
        run.inputs().stream()
            .filter(e -> e.kind().equals(output.kind()) && e.name().equals(output.name()))
            .findFirst();
    if (before.isEmpty()) {
      return Flow.UNKNOWN;
    }
    Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
    for (Types.NestedField field : schema.columns()) {
      columns.put(
          field.name(), List.of(ColumnSource.identity(look.name(before.get()), field.name())));
    }
    return new Flow(columns, List.of());
  }
}

package dev.headwater.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.Select;
import dev.headwater.features.Window;
import dev.headwater.pipelines.project.KafkaDecl;
import dev.headwater.pipelines.project.TableDecl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * The way back of a row, by the run that wrote it: what that had pinned, and how it was declared
 * then.
 */
final class RowSteps {
  static final int MOST = 3;

  private final Stages stages;

  RowSteps(Stages stages) {
    this.stages = stages;
  }

  /** Rows of a table, and what they came from; of many the first one's way. */
  RowNode rows(String label, Table table, RowFind.Found found, List<String> notes) {
    RowFind.Row first = found.rows().get(0);
    Optional<Snapshot> snapshot = came(table, first);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("table", label);
    facts.put("count", found.count());
    List<String> said = new ArrayList<>();
    if (found.count() > 1) {
      said.add(
          Stages.grouped(found.count())
              + " rows"
              + (found.count() > MOST ? ", the first " + found.rows().size() + " shown" : "")
              + "; the way of the first one:");
    }
    said.addAll(notes);
    List<RowNode> from = new ArrayList<>();
    Optional<Run> run = snapshot.flatMap(s -> writer(label, s));
    if (run.isPresent()) {
      facts.put("run", run.get().id().toString());
      facts.put("stage", run.get().stage());
      said.add(
          "by "
              + run.get().stage()
              + ", run "
              + run.get().id()
              + " of "
              + run.get().started().toString().replaceFirst("\\.\\d+", ""));
      try {
        from.addAll(from(run.get(), first, said));
      } catch (HeadwaterException | IllegalArgumentException e) {
        said.add("its way can't be followed: " + e.getMessage());
      }
    } else if (mine(label)) {
      said.add("which run wrote it is not known any more: its snapshot has expired");
    }
    snapshot.ifPresent(s -> facts.put("snapshot", s.snapshotId()));
    return new RowNode(
        label + snapshot.map(s -> "@" + s.snapshotId()).orElse(""),
        facts,
        found.rows().stream().map(RowFind.Row::shown).toList(),
        said,
        from);
  }

  private boolean mine(String label) {
    return stages.project().targets().stream().anyMatch(t -> t.name().equals(label));
  }

  /** The snapshot that a row's file came with; what compaction wrote is followed before it. */
  private static Optional<Snapshot> came(Table table, RowFind.Row row) {
    Snapshot found = null;
    for (Snapshot s : table.snapshots()) {
      found = s.sequenceNumber() == row.added() ? s : found;
    }
    return Optional.ofNullable(found);
  }

  private Optional<Run> writer(String label, Snapshot snapshot) {
    String name = stages.workspace().table(label).toString();
    return stages
        .workspace()
        .registry()
        .runs()
        .writersOf(new Edge("table", name, Long.toString(snapshot.snapshotId())))
        .stream()
        .filter(run -> run.status() != Run.Status.FAILED)
        .findFirst();
  }

  private List<RowNode> from(Run run, RowFind.Row row, List<String> notes) {
    JsonNode declared = ColumnFlow.declared(run);
    return switch (run.stage()) {
      case "ingest" -> source(run, row, notes);
      case "derive" -> derived(run, declared, row, notes);
      case "features" -> windows(run, declared, row);
      case "score" -> new RowScores(stages, this).of(run, declared, row, notes);
      default -> {
        notes.add("it was there before: " + run.stage() + " wrote it anew as it was");
        yield List.of();
      }
    };
  }

  private List<RowNode> source(Run run, RowFind.Row row, List<String> notes) {
    TableDecl table =
        stages.project().tables().get(run.target().substring(run.target().indexOf('/') + 1));
    if (table == null) {
      return List.of();
    }
    Optional<KafkaDecl> topic = stages.project().topic(table);
    if (topic.isPresent()) {
      notes.add(record(run, topic.get(), row));
      return List.of();
    }
    List<Edge> files = SourceFind.read(stages, run);
    List<RowNode> nodes = new SourceFind(stages, table).of(files, row.shown());
    if (nodes.isEmpty()) {
      notes.add(
          "from one of "
              + String.join(", ", files.stream().map(Edge::name).limit(MOST).toList())
              + ", which don't have it any more as it is here");
    }
    return nodes;
  }

  /** What is known of a record: its place, where columns hold it, or the run's range. */
  private static String record(Run run, KafkaDecl topic, RowFind.Row row) {
    StringBuilder said = new StringBuilder("from topic " + topic.topic());
    topic
        .meta()
        .forEach(
            (column, meta) -> {
              if (row.values().get(column) != null
                  && (meta == KafkaDecl.Meta.PARTITION || meta == KafkaDecl.Meta.OFFSET)) {
                said.append(", ")
                    .append(meta == KafkaDecl.Meta.OFFSET ? "offset " : "partition ")
                    .append(row.values().get(column));
              }
            });
    if (said.indexOf("offset") < 0) {
      run.inputs().stream()
          .filter(e -> !e.kind().equals("table") && !e.version().isEmpty())
          .limit(1)
          .forEach(e -> said.append(", of the records up to ").append(e.version()));
    }
    return said.toString();
  }

  private List<RowNode> derived(Run run, JsonNode declared, RowFind.Row row, List<String> notes) {
    if (!declared.has("sql")) {
      notes.add(
          "made by "
              + declared.path("java").asText()
              + " of "
              + String.join(", ", tables(declared.path("from")))
              + ": no row can be followed behind a class");
      return List.of();
    }
    Select query = Select.parse(declared.path("sql").asText());
    Map<String, Schema> schemas = new LinkedHashMap<>();
    for (String name : query.tables()) {
      Table table = table(name);
      schemas.put(name, TableLook.schema(table, table.snapshot(pinned(run, name, table))));
    }
    List<RowNode> nodes = new ArrayList<>();
    for (QueryRows.Part part :
        new QueryRows((name, equal, where) -> find(run, name, equal, where), true)
            .of(query.over(schemas), row.values())) {
      nodes.add(part(part));
    }
    return nodes;
  }

  private RowNode part(QueryRows.Part part) {
    List<String> notes = part.note().isEmpty() ? List.of() : List.of(part.note());
    if (part.found().count() > 0) {
      return rows(part.table(), table(part.table()), part.found(), notes);
    }
    List<String> none = new ArrayList<>(notes);
    none.add("none: what is of it is null");
    return RowNode.of(part.table(), Map.of("table", part.table(), "count", 0), none);
  }

  private static List<String> tables(JsonNode array) {
    List<String> names = new ArrayList<>();
    array.forEach(name -> names.add(name.asText()));
    return names;
  }

  /** The rows of each window. */
  private List<RowNode> windows(Run run, JsonNode declared, RowFind.Row row) {
    String from = declared.path("from").asText();
    String time = declared.path("time").asText();
    Table table = table(from);
    Schema schema = TableLook.schema(table, table.snapshot(pinned(run, from, table)));
    Map<String, @Nullable Object> key = new LinkedHashMap<>();
    declared.path("key").forEach(k -> key.put(k.asText(), row.values().get(k.asText())));
    Type type = schema.findType(time);
    long at = (Long) Objects.requireNonNull(row.values().get(time));
    String known = declared.path("known").asText(time);
    List<RowNode> nodes = new ArrayList<>();
    for (JsonNode window : declared.path("windows")) {
      long begin = at - Window.parse(window.asText()).micros();
      String sql =
          "(%s) >= %s and (%s) < %s".formatted(known, moment(type, begin), known, moment(type, at));
      RowFind.Found found = find(run, from, key, Expression.parse(sql, schema));
      List<String> values = new ArrayList<>();
      declared
          .path("values")
          .fields()
          .forEachRemaining(
              v -> {
                String column = v.getKey() + "_" + window.asText();
                values.add(
                    column
                        + " = "
                        + row.shown().get(column)
                        + " is "
                        + FlowLook.bare(v.getValue().asText()));
              });
      String of =
          "of [%s, %s)".formatted(TableAnswers.shown(type, begin), TableAnswers.shown(type, at));
      List<String> notes = new ArrayList<>(List.of(of));
      notes.addAll(values);
      nodes.add(
          found.count() == 0
              ? RowNode.of(
                  from + " in " + window.asText(),
                  Map.of("table", from, "count", 0, "window", window.asText()),
                  notes)
              : rows(from, table, found, notes));
    }
    return nodes;
  }

  private static String moment(Type type, long micros) {
    return WhereRows.literal(type, String.valueOf(TableAnswers.shown(type, micros)));
  }

  RowFind.Found find(
      Run run, String name, Map<String, @Nullable Object> equal, @Nullable Expression where) {
    Table table = table(name);
    return RowFind.in(table, pinned(run, name, table), equal, where, MOST);
  }

  Table table(String name) {
    var ref = stages.workspace().table(name);
    return stages.workspace().catalog(ref).load(ref);
  }

  /** The state that a run read; what is there now, where that has expired. */
  long pinned(Run run, String name, Table table) {
    String full = stages.workspace().table(name).toString();
    for (Edge edge : run.inputs()) {
      if (edge.name().equals(full) && !edge.version().isEmpty()) {
        long id = Long.parseLong(edge.version());
        if (table.snapshot(id) != null) {
          return id;
        }
      }
    }
    return table.currentSnapshot().snapshotId();
  }
}

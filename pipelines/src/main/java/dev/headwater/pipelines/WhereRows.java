package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Alias;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.Trace;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.ViewDecl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Where rows of a key are: in the table, and in all tables to which its columns were copied; which
 * models have learned from them. Files are read, so it takes as long as they are large; what
 * statistics exclude is not read.
 */
final class WhereRows {
  private static final int NAMED = 5;

  /** Of what has no column of the key: nothing is a copy of it. */
  private static final Map<String, String> NO_KEY = Map.of("", "");

  private final Stages stages;
  private final RegistryFacts facts;
  private final Runs runs;

  /** By table, where in it rows are; tables that were looked at without a find are not in it. */
  private final Map<String, KeyRows> found = new LinkedHashMap<>();

  private final Set<String> computed = new TreeSet<>();
  private final Set<String> retrain = new LinkedHashSet<>();
  private final Set<String> looked = new LinkedHashSet<>();

  WhereRows(Stages stages, RunRecords records) {
    this.stages = stages;
    this.facts = new RegistryFacts(stages.workspace(), records, true);
    this.runs = stages.workspace().registry().runs();
  }

  Answer of(Question.WhereRows asked) {
    Target target = asked.table();
    Table table = new TableAnswers(stages).load(target);
    Map<String, String> key = named(stages, asked.key(), target);
    String condition = condition(table.schema(), key);
    look(target.name(), table, key);
    return answer(target, condition);
  }

  /** The key's columns by name; a value alone is one of the table's own key. */
  static Map<String, String> named(Stages stages, Map<String, String> key, Target target) {
    if (!key.containsKey("")) {
      return key;
    }
    TableDecl table = stages.project().tables().get(target.name());
    ViewDecl view = stages.project().features().get(target.name());
    List<String> own = table != null ? table.write().key() : view != null ? view.key() : List.of();
    if (own.size() != 1 || key.size() != 1) {
      throw ProjectLauncher.nothing(
          own.isEmpty()
              ? target.name() + " has no key of its own."
              : "The key of " + target.name() + " is " + String.join(", ", own) + ".",
          "say which column it is: --key COLUMN=VALUE"
              + (own.size() > 1 ? ", once for each of them." : "."));
    }
    return Map.of(own.get(0), key.getOrDefault("", ""));
  }

  /** The key as SQL. */
  static String condition(Schema schema, Map<String, String> key) {
    List<String> parts = new ArrayList<>();
    key.forEach(
        (column, value) -> {
          Types.NestedField field = schema.findField(column);
          if (field == null) {
            throw ProjectLauncher.nothing(
                "There is no column " + column + ".",
                "take one of: "
                    + String.join(
                        ", ", schema.columns().stream().map(Types.NestedField::name).toList())
                    + ".");
          }
          parts.add(quoted(column) + " = " + literal(field.type(), value));
        });
    String sql = String.join(" and ", parts);
    try {
      return Expression.parse(sql, schema).sql();
    } catch (ExpressionException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "No row can have this key: " + e.getMessage(),
          "write the value as the column has it.",
          e);
    }
  }

  static String quoted(String column) {
    return '"' + column.replace("\"", "\"\"") + '"';
  }

  /** A value that is shown as a text, as SQL has it. */
  static String literal(Type type, String value) {
    String quoted = "'" + value.replace("'", "''") + "'";
    return switch (type.typeId()) {
      case STRING -> quoted;
      case DATE -> "date " + quoted;
      case TIMESTAMP -> "timestamp " + quoted;
      default -> value.matches("[-+]?[0-9][0-9.eE+-]*|true|false") ? value : quoted;
    };
  }

  /** Looks into a table and then into those that its rows went into. */
  private void look(String label, Table table, Map<String, String> key) {
    if (!looked.add(label)) {
      return;
    }
    KeyRows rows =
        new KeyRows(table, Expression.parse(condition(table.schema(), key), table.schema()));
    if (rows.isEmpty()) {
      return;
    }
    found.put(label, rows);
    Map<String, Map<String, String>> copies = new LinkedHashMap<>();
    for (long snapshot : rows.snapshots().keySet()) {
      DataSet version =
          facts.dataSet(
              new dev.headwater.lineage.Facts.Version(
                  DataSet.Kind.TABLE, label, Long.toString(snapshot), java.time.Instant.EPOCH));
      follow(Trace.impact(facts, version).root(), key, copies);
    }
    copies.forEach(
        (name, its) -> {
          Edge edge = new Edge("table", stages.workspace().named(name).toString(), "");
          Optional<Table> there = new TableLook(stages.workspace()).find(edge);
          boolean has =
              there.isPresent()
                  && its.keySet().stream().allMatch(c -> there.get().schema().findField(c) != null);
          if (has) {
            look(name, there.get(), its);
          }
        });
  }

  /** What a version went into: tables with its key's columns, tables without, models. */
  private void follow(
      Trace.Node node, Map<String, String> key, Map<String, Map<String, String>> copies) {
    for (Trace.Node next : node.next()) {
      DataSet set = next.version();
      if (set.kind() == DataSet.Kind.MODEL && set.version() != null) {
        model(set);
      } else if (set.kind() == DataSet.Kind.TABLE && !set.label().equals(node.version().label())) {
        Map<String, String> its = copied(node.version(), set, key);
        if (its.size() == key.size()) {
          copies.putIfAbsent(set.label(), its);
        } else if (!copies.containsKey(set.label())) {
          computed.add(set.label());
        }
      }
      boolean same = set.label().equals(node.version().label());
      Map<String, String> on = same ? key : copied(node.version(), set, key);
      follow(next, on.size() == key.size() ? on : NO_KEY, copies);
    }
  }

  /** The key by the names that its columns have in what was made from their table. */
  private static Map<String, String> copied(DataSet from, DataSet to, Map<String, String> key) {
    Map<String, String> its = new LinkedHashMap<>();
    to.columnLineage()
        .forEach(
            (column, sources) ->
                sources.stream()
                    .filter(s -> s.subtype().equals("IDENTITY"))
                    .filter(s -> s.dataSet().equals(from.name()) && key.containsKey(s.column()))
                    .findFirst()
                    .ifPresent(s -> its.put(column, key.getOrDefault(s.column(), ""))));
    return its;
  }

  private void model(DataSet set) {
    var registry = stages.workspace().registry().models();
    String project = stages.project().name();
    List<String> aliases =
        registry.aliases(project, set.label()).stream()
            .filter(a -> Integer.toString(a.version()).equals(set.version()))
            .map(Alias::name)
            .toList();
    retrain.add(
        set.shortName() + (aliases.isEmpty() ? "" : " (" + String.join(", ", aliases) + ")"));
  }

  /** The source files that runs were the first to read which wrote the rows' files. */
  private Set<String> sources(String label) {
    Set<String> files = new TreeSet<>();
    KeyRows rows = found.get(label);
    if (rows == null) {
      return files;
    }
    String name = stages.workspace().named(label).toString();
    for (long snapshot : new TreeSet<>(rows.files().values())) {
      for (Run run : runs.writersOf(new Edge("table", name, Long.toString(snapshot)))) {
        SourceFind.read(stages, run).forEach(e -> files.add(e.name()));
      }
    }
    return files;
  }

  private Answer answer(Target target, String condition) {
    computed.removeAll(found.keySet());
    Set<String> sources = sources(target.name());
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", target.name());
    data.put("where", condition);
    Map<String, Object> tables = new LinkedHashMap<>();
    List<List<String>> rows = new ArrayList<>();
    found.forEach(
        (label, at) -> {
          Map<String, Object> facts = new LinkedHashMap<>();
          facts.put("rows", at.now());
          facts.put("files", List.copyOf(at.files().keySet()));
          facts.put("snapshots", at.snapshots().keySet().stream().map(String::valueOf).toList());
          facts.put("refs", at.refs());
          tables.put(label, facts);
          rows.add(
              List.of(
                  label,
                  Stages.grouped(at.now()),
                  Stages.grouped(at.files().size()),
                  Stages.grouped(at.snapshots().size()),
                  few(at.refs())));
        });
    data.put("tables", tables);
    data.put("source_files", List.copyOf(sources));
    data.put("computed", List.copyOf(computed));
    data.put("retrain", List.copyOf(retrain));
    List<Answer.Block> blocks = new ArrayList<>();
    if (found.isEmpty()) {
      blocks.add(
          new Answer.Block.Line(
              "No file of " + target.name() + " has a row with " + condition + "."));
      return Answer.of(data, blocks);
    }
    blocks.add(new Answer.Block.Line("Rows with " + condition + ":"));
    blocks.add(
        new Answer.Block.Grid(List.of("table", "rows now", "files", "snapshots", "kept by"), rows));
    blocks.add(new Answer.Block.Line(""));
    line("They came from", sources, blocks);
    line("Computed from them, without rows of their own", computed, blocks);
    line("Have learned from them, and would have to be trained again", retrain, blocks);
    return Answer.of(data, blocks);
  }

  private static void line(String what, Set<String> names, List<Answer.Block> blocks) {
    if (!names.isEmpty()) {
      blocks.add(new Answer.Block.Line(what + ": " + few(List.copyOf(names))));
    }
  }

  private static String few(List<String> names) {
    int more = names.size() - NAMED;
    return more <= 0
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, NAMED)) + " and " + more + " more";
  }
}

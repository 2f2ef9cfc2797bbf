package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.pipelines.project.DerivedDecl;
import dev.headwater.pipelines.project.ScoreDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.ViewDecl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What became of a row that is not in a table: where on its way it was lost, and why. */
final class RowFate {
  private static final int DEEP = 8;

  private final Stages stages;
  private final RowSteps steps;

  RowFate(Stages stages) {
    this.stages = stages;
    this.steps = new RowSteps(stages);
  }

  /**
   * Of a row with these values.
   *
   * @param equal by column of the table, as they are read
   * @param condition the same as SQL over the table
   */
  RowNode of(String label, Map<String, @Nullable Object> equal, Expression condition) {
    Table table = steps.table(label);
    List<String> notes = new ArrayList<>();
    List<RowNode> from = new ArrayList<>();
    notes.add("no row with " + condition.sql());
    went(label, table, condition, notes);
    from.addAll(lost(label, table.schema(), equal, notes, DEEP));
    return new RowNode(label, Map.of("table", label, "count", 0), List.of(), notes, from);
  }

  /** Whether it was there once, and what took it away. */
  private void went(String label, Table table, Expression condition, List<String> notes) {
    Map<Long, Long> had = new KeyRows(table, condition).snapshots();
    List<Snapshot> all = new ArrayList<>();
    table.snapshots().forEach(all::add);
    for (int i = all.size() - 1; i > 0; i--) {
      long before = all.get(i - 1).snapshotId();
      if (had.containsKey(before)) {
        String name = stages.workspace().table(label).toString();
        String gone = Long.toString(all.get(i).snapshotId());
        Optional<Run> run =
            stages.workspace().registry().runs().writersOf(new Edge("table", name, gone)).stream()
                .findFirst();
        notes.add(
            "it was there until snapshot "
                + before
                + "; "
                + run.map(r -> r.stage() + ", run " + r.id()).orElse("somebody")
                + " took it away with snapshot "
                + gone);
        return;
      }
    }
  }

  private List<RowNode> lost(
      String label,
      Schema schema,
      Map<String, @Nullable Object> equal,
      List<String> notes,
      int deep) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    equal.forEach((c, v) -> shown.put(c, TableAnswers.shown(schema.findType(c), v)));
    List<RowNode> letters = RowLetters.of(stages, label, shown);
    if (!letters.isEmpty() || deep == 0) {
      return letters;
    }
    Target target =
        stages.project().targets().stream()
            .filter(t -> t.name().equals(label) && t.kind() != Target.Kind.MODEL)
            .findFirst()
            .orElse(null);
    if (target == null) {
      notes.add("it is a table of others: nothing is known of what is not in it");
      return List.of();
    }
    return switch (target.kind()) {
      case TABLE -> files(target, shown, notes);
      case DERIVED -> query(target, equal, notes, deep);
      case FEATURES -> view(target, equal, notes, deep);
      case SCORE -> scores(target, equal, deep);
      default -> List.of();
    };
  }

  private List<RowNode> files(
      Target target, Map<String, @Nullable Object> shown, List<String> notes) {
    TableDecl table = stages.project().tables().get(target.name());
    if (table == null || stages.project().topic(table).isPresent()) {
      notes.add("it is no letter: no record that was read had it, or a later one took its place");
      return List.of();
    }
    List<Edge> files =
        stages
            .workspace()
            .registry()
            .runs()
            .list(stages.project().name(), target.toString(), Run.Status.SUCCEEDED, null, 1)
            .stream()
            .flatMap(run -> run.inputs().stream())
            .toList();
    List<RowNode> nodes = new SourceFind(stages, table).of(files, shown);
    notes.add(
        nodes.isEmpty()
            ? "it is no letter, and none of the "
                + files.size()
                + " files that the last run knew has it"
            : "it is no letter, but in its source: a row that came later took its place, or it was"
                + " removed");
    return nodes;
  }

  private List<RowNode> query(
      Target target, Map<String, @Nullable Object> equal, List<String> notes, int deep) {
    DerivedDecl table = stages.project().derived().get(target.name());
    if (table == null || table.sql() == null) {
      notes.add("it is made by a class: what that leaves out is not known");
      return List.of();
    }
    Map<String, Schema> schemas = new LinkedHashMap<>();
    table.from().forEach(name -> schemas.put(name, steps.table(name).schema()));
    QueryPlan plan = table.query().over(schemas);
    List<RowNode> nodes = new ArrayList<>();
    for (QueryRows.Part part : new QueryRows(this::now, false).of(plan, equal)) {
      nodes.add(part(part, deep));
    }
    return nodes;
  }

  private RowNode part(QueryRows.Part part, int deep) {
    List<String> notes = new ArrayList<>();
    if (!part.note().isEmpty()) {
      notes.add(part.note());
    }
    if (part.asked().isEmpty()) {
      notes.add("nothing that is asked for comes from a column of it");
      return RowNode.of(part.table(), Map.of("table", part.table()), notes);
    }
    if (part.found().count() == 0) {
      notes.add("has no row with " + said(part));
      Schema schema = steps.table(part.table()).schema();
      return new RowNode(
          part.table(),
          Map.of("table", part.table(), "count", 0),
          List.of(),
          notes,
          lost(part.table(), schema, part.asked(), notes, deep - 1));
    }
    Expression where = part.where();
    if (where != null && now(part.table(), part.asked(), where).count() == 0) {
      notes.add(
          "left out: " + FlowLook.bare(where.canonical()).replace("\"", "") + " is not true of it");
    }
    return steps.rows(part.table(), steps.table(part.table()), part.found(), notes);
  }

  private String said(QueryRows.Part part) {
    Schema schema = steps.table(part.table()).schema();
    List<String> parts = new ArrayList<>();
    part.asked()
        .forEach(
            (column, value) ->
                parts.add(column + " = " + TableAnswers.shown(schema.findType(column), value)));
    return String.join(", ", parts);
  }

  private RowFind.Found now(
      String name, Map<String, @Nullable Object> equal, @Nullable Expression where) {
    Table table = steps.table(name);
    Snapshot current = table.currentSnapshot();
    return current == null
        ? RowFind.Found.NOTHING
        : RowFind.in(table, current.snapshotId(), equal, where, RowSteps.MOST);
  }

  private List<RowNode> view(
      Target target, Map<String, @Nullable Object> equal, List<String> notes, int deep) {
    ViewDecl view = stages.project().features().get(target.name());
    if (view == null) {
      return List.of();
    }
    Map<String, @Nullable Object> asked = new LinkedHashMap<>(equal);
    asked.keySet().removeIf(c -> !view.key().contains(c) && !c.equals(view.time()));
    notes.add("a view has a row for each key and time of " + view.from() + " and of what joins it");
    return List.of(part(one(view.from(), asked, null), deep));
  }

  private List<RowNode> scores(Target target, Map<String, @Nullable Object> equal, int deep) {
    ScoreDecl score = stages.project().scores().get(target.name());
    if (score == null) {
      return List.of();
    }
    Schema schema = steps.table(score.rows()).schema();
    Map<String, @Nullable Object> asked = new LinkedHashMap<>(equal);
    asked.keySet().removeIf(c -> schema.findField(c) == null);
    String where = score.where();
    return List.of(
        part(
            one(score.rows(), asked, where == null ? null : Expression.parse(where, schema)),
            deep));
  }

  private QueryRows.Part one(
      String table, Map<String, @Nullable Object> asked, @Nullable Expression where) {
    return new QueryRows.Part(table, asked, where, now(table, asked, null), "");
  }

  /** The columns' names, for those who asked for others. */
  static List<String> names(Schema schema) {
    return schema.columns().stream().map(Types.NestedField::name).toList();
  }
}

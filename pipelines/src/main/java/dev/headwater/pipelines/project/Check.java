package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.expr.Aggregate;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.derive.DeriveQuery;
import dev.headwater.model.UserNetwork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Checks a project's columns and expressions against the schemas of its tables, where known, and
 * that the user's classes are there.
 */
final class Check {
  private final Project project;
  private final Map<String, Schema> schemas;
  private final List<Problem> problems = new ArrayList<>();

  Check(Project project, Map<String, Schema> schemas) {
    this.project = project;
    this.schemas = schemas;
  }

  List<Problem> problems() {
    project.tables().forEach(this::steps);
    project.models().forEach(this::network);
    project.tables().forEach(this::table);
    project.derived().forEach(this::derived);
    project.features().forEach(this::view);
    project.models().forEach(this::model);
    project.scores().forEach(this::score);
    return List.copyOf(problems);
  }

  private void table(String name, TableDecl table) {
    Schema schema = schemas.get(name);
    if (schema == null) {
      return;
    }
    String path = "tables." + name;
    laid(name, schema, table.time(), table.partition());
    Write write = table.write();
    write.key().forEach(key -> column(path + ".key", name, schema, key));
    condition(path + ".write.overwrite", schema, write.where());
    condition(path + ".delete", schema, write.delete());
    Route route = write.route();
    Type by = route == null ? null : column(path + ".route", name, schema, route.by());
    if (by != null && by.typeId() != Type.TypeID.STRING) {
      problem(path + ".route", "must be a text, which names tables, but it is " + by);
    }
    if (write.order() != null) {
      column(path + ".order", name, schema, write.order());
    }
  }

  private void derived(String name, DerivedDecl table) {
    String path = "tables." + name;
    try {
      if (table.through() != null) {
        table.object();
      }
    } catch (HeadwaterException e) {
      refused(path + ".java", e);
    }
    if (table.sql() != null
        && !table.from().isEmpty()
        && schemas.keySet().containsAll(table.from())) {
      Map<String, Schema> sources = new LinkedHashMap<>();
      table.from().forEach(from -> sources.put(from, schemas.get(from)));
      try {
        DeriveQuery.check(name, table.query().over(sources));
      } catch (ExpressionException e) {
        int key = project.origin().line(path + ".sql").orElse(0);
        e.problems()
            .forEach(
                p ->
                    problems.add(
                        new Problem(
                            project.origin().file(path),
                            DerivedSection.line(key, table.sql(), p.line()),
                            path + ".sql",
                            DerivedSection.placed(p))));
      } catch (HeadwaterException e) {
        refused(path + ".sql", e);
      }
    }
    Schema schema = schemas.get(name);
    if (schema != null) {
      laid(name, schema, table.time(), table.partition());
    }
  }

  /** What is said of the columns of a table, however it is filled. */
  private void laid(String name, Schema schema, @Nullable String time, List<Partition> partitions) {
    String path = "tables." + name;
    if (time != null) {
      time(path + ".time", name, schema, time);
    }
    for (Sort field : project.keep(name).sort()) {
      if (column(path + ".sort", name, schema, field.by().column()) != null) {
        try {
          Sort.order(schema, List.of(field));
        } catch (ValidationException | IllegalArgumentException e) {
          problem(path + ".sort", field + ": " + e.getMessage());
        }
      }
    }
    for (Partition partition : partitions) {
      if (column(path + ".partition", name, schema, partition.column()) != null) {
        try {
          Partition.spec(schema, List.of(partition));
        } catch (ValidationException | IllegalArgumentException e) {
          problem(path + ".partition", partition + ": " + e.getMessage());
        }
      }
    }
  }

  private void steps(String name, TableDecl table) {
    for (Step step : table.steps()) {
      try {
        step.object();
      } catch (HeadwaterException e) {
        refused("tables." + name + ".java", e);
      }
    }
  }

  private void network(String name, ModelDecl model) {
    if (model.network() instanceof Network.Java java) {
      try {
        UserNetwork.check(java.name());
      } catch (HeadwaterException e) {
        refused("models." + name + ".network.java", e);
      }
    }
  }

  private void view(String name, ViewDecl view) {
    Schema schema = schemas.get(view.from());
    if (schema == null) {
      return;
    }
    String path = "features." + name;
    view.key().forEach(key -> column(path + ".key", view.from(), schema, key));
    time(path + ".time", view.from(), schema, view.time());
    Type known = expression(path + ".known", schema, view.known());
    if (known != null && known.typeId() != Type.TypeID.TIMESTAMP) {
      problem(path + ".known", "must be a timestamp, not " + known);
    }
    view.values()
        .forEach(
            (value, sql) -> {
              try {
                Aggregate.parse(sql, schema).type();
              } catch (ExpressionException e) {
                problems(path + ".values." + value, e);
              }
            });
  }

  private void model(String name, ModelDecl model) {
    Schema schema = schemas.get(model.rows());
    if (schema == null) {
      return;
    }
    String path = "models." + name;
    time(path + ".time", model.rows(), schema, model.time());
    time(path + ".split.by", model.rows(), schema, model.split().by());
    condition(path + ".where", schema, model.where());
    condition(path + ".label", schema, model.label());
    model
        .inputs()
        .forEach(
            (alias, input) -> {
              String at = path + ".inputs." + alias;
              if (input instanceof Input.Of of) {
                expression(at, schema, of.expression());
              } else if (input instanceof Input.View view) {
                key(at, model.rows(), schema, view);
              }
            });
  }

  /** The rows' columns hold what the view's key holds. */
  private void key(String path, String table, Schema schema, Input.View input) {
    ViewDecl view = project.features().get(input.view());
    Schema viewed = view == null ? null : schemas.get(view.from());
    for (int i = 0; i < input.key().size(); i++) {
      Type type = column(path + ".key", table, schema, input.key().get(i));
      Types.NestedField theirs =
          view == null || viewed == null ? null : viewed.findField(view.key().get(i));
      if (type != null && theirs != null && !type.equals(theirs.type())) {
        problem(
            path + ".key",
            "'"
                + input.key().get(i)
                + "' is "
                + type
                + ", but the key of "
                + input.view()
                + " is "
                + theirs.type());
      }
    }
  }

  private void score(String name, ScoreDecl score) {
    Schema schema = schemas.get(score.rows());
    if (schema != null) {
      time("scores." + name + ".time", score.rows(), schema, score.time());
      condition("scores." + name + ".where", schema, score.where());
    }
  }

  private void condition(String path, Schema schema, @Nullable String sql) {
    Type type = sql == null ? null : expression(path, schema, sql);
    if (type != null && type.typeId() != Type.TypeID.BOOLEAN) {
      problem(path, "must be true or false, but `" + sql + "` is " + type);
    }
  }

  private @Nullable Type expression(String path, Schema schema, String sql) {
    try {
      return Expression.parse(sql, schema).type();
    } catch (ExpressionException e) {
      problems(path, e);
      return null;
    }
  }

  private void time(String path, String table, Schema schema, String column) {
    Type type = column(path, table, schema, column);
    if (type != null && type.typeId() != Type.TypeID.TIMESTAMP) {
      problem(path, "'" + column + "' is " + type + ", not a timestamp");
    }
  }

  private @Nullable Type column(String path, String table, Schema schema, String column) {
    for (Types.NestedField field : schema.columns()) {
      if (field.name().equals(column)) {
        return field.type();
      }
    }
    List<String> names = schema.columns().stream().map(Types.NestedField::name).toList();
    problem(path, "no column '" + column + "' in table " + table + "." + Nearest.of(column, names));
    return null;
  }

  private void problems(String path, ExpressionException e) {
    e.problems().forEach(p -> problem(path, p.what()));
  }

  private void refused(String path, HeadwaterException e) {
    problems.add(project.origin().problem(path, e));
  }

  private void problem(String path, String what) {
    problems.add(project.origin().problem(path, what));
  }
}

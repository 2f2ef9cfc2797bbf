package dev.headwater.pipelines.project;

import dev.headwater.columns.expr.ExpressionException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks each declaration by itself, for what a file's reader sees at once and Java code can still
 * get wrong: names, gaps, expressions that can't be read.
 */
final class Basics {
  private final Project project;
  private final List<Problem> problems = new ArrayList<>();

  private Basics(Project project) {
    this.project = project;
  }

  static List<Problem> check(Project project) {
    Basics check = new Basics(project);
    Stream.concat(
            Stream.of("project." + project.name()),
            Targets.declared(project).stream().map(Target::path))
        .filter(path -> !path.substring(path.indexOf('.') + 1).matches("[A-Za-z_][A-Za-z0-9_]*"))
        .forEach(
            path ->
                check.problem(
                    path, "is not a name: letters, digits and _, not beginning with a digit"));
    project
        .sources()
        .values()
        .forEach(
            source ->
                source
                    .paths()
                    .forEach(
                        path -> {
                          String refusal = SourceDecl.refusal(path);
                          if (refusal != null) {
                            check.problem("sources." + source.name(), refusal);
                          }
                        }));
    project
        .tables()
        .forEach((name, table) -> check.sql("tables." + name + ".write", table.write().where()));
    project
        .derived()
        .forEach(
            (name, table) -> {
              if (table.sql() == null) {
                return;
              }
              try {
                table.query();
              } catch (ExpressionException e) {
                e.problems()
                    .forEach(
                        p -> check.problem("tables." + name + ".sql", DerivedSection.placed(p)));
              }
            });
    project
        .features()
        .forEach(
            (name, view) -> {
              check.missing("features." + name + ".time", view.time());
              check.sql("features." + name + ".known", view.known());
              view.values()
                  .forEach((value, sql) -> check.sql("features." + name + ".values." + value, sql));
            });
    project
        .models()
        .forEach(
            (name, model) -> {
              String path = "models." + name;
              check.missing(path + ".time", model.time());
              check.missing(path + ".label", model.label());
              check.missing(path + ".split", model.split().by());
              check.sql(path + ".label", model.label());
              check.sql(path + ".where", model.where());
              model
                  .inputs()
                  .forEach(
                      (alias, input) -> {
                        if (input instanceof Input.Of of) {
                          check.sql(path + ".inputs." + alias, of.expression());
                        }
                      });
            });
    project
        .scores()
        .forEach((name, score) -> check.sql("scores." + name + ".where", score.where()));
    return check.problems;
  }

  private void missing(String path, String text) {
    if (text.isEmpty()) {
      problem(path, "is missing");
    }
  }

  private void sql(String path, @Nullable String text) {
    String complaint = text == null || text.isEmpty() ? null : Sql.complaint(text);
    if (complaint != null) {
      problem(path, complaint);
    }
  }

  private void problem(String path, String what) {
    problems.add(project.origin().problem(path, what));
  }
}

package dev.headwater.pipelines.project;

import dev.headwater.catalog.At;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.expr.ExpressionException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Checks a project's declarations against each other, however they were written. */
final class References {
  private final Project project;
  private final Set<String> broken;
  private final List<Problem> problems = new ArrayList<>();

  private References(Project project, Set<String> broken) {
    this.project = project;
    this.broken = broken;
  }

  /**
   * All that doesn't fit together.
   *
   * @param broken dotted names of declarations that exist but could not be read
   */
  static List<Problem> check(Project project, Set<String> broken) {
    References check = new References(project, broken);
    NameRules.check(project, check::problem);
    check.foreign();
    check.keeps();
    ResourceRules.check(project, broken, check::problem);
    check.references();
    if (check.problems.isEmpty() && broken.isEmpty()) {
      check.problems.addAll(Circles.check(project));
    }
    return check.problems;
  }

  private void foreign() {
    if (project.catalogs().containsKey(project.name())) {
      problem("catalogs." + project.name(), "has the project's own name. Choose another.");
    }
    for (String there : project.environments().names()) {
      if (project.catalogs().containsKey(Environment.FROM + there)) {
        problem(
            "catalogs." + Environment.FROM + there,
            "is what tables are called that are read from environment "
                + there
                + ". Choose another.");
      }
    }
    project.projects().values().forEach(this::neighbour);
    for (SourceDecl source : project.sources().values()) {
      if (source.table() != null && !source.table().isEmpty()) {
        String complaint = Foreign.complaint(project, source.table());
        String catalog = source.table().substring(0, Math.max(0, source.table().indexOf('.')));
        if (complaint != null && !broken.contains("catalogs." + catalog)) {
          problem("sources." + source.name() + ".table", complaint);
        }
      }
    }
  }

  private void neighbour(Neighbour other) {
    String path = "projects." + other.name();
    if (other instanceof Neighbour.InCatalog in) {
      if (!in.catalog().equals(TableRef.DEFAULT_CATALOG)) {
        known(path + ".catalog", "catalog", in.catalog(), project.catalogs().keySet(), "catalogs");
      }
    } else if (project.catalogs().containsKey(other.name())
        || other.name().equals(TableRef.DEFAULT_CATALOG)) {
      problem(path, "has the name of a catalog. Choose another.");
    }
  }

  private void keeps() {
    Set<String> made = new HashSet<>();
    Targets.declared(project).stream()
        .filter(target -> target.kind() != Target.Kind.MODEL)
        .forEach(target -> made.add(target.name()));
    for (String name : project.keeps().keySet()) {
      if (!made.contains(name)) {
        known("maintain." + name, "table", name, made, "tables");
      }
    }
    project.keeps().forEach(this::settings);
    for (Target target : Targets.declared(project)) {
      String catalog = project.keep(target.name()).catalog();
      if (catalog.equals(TableRef.DEFAULT_CATALOG) || broken.contains("catalogs." + catalog)) {
        continue;
      }
      String path = target.path() + ".catalog";
      CatalogDecl declared = project.catalogs().get(catalog);
      if (declared == null) {
        known(path, "catalog", catalog, project.catalogs().keySet(), "catalogs");
      } else if (declared.access() == CatalogDecl.Access.READ) {
        problem(
            path,
            "'"
                + catalog
                + "' is read only. Write access: write in catalogs."
                + catalog
                + ", or take another.");
      }
    }
  }

  private void settings(String name, Keep keep) {
    String path =
        Targets.declared(project).stream()
            .filter(target -> target.name().equals(name) && target.kind() != Target.Kind.MODEL)
            .map(Target::path)
            .findFirst()
            .orElse("tables." + name);
    keep.properties()
        .forEach(
            (property, value) -> {
              String complaint = PropertyRules.complaint(property, value);
              if (complaint != null) {
                problem(path + ".properties." + property, complaint);
              }
            });
    twice(path + ".sort", keep.sort().stream().map(field -> field.by().toString()).toList());
  }

  private void references() {
    project
        .tables()
        .forEach(
            (name, table) -> {
              String path = "tables." + name + ".from";
              known(path, "source", table.from(), project.sources().keySet(), "sources");
              SourceDecl source = project.sources().get(table.from());
              if (source != null && source.table() != null) {
                problem(
                    path,
                    "'"
                        + table.from()
                        + "' is a table already. Name it where rows are asked for: features,"
                        + " models, scores");
              }
              new WriteRules(this::problem)
                  .check("tables." + name, table, project.topic(table).orElse(null));
            });
    project.derived().values().forEach(this::derived);
    project
        .features()
        .forEach(
            (name, view) -> {
              String path = "features." + name;
              rows(path + ".from", view.from());
              twice(path + ".windows", view.windows().stream().map(Window::text).toList());
              twice(path + ".key", view.key());
              if (view.windows().isEmpty() && !broken.contains(path)) {
                problem(path + ".windows", "is empty. Write one at least: [24h]");
              }
              if (view.values().isEmpty() && !broken.contains(path)) {
                problem(path + ".values", "is empty. Write one at least: {rows: count(*)}");
              }
            });
    project
        .models()
        .forEach(
            (name, model) -> {
              String path = "models." + name;
              rows(path + ".rows", model.rows());
              if (model.inputs().isEmpty() && !broken.contains(path)) {
                problem(path + ".inputs", "is empty. Write one at least: {distance: distance}");
              }
              model
                  .inputs()
                  .forEach(
                      (alias, input) -> {
                        if (input instanceof Input.View join) {
                          input(path + ".inputs." + alias, join);
                        }
                      });
            });
    project
        .scores()
        .forEach(
            (name, score) -> {
              model("scores." + name + ".model", score.model());
              if (!score.rows().isEmpty()) {
                rows("scores." + name + ".rows", score.rows());
              }
            });
    project.monitors().values().forEach(this::monitor);
  }

  /** What it reads are tables of any kind, views too. */
  private void derived(DerivedDecl table) {
    String path = "tables." + table.name();
    twice(path + ".from", table.from());
    for (String name : table.from()) {
      if (project.features().containsKey(name) || broken.contains("features." + name)) {
        continue;
      }
      if (table.sql() == null) {
        rows(path + ".from", name);
        continue;
      }
      int before = problems.size();
      rows(path + ".sql", name);
      if (problems.size() > before) {
        Problem told = problems.remove(before);
        ExpressionException.Problem at = table.query().problem(name, told.what());
        int line = DerivedSection.line(told.line(), table.sql(), at.line());
        problems.add(new Problem(told.file(), line, path + ".sql", DerivedSection.placed(at)));
      }
    }
  }

  private void monitor(MonitorDecl monitor) {
    String path = "monitors." + monitor.name();
    MonitorDecl.Reference reference = monitor.reference();
    ModelRef model = monitor.model();
    if (model == null) {
      rows(path + ".current", monitor.current());
      if (reference != null) {
        rows(path + ".reference", reference.table());
        if (reference.table().equals(monitor.current()) && reference.at() instanceof At.Current) {
          problem(
              path + ".reference",
              "is the table itself as it is now. Say since when: "
                  + reference.table()
                  + "@tag:<a tag of it>");
        }
      }
      return;
    }
    boolean scores =
        known(path + ".current", "score", monitor.current(), project.scores().keySet(), "scores");
    if (!model.model().isEmpty()) {
      model(path + ".model", model);
    }
    ScoreDecl score = project.scores().get(monitor.current());
    if (scores && score != null && !score.model().model().equals(model.model())) {
      problem(
          path + ".model",
          "is '"
              + model.model()
              + "', but "
              + monitor.current()
              + " is scored by '"
              + score.model().model()
              + "'");
    }
  }

  private void input(String path, Input.View join) {
    if (!known(
        path + ".view", "feature view", join.view(), project.features().keySet(), "features")) {
      return;
    }
    ViewDecl view = project.features().get(join.view());
    if (view != null && view.key().size() != join.key().size()) {
      problem(
          path + ".key",
          view.key().isEmpty()
              ? "view " + join.view() + " has no key. Leave it out."
              : "names "
                  + join.key().size()
                  + " columns for a key of "
                  + view.key().size()
                  + ": "
                  + String.join(", ", view.key()));
    }
  }

  private void model(String path, ModelRef ref) {
    if (ref.model().isEmpty()) {
      return;
    }
    known(path, "model", ref.model(), project.models().keySet(), "models");
    if (!ref.version().matches("[a-z][a-z0-9_-]*|[1-9][0-9]{0,8}")) {
      problem(
          path, "'" + ref + "': after the @ comes an alias (champion) or a version's number (7)");
    }
  }

  private void rows(String path, String name) {
    Set<String> all = new TreeSet<>(project.tables().keySet());
    all.addAll(project.derived().keySet());
    all.addAll(project.scores().keySet());
    project.sources().values().stream()
        .filter(source -> source.table() != null)
        .forEach(source -> all.add(source.name()));
    if (broken.contains("sources." + name)) {
      return;
    }
    if (!name.isEmpty() && !all.contains(name) && !broken.contains("scores." + name)) {
      known(path, "table", name, all, "tables");
    }
  }

  private boolean known(String path, String what, String name, Set<String> known, String noun) {
    // Empty: it is missing, and was said to be.
    if (known.contains(name) || name.isEmpty()) {
      return true;
    }
    if (!broken.contains(noun + "." + name)) {
      Set<String> all = new TreeSet<>(known);
      broken.stream()
          .filter(b -> b.startsWith(noun + "."))
          .forEach(b -> all.add(b.substring(noun.length() + 1)));
      problem(
          path,
          "no "
              + what
              + " '"
              + name
              + "'."
              + Nearest.of(name, all)
              + (all.isEmpty() ? " There is none." : " There is " + Nearest.few(name, all) + "."));
    }
    return false;
  }

  private void twice(String path, List<String> names) {
    WriteRules.twice(path, names, this::problem);
  }

  private void problem(String path, String what) {
    problems.add(project.origin().problem(path, what));
  }
}

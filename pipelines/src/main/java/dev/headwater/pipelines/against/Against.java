package dev.headwater.pipelines.against;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.DeclaredColumns;
import dev.headwater.pipelines.DeclaredReads;
import dev.headwater.pipelines.project.Contracts;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.DerivedDecl;
import dev.headwater.pipelines.project.Problem;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.select.Changed;
import dev.headwater.pipelines.select.Then;
import dev.headwater.validate.Contract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A project beside itself at a commit of git: which columns, contracts and meanings are not as they
 * were, whom that breaks, down to the models. By what is declared, and the files that are here; no
 * catalog is opened but those of tables of others.
 */
public final class Against {
  /** What the command ends with when something breaks. */
  public static final int BREAKING = 11;

  private final Project now;
  private final Project then;
  private final Set<String> files;
  private final DeclaredColumns before;
  private final DeclaredColumns after;
  private final List<Change> changes = new ArrayList<>();

  private Against(Project now, Project then, Set<String> files) {
    Path folder = now.origin().folder();
    this.now = now;
    this.then = then;
    this.files = files;
    this.before = DeclaredColumns.of(then, folder);
    this.after = DeclaredColumns.of(now, folder);
  }

  /**
   * What has changed since HEAD left a branch, tag or commit; what isn't committed counts too.
   *
   * @param only these targets; empty: all, and those that are gone
   * @return with status {@link #BREAKING} if something breaks
   * @throws HeadwaterException USAGE if there is no such commit, or no project at it
   */
  public static Answer of(Project project, String ref, Set<Target> only) {
    return Then.at(
        project,
        ref,
        then -> {
          Project was =
              then.project()
                  .orElseThrow(
                      () ->
                          new HeadwaterException(
                              HeadwaterException.Kind.USAGE,
                              "There was no project at " + ref + ".",
                              "name a commit where it was."));
          Against against = new Against(project, was, then.changed());
          against.compare();
          against.changes.removeIf(c -> !only.isEmpty() && !only.contains(c.target()));
          DeclaredReads reads = DeclaredReads.of(was, against.before.known());
          return new Told(project, ref, then.commit(), against.unfit()).of(against.changes, reads);
        });
  }

  private void compare() {
    Map<String, Target> were = named(then);
    Map<String, Target> are = named(now);
    were.forEach(
        (name, was) -> {
          Target is = are.get(name);
          if (is == null) {
            changes.add(
                new Change(
                    Reason.TARGET_REMOVED,
                    was,
                    null,
                    same(was, are, were).map(n -> "is " + n + " now").orElse("")));
          } else {
            compare(was, is);
          }
        });
    are.forEach(
        (name, is) -> {
          if (!were.containsKey(name)) {
            changes.add(new Change(Reason.TARGET_ADDED, is, null, ""));
          }
        });
    problems();
  }

  private static Map<String, Target> named(Project project) {
    return project.targets().stream()
        .collect(Collectors.toMap(Target::toString, t -> t, (a, b) -> a, LinkedHashMap::new));
  }

  /** A new target that declares what one that is gone did. */
  private Optional<Target> same(Target was, Map<String, Target> are, Map<String, Target> were) {
    return are.values().stream()
        .filter(is -> is.kind() == was.kind() && !were.containsKey(is.toString()))
        .filter(is -> json(now, is).equals(json(then, was)))
        .findFirst();
  }

  /** Empty where a class or a file is missing: that is told by what needs it. */
  private static String json(Project project, Target target) {
    try {
      return Declarations.json(project, target);
    } catch (HeadwaterException e) {
      return "";
    }
  }

  private void compare(Target was, Target is) {
    Schema old = before.known().get(was.name());
    Schema fresh = after.known().get(is.name());
    boolean columns = is.kind() != Target.Kind.MODEL && is.kind() != Target.Kind.MONITOR;
    if (columns && old != null && fresh != null) {
      changes.addAll(SchemaDiff.of(is, old, fresh, Renames.of(then, was, now, is, before, after)));
    } else if (columns && !json(then, was).equals(json(now, is))) {
      String why = (old == null ? before : after).unknown().getOrDefault(is.name(), "");
      changes.add(new Change(Reason.UNKNOWN, is, null, "its columns: " + why));
    }
    changes.addAll(ContractDiff.of(is, contract(then, was), contract(now, is)));
    if (was.kind() != is.kind()) {
      changes.add(
          new Change(
              Reason.RECOMPUTED,
              is,
              null,
              "made by " + is.kind().stage() + ", was by " + was.kind().stage()));
      return;
    }
    try {
      List<Change> otherwise = DeclarationDiff.of(now, is, then, was);
      changes.addAll(otherwise);
      queries(was, is);
    } catch (HeadwaterException e) {
      changes.add(new Change(Reason.UNKNOWN, is, null, e.what()));
    }
    if (Changed.code(now, is, files)) {
      boolean model = is.kind() == Target.Kind.MODEL;
      changes.add(
          new Change(model ? Reason.TRAINED : Reason.RECOMPUTED, is, null, "its code has changed"));
    }
  }

  private static Contract contract(Project project, Target target) {
    TableDecl table = project.tables().get(target.name());
    DerivedDecl derived = project.derived().get(target.name());
    Optional<Contract> contract =
        switch (target.kind()) {
          case TABLE -> table == null ? Optional.empty() : Contracts.of(project, table);
          case DERIVED ->
              derived == null ? Optional.empty() : Contracts.of(project, derived.contract());
          default -> Optional.empty();
        };
    return contract.orElse(Contract.NONE);
  }

  /** Columns of a query that keep their name and come from something else. */
  private void queries(Target was, Target is) {
    DerivedDecl old = then.derived().get(was.name());
    DerivedDecl fresh = now.derived().get(is.name());
    if (is.kind() != Target.Kind.DERIVED
        || old == null
        || fresh == null
        || old.sql() == null
        || fresh.sql() == null
        || old.query().canonical().equals(fresh.query().canonical())) {
      return;
    }
    List<Change> found = new ArrayList<>();
    if (before.known().containsKey(was.name()) && after.known().containsKey(is.name())) {
      Map<String, List<String>> from = DeclaredReads.sources(old, before.known());
      DeclaredReads.sources(fresh, after.known())
          .forEach(
              (column, sources) -> {
                List<String> earlier = from.get(column);
                if (earlier != null && !earlier.equals(sources)) {
                  found.add(new Change(Reason.RECOMPUTED, is, rows(column), "its sql has changed"));
                }
              });
    }
    boolean others = changes.stream().anyMatch(c -> c.target().equals(is) && c.column() != null);
    if (found.isEmpty() && !others) {
      found.add(new Change(Reason.RECOMPUTED, is, null, "its sql has changed"));
    }
    changes.addAll(found);
  }

  private static @Nullable String rows(String column) {
    return column.equals(DeclaredReads.ROWS) ? null : column;
  }

  /** What does not fit together now, and did. */
  private void problems() {
    Set<String> old =
        then.check(before.known()).stream()
            .map(p -> p.path() + p.what())
            .collect(Collectors.toSet());
    for (Problem problem : now.check(after.known())) {
      if (!old.contains(problem.path() + problem.what())) {
        now.targets().stream()
            .filter(t -> (problem.path() + ".").startsWith(t.path() + "."))
            .findFirst()
            .ifPresent(
                t -> {
                  String part = problem.path().substring(t.path().length());
                  changes.add(
                      new Change(
                          Reason.UNFIT,
                          t,
                          null,
                          (part.isEmpty() ? "" : part.substring(1) + ": ") + problem.what()));
                });
      }
    }
  }

  private Set<Target> unfit() {
    return changes.stream()
        .filter(c -> c.reason() == Reason.UNFIT)
        .map(Change::target)
        .collect(Collectors.toSet());
  }
}

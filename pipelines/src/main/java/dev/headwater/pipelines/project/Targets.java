package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a project makes, and what needs what. */
final class Targets {
  private Targets() {}

  static List<Target> inOrder(Project project) {
    Set<Target> done = new LinkedHashSet<>();
    declared(project).forEach(target -> visit(project, target, done));
    return List.copyOf(done);
  }

  static List<Target> needs(Project project, Target target) {
    Set<Target> needs = new LinkedHashSet<>();
    switch (target.kind()) {
      case TABLE -> of(project.tables(), target);
      case DERIVED ->
          of(project.derived(), target)
              .from()
              .forEach(name -> rows(project, name).ifPresent(needs::add));
      case FEATURES -> rows(project, of(project.features(), target).from()).ifPresent(needs::add);
      case MODEL -> {
        ModelDecl model = of(project.models(), target);
        rows(project, model.rows()).ifPresent(needs::add);
        for (Input input : model.inputs().values()) {
          if (input instanceof Input.View view) {
            needs.add(new Target(Target.Kind.FEATURES, view.view()));
          }
        }
      }
      case SCORE -> {
        ScoreDecl score = of(project.scores(), target);
        rows(project, score.rows()).ifPresent(needs::add);
        Target model = new Target(Target.Kind.MODEL, score.model().model());
        for (Target need : needs(project, model)) {
          if (need.kind() == Target.Kind.FEATURES) {
            needs.add(need);
          }
        }
        needs.add(model);
      }
      case MONITOR -> {
        MonitorDecl monitor = of(project.monitors(), target);
        if (monitor.model() != null) {
          needs.add(new Target(Target.Kind.MODEL, monitor.model().model()));
        }
        rows(project, monitor.current()).ifPresent(needs::add);
        if (monitor.reference() != null) {
          rows(project, monitor.reference().table()).ifPresent(needs::add);
        }
      }
    }
    return List.copyOf(needs);
  }

  /** The one target that is meant by "late" or "model/late". */
  static Target find(Project project, String text) {
    List<Target> all = declared(project);
    int slash = text.indexOf('/');
    List<Target> found =
        all.stream()
            .filter(t -> slash < 0 ? t.name().equals(text) : t.toString().equals(text))
            .toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    if (found.isEmpty()) {
      List<String> names =
          all.stream().map(t -> slash < 0 ? t.name() : t.toString()).distinct().toList();
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "There is no '" + text + "' in project " + project.name() + "." + Nearest.of(text, names),
          "name one of " + Nearest.few(text, names) + ".");
    }
    throw new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "'"
            + text
            + "' can be "
            + String.join(" or ", found.stream().map(Target::toString).toList())
            + ".",
        "write " + found.get(0) + ".");
  }

  /** What makes these rows; nothing here does, where they are somebody else's table. */
  private static Optional<Target> rows(Project project, String name) {
    SourceDecl source = project.sources().get(name);
    if (source != null && source.table() != null && !project.tables().containsKey(name)) {
      return Optional.empty();
    }
    return Optional.of(made(project, name));
  }

  private static Target made(Project project, String name) {
    if (project.tables().containsKey(name)) {
      return new Target(Target.Kind.TABLE, name);
    } else if (project.derived().containsKey(name)) {
      return new Target(Target.Kind.DERIVED, name);
    } else if (project.scores().containsKey(name)) {
      return new Target(Target.Kind.SCORE, name);
    } else if (project.features().containsKey(name)) {
      return new Target(Target.Kind.FEATURES, name);
    }
    return new Target(Target.Kind.TABLE, name);
  }

  static List<Target> declared(Project project) {
    List<Target> all = new ArrayList<>();
    project.tables().keySet().forEach(n -> all.add(new Target(Target.Kind.TABLE, n)));
    project.derived().keySet().forEach(n -> all.add(new Target(Target.Kind.DERIVED, n)));
    project.features().keySet().forEach(n -> all.add(new Target(Target.Kind.FEATURES, n)));
    project.models().keySet().forEach(n -> all.add(new Target(Target.Kind.MODEL, n)));
    project.scores().keySet().forEach(n -> all.add(new Target(Target.Kind.SCORE, n)));
    project.monitors().keySet().forEach(n -> all.add(new Target(Target.Kind.MONITOR, n)));
    return all;
  }

  private static void visit(Project project, Target target, Set<Target> done) {
    if (!done.contains(target)) {
      needs(project, target).forEach(need -> visit(project, need, done));
      done.add(target);
    }
  }

  static <T> T of(Map<String, T> declarations, Target target) {
    return of(declarations, target.name());
  }

  static <T> T of(Map<String, T> declarations, String name) {
    T declaration = declarations.get(name);
    if (declaration == null) {
      throw new IllegalArgumentException("no '" + name + "' in the project");
    }
    return declaration;
  }
}

package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a test runs: its target, and what that needs up to what is given.
 *
 * @param runs in an order in which each comes after what it needs
 * @param problems by the key of the test that they are about
 */
record Reach(List<Target> runs, Map<String, String> problems) {
  static Reach of(Project project, TestDecl test) {
    return new Walk(project, test).reach();
  }

  private static final class Walk {
    private final Project project;
    private final TestDecl test;
    private final Set<Target> runs = new LinkedHashSet<>();
    private final Set<String> used = new HashSet<>();
    private final Map<String, String> problems = new LinkedHashMap<>();

    Walk(Project project, TestDecl test) {
      this.project = project;
      this.test = test;
    }

    Reach reach() {
      if (!test.asked().isEmpty() && test.target().kind() != Target.Kind.FEATURES) {
        problems.put("asked", "only a view is asked: " + test.target() + " is none");
      }
      if (test.target().kind() == Target.Kind.MODEL) {
        problems.put("target", "a model has no rows: test what is made with it, a score");
      }
      visit(test.target());
      for (String name : test.given().keySet()) {
        if (!used.contains(name)) {
          problems.put("given." + name, unused(name));
        }
      }
      List<Target> order = project.targets().stream().filter(runs::contains).toList();
      return new Reach(order, problems);
    }

    private String unused(String name) {
      if (name.equals(test.target().name())) {
        return "is what is tested: give what it is made of";
      }
      List<String> could = new ArrayList<>(used);
      runs.forEach(target -> could.addAll(inputs(target)));
      return "is nothing that " + test.target() + " needs." + Nearest.of(name, could);
    }

    private void visit(Target target) {
      if (!runs.add(target)) {
        return;
      }
      for (String name : inputs(target)) {
        if (test.given().containsKey(name)) {
          used.add(name);
        } else if (project.sources().containsKey(name)) {
          problems.putIfAbsent(
              "given",
              "has no rows for "
                  + name
                  + ", which "
                  + target
                  + " is made of. Write given: {"
                  + name
                  + ": [{...}]}"
                  + (target.equals(test.target()) ? "" : ", or give " + target.name() + " itself"));
        }
      }
      for (Target need : project.needs(target)) {
        if (!test.given().containsKey(need.name()) || need.kind() == Target.Kind.MODEL) {
          visit(need);
        }
      }
    }

    /** The names that a target reads rows of, sources too. */
    private List<String> inputs(Target target) {
      return switch (target.kind()) {
        case TABLE -> List.of(Targets.of(project.tables(), target).from());
        case DERIVED -> Targets.of(project.derived(), target).from();
        case FEATURES -> List.of(Targets.of(project.features(), target).from());
        case MODEL -> {
          ModelDecl model = Targets.of(project.models(), target);
          List<String> names = new ArrayList<>(List.of(model.rows()));
          for (Input input : model.inputs().values()) {
            if (input instanceof Input.View view) {
              names.add(view.view());
            }
          }
          yield names;
        }
        case SCORE -> List.of(Targets.of(project.scores(), target).rows());
        case MONITOR -> {
          MonitorDecl monitor = Targets.of(project.monitors(), target);
          List<String> names = new ArrayList<>(List.of(monitor.current()));
          if (monitor.reference() != null) {
            names.add(monitor.reference().table());
          }
          yield names;
        }
      };
    }
  }
}

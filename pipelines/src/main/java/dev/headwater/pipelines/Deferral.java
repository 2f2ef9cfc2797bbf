package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is read from another environment instead of being made here: what isn't here, is there, and
 * either isn't asked for or would be made as it was there. It is found out once, when a run begins;
 * nothing there is ever changed.
 *
 * @param environment from which; null: from none
 * @param from what is read from there, and how it differs there; empty where it doesn't
 */
record Deferral(@Nullable String environment, Map<Target, String> from) {
  static final Deferral NONE = new Deferral(null, Map.of());

  /** The parameter of a run that says from where it read what isn't its own. */
  static final String PARAMETER = "defer";

  /**
   * What a run of these targets reads from another environment.
   *
   * @param environment null: nothing
   * @throws HeadwaterException USAGE if it is this one, or there is none of this name; UNREACHABLE
   *     if nothing is there
   */
  static Deferral of(Stages stages, @Nullable String environment, Collection<Target> asked) {
    if (environment == null) {
      return NONE;
    }
    Project here = stages.project();
    Workspace workspace = stages.workspace();
    if (environment.equals(here.environment().name())) {
      throw new HeadwaterException(
          Kind.USAGE,
          "--defer %s in %s: a place reads its own anyway.".formatted(environment, environment),
          "name another environment, or leave it out.");
    }
    Project there = here.in(environment);
    Registry theirs =
        workspace.registry(Elsewhere.environment(here, environment, TableRef.DEFAULT_CATALOG));
    Map<Target, String> from = new LinkedHashMap<>();
    for (Target target : here.targets()) {
      Optional<Run> made = theirs.runs().lastSucceeded(there.name(), target.toString());
      if (made.isEmpty() || isHere(stages, target)) {
        continue;
      }
      boolean needed = !asked.contains(target);
      List<String> differs = differs(stages, target, made.get(), needed);
      if (needed || (differs.isEmpty() && from.keySet().containsAll(here.needs(target)))) {
        from.put(target, String.join(", ", differs));
      }
    }
    return new Deferral(environment, from);
  }

  private static boolean isHere(Stages stages, Target target) {
    String project = stages.project().name();
    var runs = stages.workspace().registry().runs();
    if (runs.open(project, target.toString()).isPresent()) {
      return true;
    }
    TableRef ref = stages.workspace().table(target.name());
    return runs.lastSucceeded(project, target.toString()).isPresent()
        && (target.kind() == Target.Kind.MODEL
            || stages.workspace().catalog(ref).find(ref).isPresent());
  }

  /** What of it was declared otherwise there. */
  private static List<String> differs(Stages stages, Target target, Run made, boolean needed) {
    try {
      return Staleness.declared(stages.job(target), made);
    } catch (HeadwaterException e) {
      if (needed) {
        // A class or a contract that isn't here: what only is read can do without.
        return List.of();
      }
      throw e;
    }
  }

  boolean covers(Target target) {
    return from.containsKey(target);
  }

  /** Whether a target that was asked for is left as it is there. */
  Optional<String> left(Target target) {
    return covers(target)
        ? Optional.of("from " + environment + ", made there as declared here")
        : Optional.empty();
  }

  /** The table that is read under this name, where it is read from there. */
  Optional<TableRef> table(Project here, String name) {
    String there = environment;
    boolean covered =
        from.keySet().stream()
            .anyMatch(t -> t.kind() != Target.Kind.MODEL && t.name().equals(name));
    return there == null || !covered
        ? Optional.empty()
        : Optional.of(Elsewhere.environment(here, there, here.keep(name).catalog()).table(name));
  }

  /** Where a model's versions are, where they are taken from there. */
  Optional<Elsewhere> model(Project here, String name) {
    String there = environment;
    return there == null || !covers(new Target(Target.Kind.MODEL, name))
        ? Optional.empty()
        : Optional.of(Elsewhere.environment(here, there, TableRef.DEFAULT_CATALOG));
  }

  /** What a target reads from there: "orders, late from prod"; empty if it reads nothing there. */
  String read(Project here, Target target) {
    List<String> names =
        here.needs(target).stream()
            .filter(this::covers)
            .map(t -> t.name() + (differs(t).isEmpty() ? "" : " (there: " + differs(t) + ")"))
            .toList();
    return names.isEmpty() ? "" : String.join(", ", names) + " from " + environment;
  }

  private String differs(Target target) {
    return from.getOrDefault(target, "");
  }

  /** What a run's record says of it. */
  Map<String, String> parameters(Project here, Target target) {
    String there = environment;
    return there == null || read(here, target).isEmpty() ? Map.of() : Map.of(PARAMETER, there);
  }
}

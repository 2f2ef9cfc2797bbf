package dev.headwater.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Declarations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Why a target must run: what differs between its last good run and now. */
final class Staleness {
  /** The parameter of a run that holds its declaration, to say later what changed in it. */
  static final String DECLARATION = "declaration";

  /** The one that says why it ran. */
  static final String WHY = "why";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_NAMED = 3;

  private Staleness() {}

  /**
   * A difference between a run and what would be read now.
   *
   * @param now the input that is new or has moved; null where it is something else
   */
  record Reason(String text, @Nullable Edge now) {}

  /** The reasons, in a few words each; none if the target is fresh. */
  static List<String> reasons(Job job, Optional<Run> last, List<Edge> inputs) {
    if (last.isEmpty()) {
      return List.of("it never ran");
    }
    List<String> reasons = new ArrayList<>(other(job, last.get()));
    reasons.addAll(few(inputs(last.get().inputs(), inputs)));
    reasons.addAll(job.reasons(last.get()));
    job.lost(last.get()).ifPresent(reasons::add);
    return reasons;
  }

  /** As {@link #reasons}, each for itself and none left out. */
  static List<Reason> all(Job job, Run last, List<Edge> inputs) {
    List<String> others = new ArrayList<>(other(job, last));
    others.addAll(job.reasons(last));
    job.lost(last).ifPresent(others::add);
    List<Reason> reasons = new ArrayList<>();
    others.forEach(text -> reasons.add(new Reason(text, null)));
    reasons.addAll(inputs(last.inputs(), inputs));
    return reasons;
  }

  /** What was not in one run of a target as in an earlier one. */
  static List<Reason> between(Run before, Run run) {
    List<Reason> reasons = new ArrayList<>();
    other(before, run.stage(), run.stageVersion(), declared(run))
        .forEach(text -> reasons.add(new Reason(text, null)));
    reasons.addAll(inputs(before.inputs(), run.inputs()));
    return reasons;
  }

  /** Those of its declaration, its classes and its stage's version. */
  static List<String> declared(Job job, Run last) {
    return other(job, last);
  }

  /**
   * Whether what two versions of a stage make is the same: they differ in the third number at most,
   * as of a release that only mends.
   */
  static boolean sameStage(String one, String other) {
    return output(one).equals(output(other));
  }

  private static String output(String version) {
    return version.replaceFirst("^(\\d+)$", "$1.0").replaceFirst("^(\\d+[.]\\d+)[.].*$", "$1");
  }

  private static List<String> other(Job job, Run last) {
    return other(last, job.target().kind().stage(), job.version(), job.declaration());
  }

  private static List<String> other(Run last, String stage, String version, String declaration) {
    List<String> reasons = new ArrayList<>();
    if (!sameStage(last.stageVersion(), version)) {
      reasons.add("stage " + stage + " is version " + version + ", was " + last.stageVersion());
    }
    if (!declared(last).equals(declaration)) {
      reasons.add(changed(declared(last), declaration));
    }
    return reasons;
  }

  private static String declared(Run run) {
    return run.parameters().getOrDefault(DECLARATION, "{}");
  }

  /** Whether two declarations differ, if at all, only in what they say under these keys. */
  static boolean sameBut(Set<String> keys, String before, String now) {
    try {
      ObjectNode a = (ObjectNode) JSON.readTree(before);
      ObjectNode b = (ObjectNode) JSON.readTree(now);
      a.remove(keys);
      b.remove(keys);
      return a.equals(b);
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** What a run's declaration said under a key. */
  static JsonNode said(Run run, String key) {
    try {
      return JSON.readTree(run.parameters().getOrDefault(DECLARATION, "{}")).path(key);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static String changed(String before, String now) {
    try {
      JsonNode a = JSON.readTree(before);
      JsonNode b = JSON.readTree(now);
      TreeSet<String> keys = new TreeSet<>();
      for (JsonNode node : List.of(a, b)) {
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
          String name = names.next();
          if (!a.path(name).equals(b.path(name))) {
            if (name.equals(Declarations.CODE)) {
              code(a.path(name), b.path(name), keys);
            } else {
              keys.add(name);
            }
          }
        }
      }
      return keys.isEmpty() ? "its declaration changed" : String.join(", ", keys) + " changed";
    } catch (JsonProcessingException e) {
      return "its declaration changed";
    }
  }

  /** A user's class that is new, or is no more, is named by what names it. */
  private static void code(JsonNode before, JsonNode now, Set<String> keys) {
    for (Iterator<String> names = now.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (before.has(name) && !before.path(name).equals(now.path(name))) {
        keys.add("code of " + name);
      }
    }
  }

  private static List<Reason> inputs(List<Edge> before, List<Edge> now) {
    Map<String, Edge> was = new HashMap<>();
    before.forEach(e -> was.put(e.kind() + " " + e.name(), e));
    List<Reason> reasons = new ArrayList<>();
    for (Edge edge : now) {
      Edge old = was.remove(edge.kind() + " " + edge.name());
      if (old == null) {
        reasons.add(new Reason("new " + edge.kind() + " " + edge.name(), edge));
      } else if (!old.version().equals(edge.version()) && !edge.kind().equals(TopicEdge.KIND)) {
        // Of a topic the table itself says how much of it is new.
        reasons.add(new Reason(moved(old, edge), edge));
      }
    }
    was.values()
        .forEach(
            gone -> reasons.add(new Reason(gone.kind() + " " + gone.name() + " is gone", null)));
    return reasons;
  }

  private static List<String> few(List<Reason> reasons) {
    List<String> all = reasons.stream().map(Reason::text).toList();
    int more = all.size() - MOST_NAMED;
    return more <= 0
        ? all
        : List.of(String.join(", ", all.subList(0, MOST_NAMED)) + " and " + more + " more");
  }

  private static String moved(Edge old, Edge edge) {
    String name = edge.name().substring(edge.name().lastIndexOf('.') + 1);
    return switch (edge.kind()) {
      case "table" -> name + " moved from " + brief(old.version()) + " to " + brief(edge.version());
      case "model" -> name + "@" + edge.version() + " instead of @" + old.version();
      default -> edge.kind() + " " + edge.name() + " changed";
    };
  }

  private static String brief(String snapshot) {
    return snapshot.isEmpty() ? "empty" : StageResult.brief(Long.parseLong(snapshot));
  }
}

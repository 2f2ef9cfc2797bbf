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

/** Why a target must run: what differs between its last good run and now. */
final class Staleness {
  /** The parameter of a run that holds its declaration, to say later what changed in it. */
  static final String DECLARATION = "declaration";

  /** The one that says why it ran. */
  static final String WHY = "why";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_NAMED = 3;

  private Staleness() {}

  /** The reasons, in a few words each; none if the target is fresh. */
  static List<String> reasons(Job job, Optional<Run> last, List<Edge> inputs) {
    if (last.isEmpty()) {
      return List.of("it never ran");
    }
    Run run = last.get();
    List<String> reasons = new ArrayList<>();
    if (!run.stageVersion().equals(job.version())) {
      reasons.add(
          "stage "
              + job.target().kind().stage()
              + " is version "
              + job.version()
              + ", was "
              + run.stageVersion());
    }
    String before = run.parameters().getOrDefault(DECLARATION, "{}");
    if (!before.equals(job.declaration())) {
      reasons.add(changed(before, job.declaration()));
    }
    reasons.addAll(inputs(run.inputs(), inputs));
    reasons.addAll(job.reasons(run));
    job.lost(run).ifPresent(reasons::add);
    return reasons;
  }

  /** Whether two declarations differ, if at all, only in what they say under a key. */
  static boolean sameBut(String key, String before, String now) {
    try {
      ObjectNode a = (ObjectNode) JSON.readTree(before);
      ObjectNode b = (ObjectNode) JSON.readTree(now);
      a.remove(key);
      b.remove(key);
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

  private static List<String> inputs(List<Edge> before, List<Edge> now) {
    Map<String, Edge> was = new HashMap<>();
    before.forEach(e -> was.put(e.kind() + " " + e.name(), e));
    List<String> reasons = new ArrayList<>();
    for (Edge edge : now) {
      Edge old = was.remove(edge.kind() + " " + edge.name());
      if (old == null) {
        reasons.add("new " + edge.kind() + " " + edge.name());
      } else if (!old.version().equals(edge.version()) && !edge.kind().equals(TopicEdge.KIND)) {
        // Of a topic the table itself says how much of it is new.
        reasons.add(moved(old, edge));
      }
    }
    was.values().forEach(gone -> reasons.add(gone.kind() + " " + gone.name() + " is gone"));
    if (reasons.size() > MOST_NAMED) {
      int more = reasons.size() - MOST_NAMED;
      return List.of(String.join(", ", reasons.subList(0, MOST_NAMED)) + " and " + more + " more");
    }
    return reasons;
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

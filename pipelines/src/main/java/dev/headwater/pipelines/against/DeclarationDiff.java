package dev.headwater.pipelines.against;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.ViewDecl;
import dev.headwater.pipelines.project.Window;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What a target's declaration says otherwise than it did, besides its columns and its contract. */
final class DeclarationDiff {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Told of the columns, of the contract, or by what names them. */
  private static final Set<String> ELSEWHERE =
      Set.of("contract", "schema", "kind", "code", "state of its transforms");

  private final Target target;
  private final JsonNode then;
  private final JsonNode now;
  private final List<Change> changes = new ArrayList<>();

  private DeclarationDiff(Target target, JsonNode then, JsonNode now) {
    this.target = target;
    this.then = then;
    this.now = now;
  }

  /**
   * What has changed.
   *
   * @param project as it is now
   * @param was the same target as it was
   */
  static List<Change> of(Project project, Target target, Project before, Target was) {
    DeclarationDiff diff =
        new DeclarationDiff(
            target,
            parse(Declarations.json(before, was)),
            parse(Declarations.json(project, target)));
    if (target.kind() == Target.Kind.FEATURES) {
      diff.values(Objects.requireNonNull(project.features().get(target.name())));
    }
    diff.parts();
    return diff.changes;
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void parts() {
    Set<String> names = new LinkedHashSet<>();
    then.fieldNames().forEachRemaining(names::add);
    now.fieldNames().forEachRemaining(names::add);
    names.removeAll(ELSEWHERE);
    if (target.kind() == Target.Kind.FEATURES) {
      names.removeAll(Set.of("values", "windows"));
    }
    for (String name : names) {
      JsonNode was = then.path(name);
      JsonNode is = now.path(name);
      if (!was.equals(is) && !(name.equals("sql") && !was.isMissingNode() && !is.isMissingNode())) {
        String what =
            name.equals("inputs") ? inputs(was, is) : name + " " + said(was) + " -> " + said(is);
        changes.add(new Change(reason(name), target, null, what));
      }
    }
  }

  private Reason reason(String part) {
    return switch (target.kind()) {
      case TABLE, DERIVED ->
          switch (part) {
            case "key", "time", "order" -> Reason.KEY;
            case "partition", "remember", "letters" -> Reason.KEPT;
            default -> Reason.RECOMPUTED;
          };
      case FEATURES -> part.equals("key") || part.equals("time") ? Reason.KEY : Reason.RECOMPUTED;
      case MODEL ->
          part.equals("label") ? Reason.LABEL : part.equals("time") ? Reason.KEY : Reason.TRAINED;
      case SCORE -> part.equals("time") ? Reason.KEY : Reason.RECOMPUTED;
      case MONITOR -> Reason.KEPT;
    };
  }

  /** Values that are computed otherwise under the same name. */
  private void values(ViewDecl view) {
    then.path("values")
        .fields()
        .forEachRemaining(
            value -> {
              JsonNode is = now.path("values").path(value.getKey());
              if (is.isMissingNode() || is.equals(value.getValue())) {
                return;
              }
              for (Window window : view.windows()) {
                if (windows().contains(window.text())) {
                  changes.add(
                      new Change(
                          Reason.RECOMPUTED,
                          target,
                          ViewDecl.column(value.getKey(), window),
                          said(value.getValue()) + " -> " + said(is)));
                }
              }
            });
  }

  private Set<String> windows() {
    Set<String> windows = new LinkedHashSet<>();
    then.path("windows").forEach(w -> windows.add(w.asText()));
    return windows;
  }

  /** A model's inputs, those that came, went or are others. */
  private static String inputs(JsonNode then, JsonNode now) {
    List<String> parts = new ArrayList<>();
    then.fields()
        .forEachRemaining(
            e -> {
              JsonNode is = now.path(e.getKey());
              if (is.isMissingNode()) {
                parts.add("without " + e.getKey());
              } else if (!is.equals(e.getValue())) {
                parts.add(e.getKey() + " " + said(e.getValue()) + " -> " + said(is));
              }
            });
    now.fieldNames()
        .forEachRemaining(
            name -> {
              if (then.path(name).isMissingNode()) {
                parts.add("with " + name);
              }
            });
    return "inputs " + String.join(", ", parts);
  }

  private static String said(JsonNode value) {
    String text = value.isTextual() ? value.asText() : value.toString().replace("\"", "");
    return value.isMissingNode() ? "none" : text.replaceFirst("^\\((.*)\\)$", "$1");
  }
}

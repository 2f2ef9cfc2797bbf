package dev.headwater.pipelines.against;

import dev.headwater.pipelines.DeclaredColumns;
import dev.headwater.pipelines.DeclaredReads;
import dev.headwater.pipelines.project.DerivedDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.ViewDecl;
import dev.headwater.pipelines.project.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which columns have another name: as it is declared, or since they come from the same. */
final class Renames {
  private Renames() {}

  /** Old names to new ones. */
  static Map<String, String> of(
      Project then,
      Target was,
      Project now,
      Target is,
      DeclaredColumns before,
      DeclaredColumns after) {
    Map<String, String> renamed = new LinkedHashMap<>();
    TableDecl table = now.tables().get(is.name());
    if (is.kind() == Target.Kind.TABLE && table != null) {
      renamed.putAll(table.schema().rename());
    }
    ViewDecl view = now.features().get(is.name());
    ViewDecl viewed = then.features().get(was.name());
    if (is.kind() == Target.Kind.FEATURES && view != null && viewed != null) {
      met(viewed.values(), view.values())
          .forEach(
              (old, name) -> {
                for (Window window : viewed.windows()) {
                  renamed.put(ViewDecl.column(old, window), ViewDecl.column(name, window));
                }
              });
    }
    DerivedDecl made = now.derived().get(is.name());
    DerivedDecl were = then.derived().get(was.name());
    if (made != null && were != null && made.sql() != null && were.sql() != null) {
      try {
        Map<String, List<String>> old = DeclaredReads.sources(were, before.known());
        renamed.putAll(met(old, DeclaredReads.sources(made, after.known())));
      } catch (IllegalArgumentException e) {
        // What doesn't fit is told where it is checked.
        return renamed;
      }
    }
    return renamed;
  }

  /** Names that went, and those that came for the same; where it is one of several, none. */
  private static <V> Map<String, String> met(Map<String, V> then, Map<String, V> now) {
    Map<String, String> met = new LinkedHashMap<>();
    then.forEach(
        (old, of) -> {
          List<String> same =
              now.entrySet().stream()
                  .filter(e -> !then.containsKey(e.getKey()) && e.getValue().equals(of))
                  .map(Map.Entry::getKey)
                  .toList();
          if (!now.containsKey(old) && same.size() == 1) {
            met.put(old, same.get(0));
          }
        });
    return met;
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which runs are asked for; null is any.
 *
 * @param targets of any of these; of all if there are none
 * @param status open, succeeded or failed
 * @param since began then or later
 * @param why a part of why it ran, or of what went wrong; in any case of letters
 * @param limit how many of the newest
 */
public record RunFilter(
    List<Target> targets,
    Run.@Nullable Status status,
    @Nullable Instant since,
    @Nullable String why,
    int limit) {
  /** The one target that is asked for; null if there are none or several. */
  @Nullable String target() {
    return targets.size() == 1 ? targets.get(0).toString() : null;
  }

  /** Whether the newest runs of one target, or of all, are what is asked for. */
  boolean isPlain() {
    return why == null && targets.size() < 2;
  }

  boolean matches(Run run) {
    boolean meant =
        targets.isEmpty() || targets.stream().anyMatch(t -> t.toString().equals(run.target()));
    return meant
        && (why == null
            || contains(run.parameters().get(Staleness.WHY), why)
            || contains(run.error(), why));
  }

  private static boolean contains(@Nullable String text, String part) {
    return text != null && text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }
}

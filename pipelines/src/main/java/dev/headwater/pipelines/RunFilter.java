package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which runs are asked for; null is any.
 *
 * @param status open, succeeded or failed
 * @param since began then or later
 * @param why a part of why it ran, or of what went wrong; in any case of letters
 * @param limit how many of the newest
 */
public record RunFilter(
    @Nullable Target target,
    Run.@Nullable Status status,
    @Nullable Instant since,
    @Nullable String why,
    int limit) {
  boolean matches(Run run) {
    return why == null
        || contains(run.parameters().get(Staleness.WHY), why)
        || contains(run.error(), why);
  }

  private static boolean contains(@Nullable String text, String part) {
    return text != null && text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }
}

package dev.headwater.pipelines;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which letters; each of these narrows it down.
 *
 * @param codes one of the letter's rules is among these; empty: any
 * @param column one of its rules is about it
 * @param source where it is from: all of it, or its end
 * @param since its run began then or later
 * @param run the beginning of its run's id
 * @param where SQL over the letters' columns
 * @param done also those whose rows are in the table by now
 */
public record LetterFilter(
    List<String> codes,
    @Nullable String column,
    @Nullable String source,
    @Nullable Instant since,
    @Nullable String run,
    @Nullable String where,
    boolean done) {
  /** All that are letters still. */
  public static final LetterFilter OPEN =
      new LetterFilter(List.of(), null, null, null, null, null, false);

  public LetterFilter {
    codes = List.copyOf(codes);
  }
}

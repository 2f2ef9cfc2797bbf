package dev.headwater.pipelines;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What can be done with a table's dead letters. */
public sealed interface LetterTask {
  /** The first so many. */
  record Show(LetterFilter which, int limit) implements LetterTask {}

  /** How many there are of each kind, with examples. */
  record Summary(LetterFilter which) implements LetterTask {}

  /** Into a file, a JSON object a line, to be mended there. */
  record Export(LetterFilter which, Path to) implements LetterTask {}

  /**
   * Tries them again.
   *
   * @param mended a file as {@link Export} writes it: only its letters, with the rows that it has;
   *     null: all, as they are
   * @param dryRun only says what would become of them
   */
  record Replay(LetterFilter which, @Nullable Path mended, boolean dryRun) implements LetterTask {}
}

package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.table.CommitTable;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a backfill reads again, and how it takes the place of what the table has. */
interface RowsAgain {
  /**
   * A range of time as a condition, for people and for the table's rows where rows are replaced.
   *
   * @throws dev.headwater.catalog.HeadwaterException USAGE if the table has no such ranges
   */
  String range(Instant from, Instant to);

  /** What will be read. */
  Set<Edge> inputs();

  /** What the run's record says besides the range. */
  Map<String, String> parameters();

  /** What is known of a dry run without reading; null where it is to be read. */
  default @Nullable Answer unread(String range) {
    return null;
  }

  /**
   * Reads and commits.
   *
   * @param look a last look at the counts; it may throw
   */
  void fill(Run run, String range, Token token, CommitTable.Check look, Job.Watch watch);

  /** Letters of what a run has read again are none any more; doing it again changes nothing. */
  void closeLetters(Run run);
}

package dev.headwater.runners;

import dev.headwater.catalog.commit.Committed;
import java.util.HashSet;
import java.util.Set;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * A worker that dies when a commit has landed, before anybody is told of it: at the second, fourth
 * and sixth snapshot that it sees for the first time. What it has seen outlives it, in this
 * process.
 */
final class DiesAfterCommits extends DoFn<Committed, Void> {
  private static final long serialVersionUID = 1;
  private static final int DEATHS = 3;
  private static final Set<Long> SEEN = new HashSet<>();
  private static int again;

  /** Forgets all. */
  static synchronized void reset() {
    SEEN.clear();
    again = 0;
  }

  /** Commits that were done before their worker died, and came again. */
  static synchronized int again() {
    return again;
  }

  @ProcessElement
  public void process(@Element Committed committed) {
    see(committed);
  }

  private static synchronized void see(Committed committed) {
    Long id = committed.snapshotId();
    if (id == null || !SEEN.add(id)) {
      again++;
      return;
    }
    if (SEEN.size() % 2 == 0 && SEEN.size() <= 2 * DEATHS) {
      throw new IllegalStateException("the worker dies after commit " + SEEN.size());
    }
  }
}

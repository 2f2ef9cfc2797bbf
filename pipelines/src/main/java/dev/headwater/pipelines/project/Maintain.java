package dev.headwater.pipelines.project;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is done to a table after its runs, where it is due: none of it changes a row, or makes
 * anything stale. A table's dead letters are kept as the table is.
 *
 * @param compact small files into few; null: not
 * @param expire old snapshots go; null: not
 * @param orphans files that nothing refers to go when they are so old; looked for once a day; null:
 *     not
 * @param manifests many manifests into few
 */
public record Maintain(
    @Nullable Compact compact,
    @Nullable Expire expire,
    @Nullable Duration orphans,
    boolean manifests) {
  /** Nothing. */
  public static final Maintain NONE = new Maintain(null, null, null, false);

  /** Younger files may be about to be committed. */
  public static final Duration YOUNGEST_ORPHAN = Duration.ofDays(3);

  /**
   * Which files are brought together.
   *
   * @param minFiles so many small files of a partition at least
   * @param targetBytes of a new file; 0: as the table's properties say
   * @param where only files that may have a matching row, as an expression; null: all
   */
  public record Compact(int minFiles, long targetBytes, @Nullable String where) {
    /** Iceberg's own numbers. */
    public static final Compact AUTO = new Compact(5, 0, null);
  }

  /**
   * Which snapshots go.
   *
   * @param keep the newest so many stay, at least 1
   */
  public record Expire(Duration olderThan, int keep) {
    /** As the command's. */
    public static final int KEEP = 10;
  }

  /** With small files brought together. */
  public Maintain compact(Compact how) {
    return new Maintain(how, expire, orphans, manifests);
  }

  /** Without snapshots that are older. */
  public Maintain expire(Duration olderThan) {
    return new Maintain(compact, new Expire(olderThan, Expire.KEEP), orphans, manifests);
  }

  /** Without forgotten files that are so old, three days at least. */
  public Maintain orphans(Duration olderThan) {
    return new Maintain(compact, expire, olderThan, manifests);
  }

  /** With few manifests. */
  public Maintain manifests(boolean few) {
    return new Maintain(compact, expire, orphans, few);
  }
}

package dev.headwater.pipelines;

/**
 * How many targets are brought up to date at once, as far as none needs another.
 *
 * @param targets at most; 0: as many as their places have room for
 * @param memory bytes that those in this process may take together; 0: its heap
 */
public record Parallel(int targets, long memory) {
  /** As the machine and the clusters have room for them. */
  public static final Parallel DERIVED = new Parallel(0, 0);
}

package dev.headwater.pipelines;

/** How fast a stream is, and how far behind its topic, for whoever watches. Thread-safe. */
final class StreamPace {
  private static final long WINDOW = 5_000_000_000L;

  private final TopicJob job;
  private final Progress progress;
  private long since = System.nanoTime();
  private long then;
  private long rows;
  private double rate;
  private long lag = -1;
  private long begun = -1;
  private long committed;

  StreamPace(TopicJob job, Progress progress) {
    this.job = job;
    this.progress = progress;
  }

  /** Told how many records were read, and how it gets on. */
  synchronized void at(long read, String doing) {
    // Of workers elsewhere it is heard only what they have committed.
    rows = Math.max(read, committed);
    long now = System.nanoTime();
    if (now - since >= WINDOW) {
      rate = (rows - then) / ((now - since) / 1e9);
      since = now;
      then = rows;
    }
    progress.on(new RunEvent.Streamed(job.target(), rows, rate, lag, doing));
  }

  /** Asks how many records the table lacks. */
  void look() {
    TopicReach reach = job.topic().reach();
    synchronized (this) {
      lag = reach.ahead().size();
      long there = reach.from().all().values().stream().mapToLong(Long::longValue).sum();
      begun = begun < 0 ? there : begun;
      committed = there - begun;
    }
  }
}

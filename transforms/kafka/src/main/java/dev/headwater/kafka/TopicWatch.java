package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topic's description, looked up in the background, so that whoever reads never waits for it; one
 * for all readers of a process.
 */
final class TopicWatch {
  private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MISSING = 3;
  private static final ConcurrentMap<Topic, TopicWatch> ALL = new ConcurrentHashMap<>();
  private static final ExecutorService ASKING =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "headwater-kafka-topics");
            thread.setDaemon(true);
            return thread;
          });

  private final Topic topic;
  private TopicOffsets.@Nullable Description last;
  private @Nullable HeadwaterException failure;
  private long asked = Long.MIN_VALUE;
  private boolean asking;
  private int missing;

  private TopicWatch(Topic topic) {
    this.topic = topic;
  }

  static TopicWatch of(Topic topic) {
    return ALL.computeIfAbsent(topic, TopicWatch::new);
  }

  /**
   * What was last seen; null before the first answer.
   *
   * @param nanos how old it may be before it is asked for again
   * @throws HeadwaterException DATA if there is no such topic, USAGE if we may not see it
   */
  synchronized TopicOffsets.@Nullable Description last(long nanos) {
    HeadwaterException said = failure;
    if (said != null) {
      // Whoever asks next begins anew.
      failure = null;
      asked = Long.MIN_VALUE;
      throw said;
    }
    long now = System.nanoTime();
    if (!asking && (asked == Long.MIN_VALUE || now - asked >= nanos)) {
      asking = true;
      ASKING.execute(this::ask);
    }
    return last;
  }

  private void ask() {
    TopicOffsets.Description found = null;
    HeadwaterException why = null;
    try (TopicOffsets offsets = TopicOffsets.open(topic, PATIENCE)) {
      found = offsets.describe();
    } catch (HeadwaterException e) {
      why = e;
    } catch (RuntimeException e) {
      why = KafkaClients.trouble(topic, e);
    }
    if (why != null && why.kind() == Kind.DATA) {
      pause();
    }
    answer(found, why);
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void answer(
      TopicOffsets.@Nullable Description found, @Nullable HeadwaterException why) {
    asking = false;
    asked = System.nanoTime();
    if (found != null) {
      last = found;
      missing = 0;
    } else if (why != null && why.kind() == Kind.UNREACHABLE) {
      LOG.warn("{} Waiting for them.", why.what());
    } else if (why != null && (why.kind() != Kind.DATA || ++missing >= MISSING)) {
      // A broker that has just come back knows its topics a moment later.
      failure = why;
      missing = 0;
    } else {
      asked = Long.MIN_VALUE;
    }
  }
}

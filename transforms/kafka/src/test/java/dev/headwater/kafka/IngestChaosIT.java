package dev.headwater.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Token;
import dev.headwater.table.LetterWatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a runner with checkpoints does to a stream, by hand and by chance: bundles end anywhere,
 * bundles overtake each other, workers die before and after commits, jobs go back to any older
 * checkpoint, begin anew without state, and go on as zombies beside their successors. Readers,
 * writers, commits, broker and catalog are the real ones.
 */
final class IngestChaosIT {
  private static final KafkaBroker BROKER = KafkaBroker.shared();
  private static final int PARTITIONS = 3;

  @TempDir private Path folder = Path.of("unset");

  /** What a checkpoint holds: sealed parts are committed only when it is complete. */
  private record Checkpoint(
      List<byte[]> marks,
      List<Ingested> waiting,
      Map<Integer, Long> reached,
      List<List<Ingested>> sealed) {}

  /** A job with two splits. */
  private static final class Job implements AutoCloseable {
    private final Ledger ledger;
    private final IngestSink.Factory sinks;
    private final CommitOffsets commits;
    private final List<KafkaReader> readers = new ArrayList<>();
    private final List<Ingested> waiting = new ArrayList<>();
    private final Map<Integer, Long> reached = new HashMap<>();
    private final List<List<Ingested>> sealed = new ArrayList<>();

    Job(Ledger ledger, @Nullable Checkpoint from) throws IOException {
      this.ledger = ledger;
      IngestSpec spec = ledger.spec("r");
      sinks = new IngestSink.Factory(spec, LetterWatch.NONE);
      commits = new CommitOffsets(spec, Duration.ZERO);
      KafkaRecords.How how =
          KafkaRecords.of(ledger.topic)
              .after(ledger.offsets())
              .discover(org.joda.time.Duration.millis(50))
              .how();
      for (int i = 0; i < 2; i++) {
        Mark mark =
            from == null
                ? Mark.NEW
                : new Mark.Bytes().decode(new ByteArrayInputStream(from.marks.get(i)));
        readers.add(new KafkaSource(how, i, 2).createReader(PipelineOptionsFactory.create(), mark));
      }
      if (from != null) {
        waiting.addAll(from.waiting);
        reached.putAll(from.reached);
        sealed.addAll(from.sealed);
      }
    }

    Checkpoint checkpoint() throws IOException {
      List<byte[]> marks = new ArrayList<>();
      for (KafkaReader reader : readers) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Mark.Bytes().encode(reader.getCheckpointMark(), bytes);
        marks.add(bytes.toByteArray());
      }
      return new Checkpoint(marks, List.copyOf(waiting), Map.copyOf(reached), List.copyOf(sealed));
    }

    /** Some bundles of so many batches, which then arrive in any order. */
    boolean work(Random random, int bundles) throws IOException {
      List<Ingested> done = new ArrayList<>();
      for (int i = 0; i < bundles; i++) {
        KafkaReader reader = readers.get(random.nextInt(2));
        try (IngestSink sink = sinks.open()) {
          int size = 1 + random.nextInt(4);
          for (int tries = 0; tries < 200 && size > 0; tries++) {
            if (reader.advance()) {
              sink.accept(reader.getCurrent());
              size--;
            } else {
              Thread.onSpinWait();
            }
          }
          done.addAll(sink.finish());
        }
      }
      Collections.shuffle(done, random);
      // A pane may come between them.
      int cut = done.isEmpty() ? 0 : random.nextInt(done.size() + 1);
      pane(done.subList(0, cut));
      pane(done.subList(cut, done.size()));
      return !done.isEmpty();
    }

    private void pane(List<Ingested> parts) {
      waiting.addAll(parts);
      List<Ingested> ready = InOrder.ready(waiting, reached);
      if (!ready.isEmpty()) {
        waiting.removeAll(ready);
        sealed.add(ready);
      }
    }

    /** Commits what a completed checkpoint sealed, perhaps not all of it. */
    void commit(Random random) throws IOException {
      while (!sealed.isEmpty() && random.nextInt(10) < 8) {
        List<Ingested> parts = sealed.get(0);
        List<String> content = parts.stream().flatMap(p -> p.content().stream()).toList();
        try (TableCatalog open = TableCatalog.open(ledger.config)) {
          commits.commit(open, Token.ofContent(Ledger.SINK, content), parts);
        }
        if (random.nextInt(10) > 0) {
          sealed.remove(0);
        }
      }
    }

    @Override
    public void close() {
      readers.forEach(KafkaReader::close);
      commits.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void tableAndTopicAgreeWhateverHappens(long seed) throws Exception {
    Random random = new Random(seed);
    Ledger ledger = new Ledger(BROKER, folder, "chaos" + seed, PARTITIONS);
    List<Checkpoint> checkpoints = new ArrayList<>();
    Job job = new Job(ledger, null);
    @Nullable Job zombie = null;
    boolean two = false;
    for (int step = 0; step < 40; step++) {
      if (step < 30) {
        ledger.send(random.nextInt(PARTITIONS), random.nextInt(40));
      }
      try {
        job.work(random, 1 + random.nextInt(3));
        checkpoints.add(job.checkpoint());
        job.commit(random);
        if (zombie != null) {
          zombie.work(random, 1);
          zombie.commit(random);
        }
        int fate = random.nextInt(12);
        if (fate < 4) {
          ledger.loseLetters();
          Checkpoint to =
              fate == 0
                  ? null
                  : checkpoints.get(
                      fate == 1 ? random.nextInt(checkpoints.size()) : checkpoints.size() - 1);
          if (fate == 2) {
            close(zombie);
            zombie = job;
            two = true;
          } else {
            job.close();
          }
          job = new Job(ledger, to);
        }
      } catch (HeadwaterException e) {
        // Two jobs at once: whoever is refused begins anew, without what it had.
        assertThat(two).as("a zombie was there: %s", e).isTrue();
        assertThat(e.kind()).isEqualTo(HeadwaterException.Kind.REFUSED);
        close(zombie);
        zombie = null;
        two = false;
        checkpoints.clear();
        job.close();
        job = new Job(ledger, null);
        checkpoints.add(job.checkpoint());
      }
    }
    close(zombie);
    job.close();
    job = new Job(ledger, two ? null : checkpoints.get(checkpoints.size() - 1));
    long until = System.nanoTime() + 300_000_000_000L;
    Offsets end;
    try (TopicOffsets offsets = TopicOffsets.open(ledger.topic)) {
      end = offsets.end();
    }
    while (!ledger.offsets().now().map(Progress::next).orElse(Offsets.NONE).equals(end)) {
      assertThat(System.nanoTime()).as("all of it in time").isLessThan(until);
      job.work(random, 2);
      job.commit(random);
    }
    job.close();
    assertThat(ledger.lost()).as("letters that did not come at once").isPositive();
    ledger.agrees();
  }

  private static void close(@Nullable Job job) {
    if (job != null) {
      job.close();
    }
  }

  @Test
  void whatAnotherWorkerIsAboutToCommitIsWaitedFor() throws Exception {
    Ledger ledger = new Ledger(BROKER, folder, "behind", 1);
    ledger.send(0, 10);
    Random random = new Random(1);
    try (Job job = new Job(ledger, null)) {
      while (job.sealed.isEmpty()) {
        job.work(random, 1);
      }
      ledger.send(0, 10);
      while (job.sealed.size() < 2) {
        job.work(random, 1);
      }
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread other =
          new Thread(
              () -> {
                try (TableCatalog open = TableCatalog.open(ledger.config);
                    CommitOffsets behind =
                        new CommitOffsets(ledger.spec("r"), Duration.ofMinutes(5))) {
                  behind.commit(
                      open, Token.ofContent(Ledger.SINK, List.of("b")), job.sealed.get(1));
                } catch (IOException | RuntimeException e) {
                  failure.set(e);
                }
              });
      other.start();
      while (other.isAlive() && other.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      try (TableCatalog open = TableCatalog.open(ledger.config)) {
        job.commits.commit(open, Token.ofContent(Ledger.SINK, List.of("a")), job.sealed.get(0));
      }
      other.join();
      assertThat(failure).hasValue(null);
    }
  }

  @Test
  void aGapIsNeverCommitted() throws Exception {
    Ledger ledger = new Ledger(BROKER, folder, "gap", 1);
    ledger.send(0, 10);
    Random random = new Random(1);
    try (Job job = new Job(ledger, null)) {
      while (job.sealed.isEmpty()) {
        job.work(random, 1);
      }
      ledger.send(0, 10);
      while (job.sealed.size() < 2) {
        job.work(random, 1);
      }
      // The first ones get lost on their way.
      List<Ingested> second = job.sealed.get(1);
      try (TableCatalog open = TableCatalog.open(ledger.config)) {
        assertThatThrownBy(
                () -> job.commits.commit(open, Token.ofContent(Ledger.SINK, List.of("x")), second))
            .isInstanceOf(HeadwaterException.class)
            .hasMessageContaining("0:[10, 20) comes after a gap, the table has nothing of");
      }
    }
  }
}

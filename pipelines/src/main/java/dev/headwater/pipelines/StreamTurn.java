package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topic's table while it follows its topic: under the target's lock, with a run that is open
 * until the stream is stopped or fails. Once a minute its record and its lineage say how far it is,
 * so that what others make of its snapshots meanwhile can be traced.
 */
final class StreamTurn {
  private static final Logger LOG = LoggerFactory.getLogger(StreamTurn.class);
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final Stages stages;
  private final Chronicle chronicle;
  private final Progress progress;
  private final UUID parent;

  StreamTurn(Stages stages, Chronicle chronicle, Progress progress, UUID parent) {
    this.stages = stages;
    this.chronicle = chronicle;
    this.progress = progress;
    this.parent = parent;
  }

  /** Returns when it was told to stop. */
  StageResult take(TopicJob job, BooleanSupplier stopped) {
    Target target = job.target();
    String project = stages.project().name();
    Locks locks = stages.workspace().registry().locks();
    // Asked before the lock is taken: who finds it held is to find the stream's run too.
    Edge begin = TopicEdge.of(job.topic().kafka(), job.from());
    try (Locks.Lock lock = lock(target).orElseThrow(() -> Turn.held(locks, project, target))) {
      Optional<Run> left = runs().open(project, target.toString());
      if (left.filter(run -> TopicEdge.goesOn(run, stages.engine())).isPresent()) {
        return again(job, left.get(), stopped);
      }
      left.ifPresent(run -> close(job, run, null));
      lock.check();
      new Claims(stages.workspace()).check(target);
      Map<String, String> parameters = stages.workspace().parameters(job.parameters());
      parameters.put(Staleness.DECLARATION, job.declaration());
      parameters.put(TopicEdge.STREAM, job.topic().table().commit().text());
      if (!stages.engine().cluster().isEmpty()) {
        parameters.put(TopicEdge.CLUSTER, stages.engine().cluster());
      }
      Run run =
          Run.open(
              project,
              target.kind().stage(),
              target.toString(),
              parent,
              List.of(begin),
              parameters,
              Hash.sha256(job.declaration()),
              job.version());
      runs().start(run);
      progress.started(target, "streams, with a commit each " + job.topic().table().commit());
      chronicle.started(run);
      return follow(job, run, watch -> job.stream(run, stopped, watch));
    }
  }

  /**
   * Follows a stream that was sent to where it is at work, until it ends there.
   *
   * @throws SentException if nobody waits for that any more; its run stays open
   */
  StageResult watch(TopicJob job, Run run, BooleanSupplier stopped) {
    String work = run.id().toString();
    progress.started(job.target(), "streams on " + stages.engine().cluster());
    return follow(
        job,
        run,
        watch -> {
          if (!stages.engine().await(work, job.target().kind().stage(), stopped, watch)) {
            throw SentException.goesOn(job.target(), stages.engine());
          }
        });
  }

  /** Who followed a stream that has just ended on its cluster is about to let go of it. */
  private Optional<Locks.Lock> lock(Target target) {
    String project = stages.project().name();
    long until = System.nanoTime() + LEASE.toNanos();
    while (true) {
      Optional<Locks.Lock> lock =
          stages.workspace().registry().locks().tryLock(project, target.toString(), LEASE);
      boolean ended =
          lock.isEmpty()
              && runs()
                  .open(project, target.toString())
                  .map(
                      run ->
                          run.parameters().containsKey(TopicEdge.CLUSTER)
                              && !TopicEdge.goesOn(run, stages.engine()))
                  .orElse(true);
      if (lock.isPresent() || !ended || System.nanoTime() > until) {
        return lock;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(200);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
  }

  /** Its command is gone, its job is not. */
  private StageResult again(TopicJob job, Run left, BooleanSupplier stopped) {
    String cluster = left.parameters().getOrDefault(TopicEdge.CLUSTER, "");
    if (!cluster.equals(stages.engine().cluster())) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          job.target() + " streams on " + cluster + " already.",
          "follow it there, --cluster=" + cluster + ", or end it: headwater job stop.");
    }
    progress.started(job.target(), "streams on " + cluster + " already");
    return follow(job, left, watch -> job.stream(left, stopped, watch));
  }

  private StageResult follow(TopicJob job, Run run, Consumer<Engine.Watch> stream) {
    long began = System.nanoTime();
    StreamPace pace = new StreamPace(job, progress);
    ScheduledExecutorService aside =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "headwater-stream-" + job.target().name());
              thread.setDaemon(true);
              return thread;
            });
    try {
      every(aside, stages.engine().signOfLife(), () -> chronicle.running(advanced(job, run)));
      every(aside, LOOK, pace::look);
      stream.accept(pace::at);
      aside.shutdownNow();
      return close(job, run, null);
    } catch (RuntimeException | Error e) {
      aside.shutdownNow();
      if (e instanceof OutcomeUnknownException && mayGoOn(run, e)) {
        throw e;
      }
      try {
        close(job, run, e.getMessage() == null ? e.toString() : e.getMessage());
      } catch (RuntimeException unanswered) {
        // The next run closes it.
        e.addSuppressed(unanswered);
      }
      throw e;
    } finally {
      Workspace.delete(stages.workspace().scratch(run.id()));
      LOG.info("{} streamed for {} s", job.target(), (System.nanoTime() - began) / 1_000_000_000);
    }
  }

  /** Whether a stream that nobody follows now is, or may be, at work where it was sent. */
  private boolean mayGoOn(Run run, Throwable e) {
    try {
      return e instanceof SentException || TopicEdge.goesOn(run, stages.engine());
    } catch (HeadwaterException unanswered) {
      return true;
    }
  }

  /** What fails here is tried again the next time: a stream doesn't end for its record. */
  private static void every(ScheduledExecutorService aside, Duration time, Runnable work) {
    var unused =
        aside.scheduleWithFixedDelay(
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                LOG.warn("A stream's record is behind", e);
              }
            },
            time.toMillis(),
            time.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** The record says how far the topic is in the table, and the newest snapshot. */
  private Run advanced(TopicJob job, Run run) {
    List<Edge> outputs = job.find(run).map(Made::outputs).orElse(List.of());
    return runs().advance(run.id(), List.of(job.read(run)), outputs);
  }

  private StageResult close(
      TopicJob job, Run run, @org.jspecify.annotations.Nullable String error) {
    Optional<Made> made = job.find(run);
    runs().advance(run.id(), List.of(job.read(run)), made.map(Made::outputs).orElse(List.of()));
    double seconds = Duration.between(run.started(), java.time.Instant.now()).toMillis() / 1_000.0;
    Map<String, Double> metrics = new LinkedHashMap<>(made.map(Made::metrics).orElse(Map.of()));
    metrics.put("seconds", seconds);
    Run closed =
        runs()
            .finish(
                run.id(),
                error == null ? Run.Status.SUCCEEDED : Run.Status.FAILED,
                made.map(Made::outputs).orElse(List.of()),
                metrics,
                error);
    chronicle.ended(closed);
    Map<String, Object> facts = new LinkedHashMap<>(made.map(Made::metrics).orElse(Map.of()));
    facts.put("run", run.id().toString());
    return StageResult.done(
        job.target(),
        made.map(Made::rows).orElse(0L),
        made.map(Made::note).orElse("no records"),
        seconds,
        made.map(Made::where).orElse(""),
        facts);
  }

  private Runs runs() {
    return stages.workspace().registry().runs();
  }
}

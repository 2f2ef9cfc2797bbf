package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Run;
import dev.headwater.train.TrainProgress;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells how far a training is to who watches its run in this process. It travels with the pipeline,
 * so it knows the run's id only; on another machine nobody listens.
 */
final class TrainingWatch implements TrainProgress {
  private static final long serialVersionUID = 1;
  private static final Map<String, Watched> LISTENING = new ConcurrentHashMap<>();

  private final String run;

  private TrainingWatch(String run) {
    this.run = run;
  }

  static TrainProgress of(Run run) {
    return new TrainingWatch(run.id().toString());
  }

  /** Tells a job's watch, until it is closed. */
  static Watched tell(Run run, Job.Watch watch) {
    Watched watched = new Watched(run.id().toString(), watch);
    LISTENING.put(watched.run, watched);
    return watched;
  }

  @Override
  public void at(Step step) {
    Watched watched = LISTENING.get(run);
    if (watched != null) {
      watched.training(step);
    }
  }

  /** A run that is watched: first its rows are joined, then it trains. */
  static final class Watched implements AutoCloseable {
    private final String run;
    private final Job.Watch watch;
    private volatile boolean training;

    private Watched(String run, Job.Watch watch) {
      this.run = run;
      this.watch = watch;
    }

    void joining(long rows, long total, String doing) {
      if (!training) {
        watch.at(rows, total, "join" + doing);
      }
    }

    private void training(Step step) {
      training = true;
      String doing = step.phase();
      if (doing.equals("train")) {
        doing = String.format(Locale.ROOT, "epoch %d, loss %.4f", step.epoch() + 1, step.loss());
      }
      if (step.secondsLeft() > 0) {
        doing += String.format(Locale.ROOT, ", %.0f s left", step.secondsLeft());
      }
      watch.at(0, -1, doing);
    }

    @Override
    public void close() {
      LISTENING.remove(run);
    }
  }
}

package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;

/**
 * Who watches a run. Called from any thread, as often as the caller likes; never blocks long and
 * never throws.
 */
@FunctionalInterface
public interface Progress {
  /** Nobody watches. */
  Progress NONE = event -> {};

  void on(RunEvent event);

  default void began(RunReport.Header header) {
    on(new RunEvent.Began(header));
  }

  default void started(Target target, String why) {
    on(new RunEvent.Started(target, why));
  }

  default void advanced(Target target, long rows, long total) {
    on(new RunEvent.Advanced(target, rows, total, ""));
  }

  default void advanced(Target target, long rows, long total, String doing) {
    on(new RunEvent.Advanced(target, rows, total, doing));
  }

  default void waits(Target target, String why) {
    on(new RunEvent.Waits(target, why));
  }

  default void upkept(UpkeepStep step) {
    on(new RunEvent.Upkept(step));
  }

  default void ended(StageResult result) {
    on(new RunEvent.Ended(result));
  }
}

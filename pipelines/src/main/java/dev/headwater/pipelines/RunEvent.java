package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;

/** Something that happened in a run, for whoever watches. */
public sealed interface RunEvent {
  /** The run begins. */
  record Began(RunReport.Header header) implements RunEvent {}

  /**
   * A target's stage begins.
   *
   * @param why why it isn't fresh: "first run", "contract changed", "1 new file"
   */
  record Started(Target target, String why) implements RunEvent {}

  /**
   * A stage has come so far.
   *
   * @param rows done since it started
   * @param total of how many, or -1 where nobody knows
   * @param doing a few words where the stage has several steps ("epoch 2 of 3"); may be empty
   */
  record Advanced(Target target, long rows, long total, String doing) implements RunEvent {}

  /**
   * A target waits: for another run of it, or before it is tried again.
   *
   * @param why for what; a sentence
   */
  record Waits(Target target, String why) implements RunEvent {}

  /**
   * A stream has come so far.
   *
   * @param rows records read since it started
   * @param rate records a second, lately
   * @param lag records of the topic that are not in the table yet, or -1 where nobody knows
   * @param doing how it gets on, in a few words ("checkpoint 12"); may be empty
   */
  record Streamed(Target target, long rows, double rate, long lag, String doing)
      implements RunEvent {}

  /** Maintenance of a target's table is done, or has failed. */
  record Upkept(UpkeepStep step) implements RunEvent {}

  /** A target is done with, in one way or another. */
  record Ended(StageResult result) implements RunEvent {}
}

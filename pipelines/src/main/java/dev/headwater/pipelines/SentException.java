package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;

/**
 * A pipeline was sent to where it runs, and nobody waits for it: its run stays open, and the next
 * one finds it, waits for it and closes the run.
 */
public final class SentException extends OutcomeUnknownException {
  private static final long serialVersionUID = 1;

  /** It goes on, and nobody waits for it any more. */
  static SentException goesOn(Target target, Engine engine) {
    return new SentException(target + " goes on, on " + engine.cluster());
  }

  /**
   * @param where "job 5f3a… on prod"
   */
  public SentException(String where) {
    super(where, "run again to wait for it.", null);
  }
}

package dev.headwater.pipelines;

/**
 * A pipeline was sent to where it runs, and nobody waits for it: its run stays open, and the next
 * one finds it, waits for it and closes the run.
 */
public final class SentException extends OutcomeUnknownException {
  private static final long serialVersionUID = 1;

  /**
   * @param where "job 5f3a… on prod"
   */
  public SentException(String where) {
    super(where, "run again to wait for it.", null);
  }
}

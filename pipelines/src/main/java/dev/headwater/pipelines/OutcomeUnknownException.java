package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import org.jspecify.annotations.Nullable;

/**
 * Whatever ran a pipeline does not answer any more, or broke down. The pipeline may have failed, it
 * may have committed, or it may do so yet: its run stays open, and the next one adopts it.
 */
public class OutcomeUnknownException extends HeadwaterException {
  private static final long serialVersionUID = 1;

  /**
   * @param what one sentence: what does not answer, or broke down
   * @param fix one sentence: what to do about it
   */
  public OutcomeUnknownException(String what, String fix, @Nullable Throwable cause) {
    super(Kind.UNREACHABLE, what, fix, cause);
  }
}

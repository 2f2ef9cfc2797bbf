package dev.headwater.table;

import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * A step's work. What its worker logs says which run, stage and target it is of, see {@link
 * WorkLog}.
 *
 * @param <I> what comes in
 * @param <O> what goes out
 */
public abstract class WorkFn<I, O> extends DoFn<I, O> {
  private static final long serialVersionUID = 1;

  /** Before the first element, in the thread that works; who needs more calls this too. */
  @Setup
  public void setup(PipelineOptions options) {
    WorkLog.of(options);
  }
}

package dev.headwater.table;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.PipelineOptions;
import org.slf4j.MDC;

/**
 * What a worker logs says which run it is of, as what the command logs does: run, stage and target,
 * for the lines of this thread. Jobs of other names say nothing.
 */
public final class WorkLog {
  /** As the jobs of a project's stages are named. */
  private static final Pattern JOB =
      Pattern.compile("\\w+-([a-z]+)-(\\w+)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

  private WorkLog() {}

  /** From now on, in this thread. */
  public static void of(PipelineOptions options) {
    Matcher job = JOB.matcher(options.getJobName());
    // In the command's own process its threads say it already, with the target's whole name.
    if (job.matches() && !job.group(3).equals(MDC.get("run"))) {
      MDC.put("stage", job.group(1));
      MDC.put("target", job.group(2));
      MDC.put("run", job.group(3));
    }
  }
}

package dev.headwater.table;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.PipelineOptions;
import org.slf4j.MDC;

/**
 * What a worker logs says which run it is of, as what the command logs does: run, stage and target,
 * for the lines of this thread. Jobs of other names say nothing.
 */
public final class WorkLog {
  private WorkLog() {}

  /** What a job's name tells, where it is one of a project's stage. */
  public record Work(String project, String stage, String target, String run) {
    private static final Pattern JOB =
        Pattern.compile("(\\w+)-([a-z]+)-(\\w+)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

    /** Empty for jobs of other names. */
    public static Optional<Work> of(String jobName) {
      Matcher job = JOB.matcher(jobName);
      return job.matches()
          ? Optional.of(new Work(job.group(1), job.group(2), job.group(3), job.group(4)))
          : Optional.empty();
    }
  }

  /** From now on, in this thread. */
  public static void of(PipelineOptions options) {
    Work.of(options.getJobName())
        // In the command's own process its threads say it already, with the target's whole name.
        .filter(work -> !work.run().equals(MDC.get("run")))
        .ifPresent(
            work -> {
              MDC.put("stage", work.stage());
              MDC.put("target", work.target());
              MDC.put("run", work.run());
            });
  }
}

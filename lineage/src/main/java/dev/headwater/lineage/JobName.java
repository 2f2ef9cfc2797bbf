package dev.headwater.lineage;

import org.jspecify.annotations.Nullable;

/**
 * The name of a job: {@code <project>.<stage>.<target>}, or the project alone for the run that
 * holds the runs of its stages together.
 */
public record JobName(String project, @Nullable String stage, @Nullable String target) {
  public JobName {
    if ((stage == null) != (target == null)) {
      throw new IllegalArgumentException(
          "A job has a stage and a target, or neither, not " + stage + " and " + target);
    }
  }

  public static JobName of(String project, String stage, String target) {
    return new JobName(project, stage, target);
  }

  /** The job whose runs are parents of the stages' runs. */
  public static JobName project(String project) {
    return new JobName(project, null, null);
  }

  /** The encoded name as it stands in events. */
  @Override
  public String toString() {
    return DataSetName.encode(stage == null ? project : project + "." + stage + "." + target);
  }
}

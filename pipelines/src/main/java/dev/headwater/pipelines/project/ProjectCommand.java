package dev.headwater.pipelines.project;

/**
 * The command line over a project that was declared in Java; found by {@link
 * java.util.ServiceLoader}, since it lives further up.
 */
public interface ProjectCommand {
  /** Does what the arguments say and returns the exit status. */
  int run(Project project, String... args);
}

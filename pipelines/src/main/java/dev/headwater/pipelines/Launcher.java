package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the command does with a project. Failures are {@link
 * dev.headwater.catalog.HeadwaterException}; a run reports those of its stages instead and goes on
 * with what doesn't need them.
 */
public interface Launcher extends AutoCloseable {
  /**
   * Brings targets up to date.
   *
   * @param targets in an order in which each comes after what it needs
   * @param force run also what is fresh
   */
  RunReport run(List<Target> targets, boolean force, Progress progress);

  /**
   * Follows a topic until it is told to stop: the table's records come as they are written.
   *
   * @param table one that is filled from a topic
   * @param stopped asked several times a second
   */
  RunReport stream(Target table, BooleanSupplier stopped, Progress progress);

  /**
   * Waits for what was sent to a cluster and left there, tells of it meanwhile, and closes its run
   * when it has ended, however it ended. Nothing is sent, and nothing at work is ended.
   *
   * @param job its target, its run, the cluster's id of it, the beginning of one of these, or its
   *     name
   * @param stopped asked several times a second; what is at work then goes on
   */
  RunReport watch(String job, BooleanSupplier stopped, Progress progress);

  /** How far a table is in its topic, by partition. */
  Answer offsets(Target table);

  PlanReport plan(List<Target> targets);

  /**
   * Accepts what a target has made as what it would make by what is declared now.
   *
   * @param reason why that is so, for those who look later
   */
  Answer adopt(Target target, String reason);

  /**
   * Makes the tables of the project's name those of its repository, whose ever they were.
   *
   * @param reason why that is so, for those who look later
   */
  Answer claim(String reason);

  /** Where something came from, what it went into, how it differs. */
  Answer ask(Question question);

  /** Trains a version again from the same snapshots; exit status 1 and what differs if unequal. */
  Answer replay(Target model, @Nullable String ref, Progress progress);

  /** Writes the rows that a version was trained on into a file. */
  Answer dataset(DatasetTask task, Progress progress);

  /** Plays a table's rows into a topic, until the last one is there. */
  Answer play(PlaySpec spec, PlaySpec.Watch watch);

  /** The newest runs first. */
  Answer runs(RunFilter filter);

  /**
   * One run.
   *
   * @param id or the beginning of it
   */
  Answer run(String id);

  /** The first rows of a table that a target made. */
  Answer head(Target target, @Nullable String ref, int rows);

  /** Looks at the rows of a table that are dead letters, or tries them again. */
  Answer letters(Target table, LetterTask task, Progress progress);

  /**
   * Reads a table's rows of a range of time again, in the place of those that it has.
   *
   * @param from the first moment of it
   * @param to the first one behind it
   */
  Answer backfill(Target table, Instant from, Instant to, boolean dryRun, Progress progress);

  /**
   * What the columns hold, from the sketches of the table's commits, without reading a row.
   *
   * @param from a snapshot, tag or branch after which rows count; null: all of them
   * @param top how many of the most frequent values
   */
  Answer profile(Target target, @Nullable String ref, @Nullable String from, int top);

  /**
   * Takes the sketches of the newest snapshot anew, by reading all its rows.
   *
   * @return how many there are
   */
  Answer sketch(Target target, Progress progress);

  /** The table's schema, partitioning, size and current snapshot. */
  Answer table(Target target);

  /** The table's snapshots, the newest first. */
  Answer history(Target target, int limit);

  /**
   * Looks at a table, or changes it, besides running its target.
   *
   * @param dryRun only says what it would do
   */
  Answer table(Target target, TableTask task, boolean dryRun, Progress progress);

  /** All models with their versions and aliases. */
  Answer models();

  /** A model's version: metrics beside base rate and baseline, inputs, pins. */
  Answer model(Target model, @Nullable String ref);

  /** Moves the alias to a version. */
  Answer promote(Target model, String version, String alias);

  /** Moves the alias back to where it was before. */
  Answer rollback(Target model, String alias);

  /** Which columns moved in which period, and by how much. */
  Answer driftWhy(Target monitor);

  /** How many events are pending, delivered and parked, and why. */
  Answer lineageStatus();

  /** Sends what is pending. */
  Answer lineageFlush();

  /** The events that a server has refused, with its answers. */
  Answer lineageParked(int limit);

  /**
   * Makes a parked event, and all after it, pending again: order matters more than repeats.
   *
   * @param event its number; null: the first one that is parked
   */
  Answer lineageRetry(@Nullable Long event);

  @Override
  void close();

  /** Opens launchers; found by {@link java.util.ServiceLoader}. */
  interface Provider {
    Launcher open(Project project, LaunchOptions options);
  }
}

package dev.headwater.catalog.registry;

import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One execution of one stage for one target. It is written before the work starts, with its pinned
 * inputs, and closed once, after the commit.
 *
 * @param id a UUIDv7, see {@link RunIds}
 * @param parent the run of the whole command; null for that one itself
 * @param declaration the hash of what was declared
 * @param stageVersion the stage's own semantic version
 * @param metrics figures known at the end
 * @param ended null while it is open
 * @param error what went wrong; null unless it failed
 */
public record Run(
    UUID id,
    String project,
    String stage,
    String target,
    @Nullable UUID parent,
    Instant started,
    List<Edge> inputs,
    List<Edge> outputs,
    Map<String, String> parameters,
    String declaration,
    String stageVersion,
    Map<String, Double> metrics,
    Status status,
    @Nullable Instant ended,
    @Nullable String error)
    implements Serializable {

  /** Where a run stands. An open one whose owner died is adopted or failed by the next. */
  public enum Status {
    OPEN,
    SUCCEEDED,
    FAILED
  }

  public Run {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    parameters = Map.copyOf(parameters);
    metrics = Map.copyOf(metrics);
  }

  /** A run that begins now. */
  public static Run open(
      String project,
      String stage,
      String target,
      @Nullable UUID parent,
      List<Edge> inputs,
      Map<String, String> parameters,
      String declaration,
      String stageVersion) {
    return new Run(
        RunIds.next(),
        project,
        stage,
        target,
        parent,
        Instant.now(),
        inputs,
        List.of(),
        parameters,
        declaration,
        stageVersion,
        Map.of(),
        Status.OPEN,
        null,
        null);
  }

  /** As one of another declaration. */
  public Run with(Map<String, String> declared, String version) {
    return new Run(
        id,
        project,
        stage,
        target,
        parent,
        started,
        inputs,
        outputs,
        declared,
        declaration,
        version,
        metrics,
        status,
        ended,
        error);
  }

  /** With these in the place of what it has read and written. */
  public Run with(List<Edge> read, List<Edge> written) {
    return new Run(
        id,
        project,
        stage,
        target,
        parent,
        started,
        read,
        written,
        parameters,
        declaration,
        stageVersion,
        metrics,
        status,
        ended,
        error);
  }
}

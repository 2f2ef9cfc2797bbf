package dev.headwater.lineage;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a run did: the one record from which events and traces are made.
 *
 * @param runId a UUIDv7
 * @param job whose run it is
 * @param parent the run it is a part of
 * @param status how it stands
 * @param started when its work began, after its inputs were pinned
 * @param ended when it was closed; null while it runs
 * @param nominalStart the time it was scheduled for, where it was
 * @param nominalEnd the end of the period it is about
 * @param error what failed; only of a failed run
 * @param processing batch or streaming
 * @param engine what computed it
 * @param code where its source is
 * @param parameters what it was given; secrets are redacted in events
 * @param facts its own figures, as rows kept, letters, AUC; as text
 * @param inputs the versions it read
 * @param outputs the versions it wrote; without a version while it runs
 * @param description a sentence for readers
 * @param owners those who answer for the job, as name to role
 * @param tags free words, as key to value
 */
public record RunFacts(
    UUID runId,
    JobName job,
    @Nullable Parent parent,
    Status status,
    Instant started,
    @Nullable Instant ended,
    @Nullable Instant nominalStart,
    @Nullable Instant nominalEnd,
    @Nullable Failure error,
    Processing processing,
    @Nullable Engine engine,
    @Nullable SourceCode code,
    SortedMap<String, String> parameters,
    SortedMap<String, String> facts,
    List<DataSet> inputs,
    List<DataSet> outputs,
    @Nullable String description,
    Map<String, String> owners,
    Map<String, String> tags) {

  /** How a run stands. */
  public enum Status {
    RUNNING,
    COMPLETED,
    FAILED,
    ABORTED
  }

  /** Whether the input ends. */
  public enum Processing {
    BATCH,
    STREAMING
  }

  /** The run that this one is a part of, in the same namespace. */
  public record Parent(UUID runId, JobName job) {}

  /** What went wrong: its message, and the stack trace where there is one. */
  public record Failure(String message, @Nullable String stackTrace) {}

  /** What computed it: {@code DirectRunner} or {@code FlinkRunner}, its version, and ours. */
  public record Engine(String name, String version, @Nullable String headwaterVersion) {}

  /** Where the source is: {@code git}, an http(s) URL, the repository, a path in it, the commit. */
  public record SourceCode(
      String type,
      String url,
      @Nullable String repository,
      @Nullable String path,
      @Nullable String version) {}

  public RunFacts {
    if (runId.version() != 7) {
      throw new IllegalArgumentException("A run's id is a UUIDv7, not " + runId);
    }
    if ((status == Status.RUNNING) != (ended == null)) {
      throw new IllegalArgumentException(
          "A run has an end when it is closed: " + runId + " is " + status + ", ended " + ended);
    }
    Objects.requireNonNull(started);
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    owners = Map.copyOf(owners);
    tags = Map.copyOf(tags);
  }

  public static Builder run(UUID runId, JobName job, Instant started) {
    return new Builder(runId, job, started);
  }

  /** A run in the making; running until {@link #ended} says otherwise. */
  public static final class Builder {
    private final UUID runId;
    private final JobName job;
    private final Instant started;
    private @Nullable Parent parent;
    private Status status = Status.RUNNING;
    private @Nullable Instant ended;
    private @Nullable Instant nominalStart;
    private @Nullable Instant nominalEnd;
    private @Nullable Failure error;
    private Processing processing = Processing.BATCH;
    private @Nullable Engine engine;
    private @Nullable SourceCode code;
    private Map<String, String> parameters = Map.of();
    private Map<String, String> facts = Map.of();
    private List<DataSet> inputs = List.of();
    private List<DataSet> outputs = List.of();
    private @Nullable String description;
    private Map<String, String> owners = Map.of();
    private Map<String, String> tags = Map.of();

    private Builder(UUID runId, JobName job, Instant started) {
      this.runId = runId;
      this.job = job;
      this.started = started;
    }

    public Builder parent(@Nullable Parent parent) {
      this.parent = parent;
      return this;
    }

    public Builder ended(Status status, Instant ended) {
      this.status = status;
      this.ended = ended;
      return this;
    }

    public Builder failed(Failure error, Instant ended) {
      this.error = error;
      return ended(Status.FAILED, ended);
    }

    public Builder nominal(@Nullable Instant start, @Nullable Instant end) {
      this.nominalStart = start;
      this.nominalEnd = end;
      return this;
    }

    public Builder processing(Processing processing) {
      this.processing = processing;
      return this;
    }

    public Builder engine(@Nullable Engine engine) {
      this.engine = engine;
      return this;
    }

    public Builder code(@Nullable SourceCode code) {
      this.code = code;
      return this;
    }

    public Builder parameters(Map<String, String> parameters) {
      this.parameters = parameters;
      return this;
    }

    public Builder facts(Map<String, String> facts) {
      this.facts = facts;
      return this;
    }

    public Builder inputs(List<DataSet> inputs) {
      this.inputs = inputs;
      return this;
    }

    public Builder outputs(List<DataSet> outputs) {
      this.outputs = outputs;
      return this;
    }

    public Builder description(@Nullable String description) {
      this.description = description;
      return this;
    }

    public Builder owners(Map<String, String> owners) {
      this.owners = owners;
      return this;
    }

    public Builder tags(Map<String, String> tags) {
      this.tags = tags;
      return this;
    }

    public RunFacts build() {
      return new RunFacts(
          runId,
          job,
          parent,
          status,
          started,
          ended,
          nominalStart,
          nominalEnd,
          error,
          processing,
          engine,
          code,
          new TreeMap<>(parameters),
          new TreeMap<>(facts),
          inputs,
          outputs,
          description,
          owners,
          tags);
    }
  }
}

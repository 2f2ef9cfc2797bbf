package dev.headwater.lineage;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * OpenLineage run events from run facts, as JSON ready for the journal.
 *
 * <p>What servers need stands in every event: all inputs and outputs in START, RUNNING and the last
 * one alike, symlinks beside physical names, and a landing run before the START for each input that
 * comes from outside. Append what a method returns in its order; writers before readers.
 */
public final class Events {
  /** Says which program made an event. An identifier, not an address to call. */
  public static final URI PRODUCER = URI.create("https://headwater.dev/headwater/0.1.0");

  private static final String RUN_EVENT =
      "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final String namespace;
  private final URI producer;
  private final Added added;

  /**
   * @param namespace the jobs' namespace, as {@code prod}
   * @param producer which program makes the events
   * @param environment the environment variables that may stand in an event; no other ever does
   */
  public Events(String namespace, URI producer, Set<String> environment) {
    this(namespace, producer, new Added(environment, Map.of(), Map.of()));
  }

  private Events(String namespace, URI producer, Added added) {
    this.namespace = DataSetName.encode(namespace);
    this.producer = producer;
    this.added = added;
  }

  /** Events of our own name, with no environment variable in them. */
  public static Events in(String namespace) {
    return in(namespace, Added.NOTHING);
  }

  /** Events of our own name, with what a user has added to all of them. */
  public static Events in(String namespace, Added added) {
    return new Events(namespace, PRODUCER, added);
  }

  /** The landing runs of the inputs that come from outside, then START. */
  public List<String> started(RunFacts run) {
    List<String> events = new ArrayList<>(landings(run));
    events.add(event("START", run.started(), run));
    return events;
  }

  /** The landing runs alone, of a run whose inputs were not known when it started. */
  public List<String> landings(RunFacts run) {
    List<String> events = new ArrayList<>();
    for (DataSet input : run.inputs()) {
      if (input.root()) {
        events.addAll(landing(run, input));
      }
    }
    return events;
  }

  /** A sign of life of a run that streams: one a minute keeps its edges. */
  public String running(RunFacts run, Instant now) {
    return event("RUNNING", now, run);
  }

  /** The last event: COMPLETE, FAIL or ABORT by the run's status. Nothing may follow it. */
  public String ended(RunFacts run) {
    return switch (run.status()) {
      case RUNNING ->
          throw new IllegalArgumentException(
              "Run "
                  + run.runId()
                  + " has not ended. Fix: close it before its last event is made.");
      case COMPLETED -> event("COMPLETE", Objects.requireNonNull(run.ended()), run);
      case FAILED -> event("FAIL", Objects.requireNonNull(run.ended()), run);
      case ABORTED -> event("ABORT", Objects.requireNonNull(run.ended()), run);
    };
  }

  /**
   * How a data set came here, as a run without inputs. Its id follows from the data set's name and
   * version, so that every reader of a version repeats the same landing run.
   */
  private List<String> landing(RunFacts reader, DataSet input) {
    UUID id =
        RunIds.of(
            since(reader, input),
            input.name().namespace() + "\n" + input.name().name() + "\n" + input.version());
    JobName job = JobName.of(reader.job().project(), RunFacetsJson.LANDING, input.label());
    RunFacts.Builder landing =
        RunFacts.run(id, job, reader.started())
            .processing(reader.processing())
            .description("How " + input.label() + " came here")
            .outputs(List.of(input));
    RunFacts running = landing.build();
    RunFacts ended = landing.ended(RunFacts.Status.COMPLETED, reader.started()).build();
    return List.of(
        event("START", reader.started(), running), event("COMPLETE", reader.started(), ended));
  }

  /** No reader's own time, where a version tells one landing from another. */
  private static Instant since(RunFacts reader, DataSet input) {
    if (input.modified() != null) {
      return input.modified();
    }
    return input.version() == null ? reader.started() : Instant.EPOCH;
  }

  private String event(String type, Instant at, RunFacts run) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("eventTime", time(at));
    event.put("eventType", type);
    event.put("producer", producer.toString());
    event.put("schemaURL", RUN_EVENT);
    ObjectNode runNode = event.putObject("run").put("runId", run.runId().toString());
    RunFacetsJson.write(run, namespace, producer, added.environment(), runNode.putObject("facets"));
    ObjectNode job =
        event.putObject("job").put("namespace", namespace).put("name", run.job().toString());
    JobFacetsJson.write(run, added, producer, job.putObject("facets"));
    for (DataSet input : run.inputs()) {
      ObjectNode node = event.withArray("inputs").addObject();
      DataSetFacetsJson.write(input, producer, node);
      DataSetFacetsJson.writeInput(input, producer, node.putObject("inputFacets"));
    }
    for (DataSet output : run.outputs()) {
      ObjectNode node = event.withArray("outputs").addObject();
      DataSetFacetsJson.write(output, producer, node);
      DataSetFacetsJson.writeOutput(output, producer, node.putObject("outputFacets"));
    }
    event.withArray("inputs");
    event.withArray("outputs");
    return event.toString();
  }

  static String time(Instant instant) {
    return TIME.format(instant);
  }
}

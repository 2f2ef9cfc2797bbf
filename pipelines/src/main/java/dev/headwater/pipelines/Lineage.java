package dev.headwater.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.lineage.ClientSettings;
import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.DataSetName;
import dev.headwater.lineage.Events;
import dev.headwater.lineage.JobName;
import dev.headwater.lineage.RunFacts;
import dev.headwater.lineage.RunIds;
import dev.headwater.pipelines.project.Environments;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lineage of Beam pipelines that were built without us: {@code Lineage.observe(pipeline).run()}
 * runs one and tells what it read and wrote, by the metrics that Beam's own sources and sinks
 * report. Events go the way of a project's own: into the outbox of the folder, and from there to
 * the server that {@code openlineage.yml} or the environment names. A pipeline neither waits for
 * them nor fails because of them.
 */
public final class Lineage {
  private static final Logger LOG = LoggerFactory.getLogger(Lineage.class);
  private static final Duration SIGN_OF_LIFE = Duration.ofMinutes(1);
  private static final String STAGE = "beam";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Pipeline pipeline;
  private Path folder = Path.of("");
  private String name;

  private Lineage(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.name = pipeline.getOptions().getJobName();
  }

  public static Lineage observe(Pipeline pipeline) {
    return new Lineage(pipeline);
  }

  /** The folder whose outbox takes the events: a project's, or any other; by default this one. */
  public Lineage in(Path chosen) {
    folder = chosen;
    return this;
  }

  /** The job's name, the same in each run; by default Beam's, which has the time in it. */
  public Lineage named(String job) {
    name = job;
    return this;
  }

  /**
   * Runs the pipeline as {@link Pipeline#run()} does. One that goes on after this method is watched
   * while the process lives: a sign of life each minute, then its end.
   */
  public PipelineResult run() {
    Optional<Telling> telling = Telling.begin(this);
    PipelineResult result;
    try {
      result = pipeline.run();
    } catch (RuntimeException e) {
      telling.ifPresent(t -> t.failed(e));
      throw e;
    }
    telling.ifPresent(t -> t.follow(result));
    return result;
  }

  /** The events of one run, and where they go. */
  private static final class Telling {
    private final Registry registry;
    private final RegistryJournal journal;
    private final Events events;
    private final RunFacts.Builder run;
    private final String subject;
    private final Optional<Delivery> delivery;

    private Telling(Lineage of, CatalogConfig config, String project, ClientSettings settings) {
      this.registry = Registry.open(config);
      this.journal = new RegistryJournal(registry.journal(), registry.locks());
      this.events = Events.in(settings.namespace().orElse(project));
      this.run =
          RunFacts.run(RunIds.next(), JobName.of(project, STAGE, of.name), Instant.now())
              .engine(
                  new RunFacts.Engine(
                      of.pipeline.getOptions().getRunner().getSimpleName(), "", null));
      this.subject = project + "." + STAGE + "." + of.name;
      // What the run before it read and wrote: a start without it would tear the job off its graph.
      registry.journal().newest(subject).ifPresent(last -> asBefore(last.payload()));
      journal.append(subject, events.started(run.build()));
      this.delivery = Delivery.begin(settings, journal, config, of.folder.toAbsolutePath());
    }

    private void asBefore(String payload) {
      try {
        JsonNode event = JSON.readTree(payload);
        run.inputs(sets(event.path("inputs"))).outputs(sets(event.path("outputs")));
      } catch (JsonProcessingException e) {
        LOG.debug("an event that is no JSON", e);
      }
    }

    private static List<DataSet> sets(JsonNode nodes) {
      List<DataSet> sets = new ArrayList<>();
      for (JsonNode node : nodes) {
        JsonNode own = node.at("/facets/headwater_dataset");
        sets.add(
            BeamDataSets.of(
                DataSet.Kind.valueOf(own.path("kind").asText("TABLE")),
                new DataSetName(node.path("namespace").asText(), node.path("name").asText()),
                own.path("label").asText()));
      }
      return sets;
    }

    static Optional<Telling> begin(Lineage of) {
      try {
        Path folder = of.folder.toAbsolutePath().normalize();
        Path home = Files.createDirectories(folder.resolve(".headwater"));
        Optional<Project> project =
            ProjectFile.around(folder)
                .map(ProjectFile::read)
                .map(found -> found.in(Environments.meant(null)));
        CatalogConfig config =
            project.map(Workspace::registryOf).orElseGet(() -> CatalogConfig.embedded(home));
        String name = project.map(Project::name).orElse(folder.getFileName().toString());
        return Optional.of(new Telling(of, config, name, ClientSettings.read(folder)));
      } catch (IOException | RuntimeException e) {
        LOG.warn("The pipeline runs unobserved", e);
        return Optional.empty();
      }
    }

    void failed(RuntimeException e) {
      end(run.failed(new RunFacts.Failure(String.valueOf(e.getMessage()), null), Instant.now()));
    }

    void follow(PipelineResult result) {
      if (result.getState().isTerminal()) {
        ended(result);
        return;
      }
      Thread watch = new Thread(() -> watch(result), "headwater-observed");
      watch.setDaemon(true);
      watch.start();
    }

    private void watch(PipelineResult result) {
      PipelineResult.State state = null;
      while (state == null || !state.isTerminal()) {
        RunFacts now = seen(result).build();
        // Before the first metrics there is nothing to say, and nothing would say too much.
        if (!now.inputs().isEmpty() || !now.outputs().isEmpty()) {
          tell(() -> List.of(events.running(now, Instant.now())));
        }
        state = result.waitUntilFinish(org.joda.time.Duration.millis(SIGN_OF_LIFE.toMillis()));
      }
      ended(result);
    }

    private void ended(PipelineResult result) {
      RunFacts.Builder facts = seen(result);
      Instant now = Instant.now();
      switch (result.getState()) {
        case DONE, UPDATED -> end(facts.ended(RunFacts.Status.COMPLETED, now));
        case CANCELLED -> end(facts.ended(RunFacts.Status.ABORTED, now));
        default -> end(facts.failed(new RunFacts.Failure("The pipeline failed.", null), now));
      }
    }

    private RunFacts.Builder seen(PipelineResult result) {
      return run.inputs(sets(result, org.apache.beam.sdk.metrics.Lineage.Type.SOURCE))
          .outputs(sets(result, org.apache.beam.sdk.metrics.Lineage.Type.SINK));
    }

    private static List<DataSet> sets(
        PipelineResult result, org.apache.beam.sdk.metrics.Lineage.Type type) {
      try {
        return new TreeSet<>(org.apache.beam.sdk.metrics.Lineage.query(result.metrics(), type))
            .stream().map(BeamDataSets::of).toList();
      } catch (UnsupportedOperationException e) {
        // Not every runner has metrics while a pipeline runs.
        return List.of();
      }
    }

    private void end(RunFacts.Builder facts) {
      RunFacts ended = facts.build();
      // What came from outside is known only now: its landing runs stand before the end.
      tell(
          () -> {
            List<String> told = new ArrayList<>(events.landings(ended));
            told.add(events.ended(ended));
            return told;
          });
      delivery.ifPresent(Delivery::close);
      registry.close();
    }

    private void tell(Supplier<List<String>> made) {
      try {
        journal.append(subject, made.get());
        delivery.ifPresent(Delivery::wake);
      } catch (RuntimeException e) {
        LOG.warn("A lineage event could not be written; the pipeline goes on", e);
      }
    }
  }
}

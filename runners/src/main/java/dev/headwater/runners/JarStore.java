package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.jspecify.annotations.Nullable;

/**
 * The jars that a JobManager keeps, until it ends. What jobs take along is sent there once: the
 * name of a jar tells its content. Ones that nobody has sent for a week are deleted.
 */
final class JarStore {
  private static final long OLD_MILLIS = Duration.ofDays(7).toMillis();

  private final FlinkRest rest;

  JarStore(FlinkRest rest) {
    this.rest = rest;
  }

  /**
   * Begins a job that takes these jars along.
   *
   * @param savepoint whose state it begins with; null: none
   * @return its id; empty if this cluster keeps no jars, and nothing was begun
   * @throws IllegalStateException if the JobManager does not take the job
   */
  Optional<JobID> run(JobGraph graph, List<String> jars, @Nullable String savepoint) {
    try {
      Path jar = SlimJar.of(jars, WorkerLib.cache());
      Optional<String> kept = kept(jar);
      if (kept.isEmpty()) {
        return Optional.empty();
      }
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("entryClass", SentGraph.class.getName());
      body.put(
          "programArgsList", List.of(String.valueOf(jar.getFileName()), SentGraph.text(graph)));
      if (savepoint != null) {
        body.put("savepointPath", savepoint);
      }
      JsonNode begun = rest.begin("/jars/" + kept.get() + "/run", body);
      return Optional.of(JobID.fromHexString(begun.path("jobid").asText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the cluster calls it, now that it has it. */
  private Optional<String> kept(Path jar) throws IOException {
    Optional<JsonNode> all = rest.find("/jars");
    if (all.isEmpty()) {
      return Optional.empty();
    }
    String name = String.valueOf(jar.getFileName());
    String kept = null;
    for (JsonNode one : all.get().path("files")) {
      long age = System.currentTimeMillis() - one.path("uploaded").asLong();
      if (one.path("name").asText().equals(name)) {
        kept = one.path("id").asText();
      } else if (one.path("name").asText().startsWith(SlimJar.NAME) && age > OLD_MILLIS) {
        rest.delete("/jars/" + one.path("id").asText());
      }
    }
    if (kept != null) {
      return Optional.of(kept);
    }
    return rest.upload("/jars/upload", jar)
        .map(answer -> answer.path("filename").asText())
        .map(file -> file.substring(file.lastIndexOf('/') + 1));
  }
}

package dev.headwater.catalog.registry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The runs of all projects, and what each read and wrote. */
@SuppressWarnings("DoNotCallSuggester")
public final class Runs {
  Runs() {}

  /** Writes an open run. The same run again changes nothing. */
  public void start(Run run) {
    throw new UnsupportedOperationException();
  }

  /** Closes a run. Closing it again in the same way changes nothing; in another way is refused. */
  public Run finish(
      UUID id,
      Run.Status status,
      List<Edge> outputs,
      Map<String, Double> metrics,
      @Nullable String error) {
    throw new UnsupportedOperationException();
  }

  public Optional<Run> find(UUID id) {
    throw new UnsupportedOperationException();
  }

  /** The run of a target that is not closed, to be adopted: the newest if there are several. */
  public Optional<Run> open(String project, String target) {
    throw new UnsupportedOperationException();
  }

  /** The last run of a target that succeeded. */
  public Optional<Run> lastSucceeded(String project, String target) {
    throw new UnsupportedOperationException();
  }

  /** The newest first. */
  public List<Run> list(String project, int limit) {
    throw new UnsupportedOperationException();
  }

  /** Runs whose parent it is, in the order of their start. */
  public List<Run> children(UUID parent) {
    throw new UnsupportedOperationException();
  }

  /** Runs that wrote this very version; an empty version: any. Newest first. */
  public List<Run> writersOf(Edge edge) {
    throw new UnsupportedOperationException();
  }

  /** Runs that read this very version; an empty version: any. Newest first. */
  public List<Run> readersOf(Edge edge) {
    throw new UnsupportedOperationException();
  }
}

package dev.headwater.lineage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Facts over runs that are held in memory: the completed ones of those it is given. */
public final class RunIndex implements Facts {
  private record Known(DataSet set, Version version) {}

  private final Map<String, Map<String, Known>> versions = new HashMap<>();
  private final Map<String, RunFacts> writers = new HashMap<>();
  private final Map<String, List<RunFacts>> readers = new HashMap<>();

  private RunIndex() {}

  /** An index of runs, given in the order in which they ended. */
  public static RunIndex of(Collection<RunFacts> runs) {
    RunIndex index = new RunIndex();
    for (RunFacts run : runs) {
      if (run.status() == RunFacts.Status.COMPLETED) {
        index.add(run);
      }
    }
    return index;
  }

  private void add(RunFacts run) {
    for (DataSet input : run.inputs()) {
      know(input, run.started(), false);
      readers.computeIfAbsent(Trace.key(input), k -> new ArrayList<>()).add(run);
    }
    for (DataSet output : run.outputs()) {
      know(output, Objects.requireNonNull(run.ended()), true);
      writers.put(Trace.key(output), run);
    }
  }

  private void know(DataSet set, Instant since, boolean written) {
    Known known =
        new Known(
            set,
            new Version(
                set.kind(), set.label(), Objects.requireNonNullElse(set.version(), ""), since));
    Map<String, Known> all = versions.computeIfAbsent(set.label(), k -> new LinkedHashMap<>());
    // Its writer knows more of a version than its readers.
    if (written) {
      all.put(known.version().version(), known);
    } else {
      all.putIfAbsent(known.version().version(), known);
    }
  }

  @Override
  public Optional<Version> newest(String label, @Nullable Instant until) {
    return versions(label, "").stream()
        .filter(v -> until == null || !v.since().isAfter(until))
        .reduce((before, last) -> last);
  }

  @Override
  public Optional<Version> version(String label, String version) {
    return Optional.ofNullable(versions.getOrDefault(label, Map.of()).get(version))
        .map(Known::version);
  }

  @Override
  public List<Version> versions(String label, String beginning) {
    Map<String, Known> all = versions.getOrDefault(label, Map.of());
    return all.values().stream()
        .map(Known::version)
        .filter(v -> v.version().startsWith(beginning))
        .toList();
  }

  @Override
  public DataSet dataSet(Version version) {
    Known known = versions.getOrDefault(version.label(), Map.of()).get(version.version());
    if (known == null) {
      throw new IllegalArgumentException("no version of this index: " + version);
    }
    return known.set();
  }

  @Override
  public Optional<RunFacts> writer(DataSet version) {
    return Optional.ofNullable(writers.get(Trace.key(version)));
  }

  @Override
  public List<RunFacts> readers(DataSet version) {
    return List.copyOf(Objects.requireNonNullElse(readers.get(Trace.key(version)), List.of()));
  }
}

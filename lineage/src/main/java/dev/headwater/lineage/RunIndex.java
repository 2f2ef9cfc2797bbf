package dev.headwater.lineage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Facts over runs that are held in memory: the completed ones of those it is given. */
public final class RunIndex implements Facts {
  private final Map<String, Map<String, DataSet>> versions = new HashMap<>();
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
      know(input, false);
      readers.computeIfAbsent(Trace.key(input), k -> new ArrayList<>()).add(run);
    }
    for (DataSet output : run.outputs()) {
      know(output, true);
      writers.put(Trace.key(output), run);
    }
  }

  private void know(DataSet set, boolean written) {
    Map<String, DataSet> known = versions.computeIfAbsent(set.label(), k -> new LinkedHashMap<>());
    // Its writer knows more of a version than its readers.
    if (written) {
      known.put(Trace.key(set), set);
    } else {
      known.putIfAbsent(Trace.key(set), set);
    }
  }

  @Override
  public List<DataSet> versions(String label) {
    return List.copyOf(
        Objects.requireNonNullElse(versions.get(label), Map.<String, DataSet>of()).values());
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

package dev.headwater.lineage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What was known at a moment. */
record FactsAsOf(Facts all, Instant time) implements Facts {
  @Override
  public List<Version> versions(String label) {
    return all.versions(label).stream().filter(v -> !v.since().isAfter(time)).toList();
  }

  @Override
  public DataSet dataSet(Version version) {
    return all.dataSet(version);
  }

  @Override
  public Optional<RunFacts> writer(DataSet version) {
    return all.writer(version).filter(this::ended);
  }

  @Override
  public List<RunFacts> readers(DataSet version) {
    return all.readers(version).stream().filter(this::ended).toList();
  }

  private boolean ended(RunFacts run) {
    Instant end = run.ended();
    return end != null && !end.isAfter(time);
  }
}

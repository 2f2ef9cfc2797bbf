package dev.headwater.lineage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was known at a moment. */
record FactsAsOf(Facts all, Instant time) implements Facts {
  @Override
  public Optional<Version> newest(String label, @Nullable Instant until) {
    return all.newest(label, until == null || until.isAfter(time) ? time : until);
  }

  @Override
  public Optional<Version> version(String label, String version) {
    return all.version(label, version).filter(v -> !v.since().isAfter(time));
  }

  @Override
  public List<Version> versions(String label, String beginning) {
    return all.versions(label, beginning).stream().filter(v -> !v.since().isAfter(time)).toList();
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

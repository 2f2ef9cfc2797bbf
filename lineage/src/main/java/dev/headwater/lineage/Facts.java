package dev.headwater.lineage;

import java.util.List;
import java.util.Optional;

/** What is known of runs and the versions they read and wrote. A port; traces are made over it. */
public interface Facts {
  /**
   * The versions of a data set, oldest first; empty when nothing is known of it.
   *
   * @param label what people call it: {@code late}, {@code flights}, {@code data/a.parquet}
   */
  List<DataSet> versions(String label);

  /** The completed run that wrote this version. */
  Optional<RunFacts> writer(DataSet version);

  /** The completed runs that read this version, oldest first. */
  List<RunFacts> readers(DataSet version);
}

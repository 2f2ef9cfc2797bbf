package dev.headwater.lineage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of runs and the versions they read and wrote. A port; traces are made over it. */
public interface Facts {
  /**
   * The version of a data set that was written last, or read last where no run wrote any; empty
   * when nothing is known of it.
   *
   * @param label what people call it: {@code late}, {@code flights}, {@code data/a.parquet}
   * @param until by runs that had ended by then; null: by any
   */
  Optional<Version> newest(String label, @Nullable Instant until);

  /** This very version of a data set. */
  Optional<Version> version(String label, String version);

  /** The versions of a data set that begin so, oldest first. */
  List<Version> versions(String label, String beginning);

  /** All that is known of a version. */
  DataSet dataSet(Version version);

  /** The completed run that wrote this version. */
  Optional<RunFacts> writer(DataSet version);

  /** The completed runs that read this version, oldest first. */
  List<RunFacts> readers(DataSet version);

  /** What was known at a moment: of the runs that had ended by then. */
  default Facts asOf(Instant time) {
    return new FactsAsOf(this, time);
  }

  /**
   * That there is a version; cheap to have by the thousand.
   *
   * @param version empty where there is none, as of a stream's topic
   * @param since when it was written; of what came from outside, when it was first read
   */
  record Version(DataSet.Kind kind, String label, String version, Instant since) {}
}

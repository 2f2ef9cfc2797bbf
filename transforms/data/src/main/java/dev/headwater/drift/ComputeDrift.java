package dev.headwater.drift;

import dev.headwater.sketch.Profile;
import dev.headwater.table.BatchSink;
import dev.headwater.table.PullGroups;
import dev.headwater.table.SplitGroup;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * A table's rows counted into the bins of a model's profile. Bounded: one element, the counts of
 * all rows, from which {@link DriftReport#of} tells what moved. Reads the profile's columns and the
 * time; the same counts on any runner.
 */
public final class ComputeDrift extends PTransform<PBegin, PCollection<DriftCounts>> {
  private static final long serialVersionUID = 1;

  private final List<SplitGroup> groups;
  private final Table table;
  private final Profile profile;
  private final @Nullable String time;
  private final Period period;

  /**
   * @param groups the splits of the snapshot that is read
   * @param table a serializable copy of its table
   * @param time the column of dates or timestamps (microseconds) that periods are cut by; Java's
   *     null for one comparison of all rows
   */
  public ComputeDrift(
      List<SplitGroup> groups, Table table, Profile profile, @Nullable String time, Period period) {
    this.groups = List.copyOf(groups);
    this.table = table;
    this.profile = profile;
    this.time = time;
    this.period = period;
  }

  @Override
  public PCollection<DriftCounts> expand(PBegin begin) {
    Set<String> names = new LinkedHashSet<>();
    profile.columns().forEach(c -> names.add(c.name()));
    if (time != null) {
      names.add(time);
    }
    Schema projection = table.schema().select(names);
    return begin
        .apply(
            "Count",
            new PullGroups<>(
                "drift",
                groups,
                table,
                projection,
                null,
                sink(profile, time, period),
                SerializableCoder.of(DriftCounts.class)))
        .apply("Merge", Combine.globally(new Merge()));
  }

  /** Counts batches that come from elsewhere. */
  public static BatchSink.Factory<DriftCounts> sink(
      Profile profile, @Nullable String time, Period period) {
    return () -> new CountDrift(profile, time, period);
  }

  private static final class Merge
      implements SerializableFunction<Iterable<DriftCounts>, DriftCounts> {
    private static final long serialVersionUID = 1;

    @Override
    public DriftCounts apply(Iterable<DriftCounts> all) {
      DriftCounts out = new DriftCounts();
      all.forEach(out::merge);
      return out;
    }
  }
}

package dev.headwater.drift;

import dev.headwater.sketch.Binned;
import dev.headwater.sketch.ColumnSummary;
import dev.headwater.sketch.Profile;
import dev.headwater.sketch.Profile.ColumnProfile;
import dev.headwater.sketch.TableProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * A table's rows in the bins of a profile, told from the sketches of its commits without reading a
 * row. A period is known where each commit has rows of one period only, as its time's least and
 * greatest value say.
 *
 * @param profile the columns that sketches tell of
 * @param counts their rows
 * @param why why not of all columns, or of none; empty where nothing is missing
 */
public record SketchDrift(Profile profile, DriftCounts counts, String why) {

  /**
   * Looks at a snapshot's sketches.
   *
   * @param from only rows that came after this snapshot count; null: all
   * @param time the column of dates or timestamps that periods are cut by; null: all rows together
   */
  public static SketchDrift of(
      Table table,
      @Nullable Long from,
      long to,
      Profile profile,
      @Nullable String time,
      Period period) {
    TableProfile whole = TableProfile.of(table, from, to);
    if (!whole.missing().isEmpty()) {
      return none(profile, "snapshot " + whole.missing().get(0) + " came without sketches");
    }
    if (!whole.isOfEveryRow(table)) {
      return none(profile, "rows were deleted since they were sketched");
    }
    List<TableProfile> parts =
        time == null ? List.of(whole) : TableProfile.commits(table, from, to);
    if (parts.stream().mapToLong(TableProfile::rows).sum() != whole.rows()) {
      return none(profile, "the sketches of its commits are gone");
    }
    List<Long> starts = new ArrayList<>();
    for (TableProfile part : parts) {
      Optional<Long> start =
          time == null ? Optional.of(DriftCounts.NO_PERIOD) : start(part, time, period);
      if (start.isEmpty()) {
        return none(
            profile,
            "snapshot %d has rows of more than one %s"
                .formatted(part.snapshot(), period.name().toLowerCase(Locale.ROOT)));
      }
      starts.add(start.get());
    }
    return of(profile, parts, starts);
  }

  private static SketchDrift of(Profile profile, List<TableProfile> parts, List<Long> starts) {
    List<ColumnProfile> told =
        profile.columns().stream()
            .filter(column -> parts.stream().allMatch(part -> part.bins(column).isPresent()))
            .toList();
    DriftCounts counts = new DriftCounts();
    for (int i = 0; i < parts.size(); i++) {
      for (int c = 0; c < told.size(); c++) {
        Binned rows = parts.get(i).bins(told.get(c)).orElseThrow();
        counts.add(starts.get(i), told, c, rows);
      }
    }
    List<String> without =
        profile.columns().stream()
            .filter(column -> !told.contains(column))
            .map(ColumnProfile::name)
            .toList();
    return new SketchDrift(
        new Profile(profile.rows(), told),
        counts,
        without.isEmpty() ? "" : "no sketch of " + String.join(", ", without));
  }

  private static SketchDrift none(Profile profile, String why) {
    return new SketchDrift(new Profile(profile.rows(), List.of()), new DriftCounts(), why);
  }

  /** The period of all its rows; empty where there are several. */
  private static Optional<Long> start(TableProfile part, String time, Period period) {
    ColumnSummary times = part.column(time, 0).orElse(null);
    if (times == null || (times.nulls() > 0 && times.values() > 0)) {
      return Optional.empty();
    }
    Object least = times.min();
    Object greatest = times.max();
    if (least == null || greatest == null) {
      return Optional.of(DriftCounts.NO_PERIOD);
    }
    long start = period.start(micros(times.type(), least));
    return start == period.start(micros(times.type(), greatest))
        ? Optional.of(start)
        : Optional.empty();
  }

  private static long micros(Type type, Object value) {
    return type.typeId() == Type.TypeID.DATE ? (Integer) value * 86_400_000_000L : (Long) value;
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.drift.DriftCounts;
import dev.headwater.drift.DriftReport;
import dev.headwater.drift.Period;
import dev.headwater.drift.SketchDrift;
import dev.headwater.model.ModelFolder;
import dev.headwater.pipelines.project.MonitorDecl;
import dev.headwater.sketch.Profile;
import dev.headwater.sketch.Profile.ColumnProfile;
import dev.headwater.sketch.TableProfile;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The two sides of a monitor in one run.
 *
 * @param profile the bins; of a model the counts of its training data too
 * @param reference the table that is compared with; null where it is a model's training data
 * @param since only rows that came after this snapshot are current ones; null: all
 * @param time the column that periods are cut by; null: all rows together
 */
record Compared(
    Profile profile,
    Stages.@Nullable Pinned reference,
    Stages.Pinned current,
    @Nullable Long since,
    @Nullable String time,
    Period period) {

  static Compared of(Stages stages, Run run, MonitorDecl monitor, @Nullable String scoreTime) {
    Stages.Pinned current = stages.pinned(run, monitor.current());
    MonitorDecl.Reference against = monitor.reference();
    boolean whole = monitor.by() == MonitorDecl.Period.ALL;
    Period period = whole ? Period.DAY : Period.valueOf(monitor.by().name());
    if (against == null) {
      String model = java.util.Objects.requireNonNull(monitor.model()).model();
      Path folder = Path.of(ScoreJob.version(stages, run, model).location());
      Profile profile = ModelFolder.open(folder).profile();
      return new Compared(profile, null, current, null, whole ? null : scoreTime, period);
    }
    Stages.Pinned reference = reference(stages, run, against);
    boolean same = against.table().equals(monitor.current());
    return new Compared(
        profile(reference, against),
        reference,
        current,
        same ? reference.snapshot().snapshotId() : null,
        whole ? null : against.time(),
        period);
  }

  /** What is the reference now. */
  static Edge pin(Stages stages, MonitorDecl.Reference against) {
    TableRef ref = stages.read(against.table());
    SnapshotRef now = against.at().pin(stages.workspace().catalog(ref).load(ref), ref);
    return new Edge("table", ref.toString(), Long.toString(now.snapshotId()));
  }

  /** What a run has pinned: its last input, since both sides may be states of one table. */
  private static Stages.Pinned reference(Stages stages, Run run, MonitorDecl.Reference against) {
    Edge edge = run.inputs().get(run.inputs().size() - 1);
    TableRef ref = stages.workspace().named(edge.name());
    Table table = stages.workspace().catalog(ref).load(ref);
    long id = Long.parseLong(edge.version());
    if (table.snapshot(id) == null) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "Cannot compare with " + against + ": its snapshot " + id + " is gone.",
          "name a tag; its snapshot never expires.");
    }
    return new Stages.Pinned(table, new SnapshotRef(ref, table.uuid(), id));
  }

  private static Profile profile(Stages.Pinned reference, MonitorDecl.Reference against) {
    List<String> wanted =
        against.columns().isEmpty()
            ? reference.schema().columns().stream()
                .filter(column -> isCompared(column.type()))
                .map(Types.NestedField::name)
                .filter(name -> !name.equals(against.time()))
                .toList()
            : against.columns();
    Profile profile =
        TableProfile.of(reference.table(), reference.snapshot().snapshotId()).profile(wanted);
    Set<String> known =
        profile.columns().stream().map(ColumnProfile::name).collect(Collectors.toSet());
    List<String> missing = wanted.stream().filter(name -> !known.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "Cannot compare with "
              + against
              + ": it has no sketch of "
              + String.join(", ", missing)
              + ", or no such column.",
          "take the sketches anew (headwater profile "
              + against.table()
              + " --refresh), or name the columns to compare: columns: [...].");
    }
    return profile;
  }

  private static boolean isCompared(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN, INTEGER, LONG, FLOAT, DOUBLE, STRING -> true;
      case DECIMAL -> ((Types.DecimalType) type).precision() <= 18;
      default -> false;
    };
  }

  /**
   * What sketches decide.
   *
   * @param report of the columns that they tell of and that are clear by the threshold
   * @param left the columns whose rows must be read
   * @param why why there are such; empty if there are none
   */
  record Told(DriftReport report, Profile left, String why) {}

  Told told(double threshold) {
    SketchDrift now = sketch(profile);
    SketchDrift then = null;
    Stages.Pinned against = reference;
    if (against != null) {
      then =
          SketchDrift.of(
              against.table(),
              null,
              against.snapshot().snapshotId(),
              now.profile(),
              null,
              Period.DAY);
      now = sketch(then.profile());
    }
    DriftCounts counted = then == null ? null : then.counts();
    DriftReport all = DriftReport.of(now.profile(), counted, now.counts(), threshold);
    Set<String> open = all.open();
    DriftReport report = all.without(open);
    Set<String> done =
        report.entries().stream().map(DriftReport.Entry::column).collect(Collectors.toSet());
    List<ColumnProfile> left =
        profile.columns().stream().filter(column -> !done.contains(column.name())).toList();
    String why =
        !now.why().isEmpty()
            ? now.why()
            : then != null && !then.why().isEmpty()
                ? then.why()
                : open.isEmpty() ? "" : "sketches leave it open for " + String.join(", ", open);
    return new Told(report, new Profile(profile.rows(), left), left.isEmpty() ? "" : why);
  }

  private SketchDrift sketch(Profile of) {
    return SketchDrift.of(
        current.table(), since, current.snapshot().snapshotId(), of, time, period);
  }

  List<SplitGroup> currentRows(int groups) {
    return since == null
        ? Splits.of(current.table(), current.snapshot(), null, Stages.GROUP_BYTES, groups)
        : Splits.appended(current.table(), since, current.snapshot(), Stages.GROUP_BYTES, groups);
  }

  static List<SplitGroup> rows(Stages.Pinned table, int groups) {
    return Splits.of(table.table(), table.snapshot(), null, Stages.GROUP_BYTES, groups);
  }
}

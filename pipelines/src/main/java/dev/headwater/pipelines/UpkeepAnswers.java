package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.maintain.Expiry;
import dev.headwater.catalog.maintain.ExpiryRule;
import dev.headwater.catalog.maintain.Manifests;
import dev.headwater.catalog.maintain.Orphans;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Maintain;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Expiry, orphans and manifests of a table: what is safe, from what the registry knows of runs. */
final class UpkeepAnswers {
  private static final int RUNS_LOOKED_AT = 1_000;
  private static final int MOST_SHOWN = 20;

  private final Stages stages;
  private final @Nullable Chronicle chronicle;
  private final TableAnswers answers;

  UpkeepAnswers(Stages stages, @Nullable Chronicle chronicle) {
    this.stages = stages;
    this.chronicle = chronicle;
    this.answers = new TableAnswers(stages);
  }

  Answer expire(Target target, TableTask.Expire task, boolean dryRun) {
    TableRef ref = answers.ref(target);
    Table table = answers.load(ref, target);
    Expiry expiry = new Expiry(catalog(ref));
    ExpiryRule rule = rule(ref, task);
    Expiry.Expired done =
        dryRun
            ? expiry.plan(ref, rule)
            : recorded(
                "expire",
                target,
                Map.of("older_than", task.olderThan().toString(), "keep", task.keep() + ""),
                () -> expiry.expire(ref, rule(ref, task)));
    List<List<String>> rows = new ArrayList<>();
    for (Snapshot s : table.snapshots()) {
      String why = done.kept().get(s.snapshotId());
      rows.add(
          List.of(
              Long.toString(s.snapshotId()),
              Instant.ofEpochMilli(s.timestampMillis()).toString(),
              why == null ? (dryRun ? "goes" : "gone") : "kept",
              why == null ? "" : why));
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", ref.toString());
    data.put("expired", done.snapshots().stream().map(Snapshot::snapshotId).toList());
    data.put("kept", new LinkedHashMap<>(done.kept()));
    data.put("files", done.files());
    data.put("left", done.left());
    data.put("dry_run", dryRun);
    List<Answer.Block> blocks = new ArrayList<>();
    if (rows.size() > MOST_SHOWN) {
      blocks.add(new Answer.Block.Line("The newest " + MOST_SHOWN + " of " + rows.size() + ":"));
    }
    blocks.add(
        new Answer.Block.Grid(
            List.of("snapshot", "time", "", "why"),
            rows.subList(Math.max(0, rows.size() - MOST_SHOWN), rows.size())));
    int files = done.files().values().stream().mapToInt(Integer::intValue).sum();
    blocks.add(
        new Answer.Block.Line(
            Stages.grouped(done.snapshots().size())
                + " of "
                + Stages.grouped(rows.size())
                + " snapshots "
                + (dryRun ? "would go" : "are gone")
                + ", with "
                + Stages.grouped(files)
                + " files "
                + done.files()
                + "."));
    left(done.left(), blocks);
    return Answer.of(data, blocks);
  }

  /** What would go now. */
  Expiry.Expired plan(Target target, TableTask.Expire task) {
    TableRef ref = answers.ref(target);
    return new Expiry(catalog(ref)).plan(ref, rule(ref, task));
  }

  /** Maintenance that makes no snapshot. */
  private <T> T recorded(
      String stage, Target target, Map<String, String> parameters, Supplier<T> work) {
    Upkeep upkeep = new Upkeep(stages, chronicle, stage, target);
    AtomicReference<T> done = new AtomicReference<>();
    upkeep.locked(
        lock ->
            upkeep.recorded(
                parameters,
                begun -> {
                  done.set(work.get());
                  return Optional.empty();
                }));
    return Objects.requireNonNull(done.get());
  }

  /** What an open run reads or has written stays, and all that is younger than it. */
  private ExpiryRule rule(TableRef ref, TableTask.Expire task) {
    Instant before = Instant.now().minus(task.olderThan());
    Map<Long, String> pinned = new HashMap<>();
    for (Run run : open()) {
      before = run.started().isBefore(before) ? run.started() : before;
      List<Edge> edges = new ArrayList<>(run.inputs());
      edges.addAll(run.outputs());
      for (Edge edge : edges) {
        if (edge.kind().equals("table")
            && edge.name().equals(ref.toString())
            && !edge.version().isEmpty()) {
          pinned.put(
              Long.parseLong(edge.version()),
              "run " + run.id() + " of " + run.target() + " is open");
        }
      }
    }
    return new ExpiryRule(before, task.keep(), pinned);
  }

  Answer orphans(Target target, TableTask.Orphans task, boolean dryRun) {
    TableRef ref = answers.ref(target);
    answers.load(ref, target);
    Duration least = least();
    Duration age = Objects.requireNonNullElse(task.olderThan(), least);
    if (age.compareTo(least) < 0) {
      throw new HeadwaterException(
          HeadwaterException.Kind.REFUSED,
          "Cannot take files that are younger than "
              + hours(least)
              + " for orphans: a run may be about to commit them.",
          "write --older-than " + hours(least) + " or more.");
    }
    Instant before = Instant.now().minus(age);
    Set<String> openRuns = new HashSet<>();
    open().forEach(run -> openRuns.add(run.id().toString()));
    Orphans orphans = new Orphans(catalog(ref));
    List<Orphans.Orphan> found = orphans.find(ref, before, openRuns);
    List<String> left = new ArrayList<>();
    if (!dryRun) {
      left.addAll(
          recorded(
              "orphans",
              target,
              Map.of("older_than", age.toString()),
              () -> orphans.delete(ref, found)));
    }
    long bytes = found.stream().mapToLong(Orphans.Orphan::bytes).sum();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", ref.toString());
    data.put("older_than_hours", age.toHours());
    data.put("orphans", found.stream().map(Orphans.Orphan::location).toList());
    data.put("bytes", bytes);
    data.put("left", left);
    data.put("dry_run", dryRun);
    List<Answer.Block> blocks = new ArrayList<>();
    for (Orphans.Orphan orphan : found.subList(0, Math.min(MOST_SHOWN, found.size()))) {
      blocks.add(
          new Answer.Block.Line(
              orphan.location() + "  " + Stages.grouped(orphan.bytes()) + " bytes"));
    }
    if (found.size() > MOST_SHOWN) {
      blocks.add(new Answer.Block.Line("… and " + (found.size() - MOST_SHOWN) + " more"));
    }
    blocks.add(
        new Answer.Block.Line(
            Stages.grouped(found.size())
                + " files of "
                + Stages.grouped(bytes)
                + " bytes, older than "
                + hours(age)
                + ", that nothing refers to"
                + (dryRun ? "." : (found.isEmpty() ? "." : ": deleted."))));
    left(left, blocks);
    return Answer.of(data, blocks);
  }

  /** The larger of three days and twice the longest run. */
  private Duration least() {
    Duration longest = Duration.ZERO;
    String project = stages.project().name();
    for (Run run : stages.workspace().registry().runs().list(project, RUNS_LOOKED_AT)) {
      Instant end = Objects.requireNonNullElseGet(run.ended(), Instant::now);
      Duration took = Duration.between(run.started(), end);
      longest = took.compareTo(longest) > 0 ? took : longest;
    }
    Duration twice = longest.multipliedBy(2);
    return twice.compareTo(Maintain.YOUNGEST_ORPHAN) > 0 ? twice : Maintain.YOUNGEST_ORPHAN;
  }

  Answer manifests(Target target, boolean dryRun) {
    TableRef ref = answers.ref(target);
    answers.load(ref, target);
    Manifests manifests = new Manifests(catalog(ref), new Committer(catalog(ref)));
    Manifests.Count before = manifests.count(ref);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", ref.toString());
    data.put("manifests", before.manifests());
    data.put("dry_run", dryRun);
    if (!before.isTooMany() || dryRun) {
      data.put("needed", before.isTooMany());
      return Answer.of(
          data,
          new Answer.Block.Line(
              before.manifests()
                  + " manifests, "
                  + Stages.grouped(before.bytes())
                  + " bytes: "
                  + (before.isTooMany() ? before.few() + " would do." : "nothing to do.")));
    }
    Upkeep upkeep = new Upkeep(stages, chronicle, "manifests", target);
    Optional<Committed> done =
        upkeep.locked(
            lock ->
                upkeep.recorded(
                    Map.of(), begun -> manifests.rewrite(ref, begun.token(), begun.summary())));
    Manifests.Count after = manifests.count(ref);
    data.put("now", after.manifests());
    data.put("snapshot", done.map(Committed::snapshotId).orElse(null));
    return Answer.of(
        data,
        new Answer.Block.Line(before.manifests() + " manifests became " + after.manifests() + "."));
  }

  private List<Run> open() {
    return stages.workspace().registry().runs().allOpen(stages.project().name());
  }

  private TableCatalog catalog(TableRef ref) {
    return stages.workspace().catalog(ref);
  }

  private static void left(List<String> left, List<Answer.Block> blocks) {
    if (!left.isEmpty()) {
      blocks.add(
          new Answer.Block.Line(
              left.size() + " files could not be deleted; `table orphans` finds them later."));
    }
  }

  private static String hours(Duration age) {
    return age.toHours() % 24 == 0 ? age.toDays() + "d" : (age.toHours() + 1) + "h";
  }
}

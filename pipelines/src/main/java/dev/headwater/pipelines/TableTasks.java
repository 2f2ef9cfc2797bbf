package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Tags;
import dev.headwater.catalog.maintain.Refs;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Changes of a table's names and of its place in its history. */
final class TableTasks {
  private static final String PINS = "model/";

  private final Stages stages;
  private final TableAnswers answers;

  TableTasks(Stages stages) {
    this.stages = stages;
    this.answers = new TableAnswers(stages);
  }

  Answer tag(Target target, TableTask.Tag task, boolean dryRun) {
    TableRef name = answers.ref(target);
    Table table = answers.load(name, target);
    checkName(task.name());
    if (task.remove()) {
      return remove(name, table, task.name(), true, dryRun);
    }
    Snapshot at = at(table, name, task.at());
    if (!dryRun) {
      new Tags(stages.workspace().catalog(name))
          .pin(
              new dev.headwater.catalog.SnapshotRef(name, table.uuid(), at.snapshotId()),
              task.name());
    }
    return named(name, task.name(), at, dryRun, " never expires while it has this tag.");
  }

  Answer branch(Target target, TableTask.Branch task, boolean dryRun) {
    TableRef name = answers.ref(target);
    Table table = answers.load(name, target);
    checkName(task.name());
    if (task.remove()) {
      return remove(name, table, task.name(), false, dryRun);
    }
    Snapshot at = at(table, name, task.at());
    if (!dryRun) {
      new Refs(stages.workspace().catalog(name)).branch(name, task.name(), at.snapshotId());
    }
    return named(name, task.name(), at, dryRun, " is where branch " + task.name() + " begins.");
  }

  private static Answer named(
      TableRef table, String name, Snapshot at, boolean dryRun, String what) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", table.toString());
    data.put("name", name);
    data.put("snapshot", at.snapshotId());
    data.put("dry_run", dryRun);
    return Answer.of(
        data, new Answer.Block.Line("Snapshot " + at.snapshotId() + " of " + table.name() + what));
  }

  private Answer remove(TableRef ref, Table table, String name, boolean tag, boolean dryRun) {
    SnapshotRef there = table.refs().get(name);
    if (there == null || there.isTag() != tag) {
      throw ProjectLauncher.nothing(
          "Table " + ref + " has no " + (tag ? "tag" : "branch") + " " + name + ".",
          "take one of headwater table history " + ref.name() + ".");
    }
    if (!dryRun) {
      new Refs(stages.workspace().catalog(ref)).remove(ref, name);
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", ref.toString());
    data.put("removed", name);
    data.put("snapshot", there.snapshotId());
    data.put("dry_run", dryRun);
    return Answer.of(
        data,
        new Answer.Block.Line(
            (tag ? "Tag " : "Branch ")
                + name
                + (dryRun ? " would go" : " is gone")
                + "; snapshot "
                + there.snapshotId()
                + " may expire then."));
  }

  /** What models are pinned by goes with them, not by hand. */
  private static void checkName(String name) {
    if (name.startsWith(PINS) || name.equals(SnapshotRef.MAIN_BRANCH) || name.isBlank()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.REFUSED,
          "'" + name + "' is a name that Headwater itself sets.",
          "choose another one.");
    }
  }

  Answer rollback(Target target, TableTask.Rollback task, boolean dryRun) {
    if (dryRun) {
      return rollback(target, task, null);
    }
    try (Locks.Lock lock =
        stages.locks().take(target, target.toString(), "roll back " + target.name())) {
      return rollback(target, task, lock);
    }
  }

  /** Without a lock it is only said. */
  private Answer rollback(Target target, TableTask.Rollback task, Locks.@Nullable Lock lock) {
    TableRef name = answers.ref(target);
    Table table = answers.load(name, target);
    Snapshot to = at(table, name, task.to());
    List<Snapshot> history = History.of(table);
    if (history.stream().noneMatch(s -> s.snapshotId() == to.snapshotId())) {
      throw new HeadwaterException(
          HeadwaterException.Kind.REFUSED,
          "Cannot roll back " + name.name() + " to " + to.snapshotId() + ": it never was there.",
          "take a snapshot of headwater table history " + name.name() + ".");
    }
    List<Snapshot> leaving =
        history.stream().takeWhile(s -> s.snapshotId() != to.snapshotId()).toList();
    if (lock != null && !leaving.isEmpty()) {
      lock.check();
      new Refs(stages.workspace().catalog(name))
          .rollback(name, leaving.get(0).snapshotId(), to.snapshotId());
    }
    return rolledBack(name, table, to, leaving, lock == null);
  }

  private static Answer rolledBack(
      TableRef name, Table table, Snapshot to, List<Snapshot> leaving, boolean dryRun) {
    List<List<String>> rows = new ArrayList<>();
    List<Object> data = new ArrayList<>();
    for (Snapshot s : leaving) {
      String token = s.summary().get(SummaryKeys.TOKEN);
      String names =
          String.join(
              ", ",
              table.refs().entrySet().stream()
                  .filter(e -> e.getValue().isTag() && e.getValue().snapshotId() == s.snapshotId())
                  .map(Map.Entry::getKey)
                  .sorted()
                  .toList());
      rows.add(
          List.of(
              Long.toString(s.snapshotId()),
              Instant.ofEpochMilli(s.timestampMillis()).toString(),
              s.operation(),
              token == null ? "" : token,
              names));
      data.add(
          Map.of("snapshot", s.snapshotId(), "token", token == null ? "" : token, "tags", names));
    }
    List<Answer.Block> blocks = new ArrayList<>();
    String verb = dryRun ? " would go back to " : " is at ";
    blocks.add(new Answer.Block.Line(name.name() + verb + "snapshot " + to.snapshotId() + "."));
    if (!leaving.isEmpty()) {
      blocks.add(
          new Answer.Block.Line(
              "These leave its history, and with them the tokens that keep their commits from"
                  + " being done again:"));
      blocks.add(
          new Answer.Block.Grid(List.of("snapshot", "time", "operation", "token", "tags"), rows));
      blocks.add(
          new Answer.Block.Line(
              "Nothing is deleted until they expire; the next run makes the target anew."));
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("table", name.toString());
    all.put("snapshot", to.snapshotId());
    all.put("leaving", data);
    all.put("dry_run", dryRun);
    return Answer.of(all, blocks);
  }

  private static Snapshot at(Table table, TableRef name, @Nullable String ref) {
    Snapshot at = TableAnswers.snapshot(table, name, ref);
    if (at == null) {
      throw ProjectLauncher.nothing(
          "Table " + name + " has no snapshot yet.", "run what writes it first.");
    }
    return at;
  }
}

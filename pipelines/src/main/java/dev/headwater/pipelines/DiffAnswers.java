package dev.headwater.pipelines;

import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What changed in a table between two of its snapshots. */
final class DiffAnswers {
  private final TableAnswers answers;

  DiffAnswers(Stages stages) {
    this.answers = new TableAnswers(stages);
  }

  Answer diff(Target target, TableTask.Diff task) {
    TableRef name = answers.ref(target);
    Table table = answers.load(name, target);
    Snapshot to = TableAnswers.snapshot(table, name, task.to());
    if (to == null) {
      return Answer.of(
          Map.of("table", name.toString(), "added", Map.of(), "removed", Map.of()),
          new Answer.Block.Line(name.name() + " is empty."));
    }
    Snapshot from = from(table, name, task.from(), to);
    Files before = from == null ? new Files() : Files.of(table, from);
    Files after = Files.of(table, to);
    Files added = after.without(before);
    Files removed = before.without(after);

    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", name.toString());
    data.put("from", from == null ? null : from.snapshotId());
    data.put("to", to.snapshotId());
    data.put("added", added.figures());
    data.put("removed", removed.figures());
    data.put("deletes", Map.of("from", before.deletes, "to", after.deletes));
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(
        new Answer.Block.Line(
            name.name()
                + ": "
                + (from == null ? "empty" : from.snapshotId())
                + " -> "
                + to.snapshotId()));
    blocks.add(
        new Answer.Block.Grid(
            List.of("", "files", "rows", "bytes"),
            List.of(
                added.line("added"), removed.line("removed"), after.common(before).line("kept"))));
    if (before.deletes + after.deletes > 0) {
      blocks.add(
          new Answer.Block.Line(
              "files with deleted rows: " + before.deletes + " -> " + after.deletes));
    }
    schemas(data, blocks, from == null ? null : TableAnswers.schema(table, from), table, to);
    between(data, blocks, table, from, to);
    if (task.rows() > 0) {
      rows(data, blocks, table, to, added, task.rows(), "added");
      if (from != null) {
        rows(data, blocks, table, from, removed, task.rows(), "removed");
      }
    }
    return Answer.of(data, blocks);
  }

  private static @Nullable Snapshot from(
      Table table, TableRef name, @Nullable String ref, Snapshot to) {
    if (ref != null) {
      return TableAnswers.snapshot(table, name, ref);
    }
    return to.parentId() == null ? null : table.snapshot(to.parentId());
  }

  private static void schemas(
      Map<String, Object> data,
      List<Answer.Block> blocks,
      @Nullable Schema was,
      Table table,
      Snapshot to) {
    Schema is = TableAnswers.schema(table, to);
    List<String> changes = new ArrayList<>();
    if (was != null && !was.sameSchema(is)) {
      Map<Integer, Types.NestedField> old = new TreeMap<>();
      was.columns().forEach(f -> old.put(f.fieldId(), f));
      for (Types.NestedField field : is.columns()) {
        Types.NestedField before = old.remove(field.fieldId());
        if (before == null) {
          changes.add("+ " + text(field));
        } else if (!before.equals(field)) {
          changes.add(text(before) + " -> " + text(field));
        }
      }
      old.values().forEach(field -> changes.add("- " + text(field)));
    }
    data.put("schema", changes);
    changes.forEach(change -> blocks.add(new Answer.Block.Line("column " + change)));
  }

  private static String text(Types.NestedField field) {
    return field.name() + " " + field.type() + (field.isRequired() ? " required" : "");
  }

  /** The snapshots on the way, where one leads to the other. */
  private static void between(
      Map<String, Object> data,
      List<Answer.Block> blocks,
      Table table,
      @Nullable Snapshot from,
      Snapshot to) {
    List<Snapshot> way = History.of(to, table::snapshot, table.properties());
    if (from != null) {
      if (way.stream().noneMatch(s -> s.snapshotId() == from.snapshotId())) {
        blocks.add(new Answer.Block.Line("Neither came from the other."));
        return;
      }
      way = way.stream().takeWhile(s -> s.snapshotId() != from.snapshotId()).toList();
    }
    List<Object> steps = new ArrayList<>();
    List<List<String>> lines = new ArrayList<>();
    for (Snapshot s : way) {
      String by = s.summary().getOrDefault(SummaryKeys.TOKEN, "");
      steps.add(Map.of("snapshot", s.snapshotId(), "operation", s.operation(), "token", by));
      lines.add(List.of(Long.toString(s.snapshotId()), s.operation(), by));
    }
    data.put("snapshots", steps);
    blocks.add(new Answer.Block.Line(""));
    blocks.add(new Answer.Block.Grid(List.of("snapshot", "operation", "by"), lines));
  }

  private static void rows(
      Map<String, Object> data,
      List<Answer.Block> blocks,
      Table table,
      Snapshot at,
      Files files,
      int limit,
      String what) {
    Schema schema = TableAnswers.schema(table, at);
    List<String> columns = schema.columns().stream().map(Types.NestedField::name).toList();
    List<Object> maps = new ArrayList<>();
    List<List<String>> cells = new ArrayList<>();
    for (FileScanTask task : files.tasks.values()) {
      if (maps.size() >= limit) {
        break;
      }
      SplitGroup group = new SplitGroup(Splits.of(table, List.of(task)));
      try (var batches = group.open(table.io(), schema, null)) {
        while (batches.hasNext() && maps.size() < limit) {
          RowBatch batch = batches.next();
          for (int row = 0; row < batch.size() && maps.size() < limit; row++) {
            Map<String, Object> map = new LinkedHashMap<>();
            List<String> line = new ArrayList<>();
            for (int c = 0; c < columns.size(); c++) {
              var type = schema.columns().get(c).type();
              Object value = TableAnswers.shown(type, Values.of(batch.column(c), type, row));
              map.put(columns.get(c), value);
              line.add(value == null ? "" : value.toString());
            }
            maps.add(map);
            cells.add(line);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    data.put(what + "_rows", maps);
    if (!cells.isEmpty()) {
      blocks.add(new Answer.Block.Line(""));
      blocks.add(new Answer.Block.Line("rows of " + what + " files:"));
      blocks.add(new Answer.Block.Grid(columns, cells));
    }
  }

  /** Data files by their paths. */
  private static final class Files {
    private final Map<String, FileScanTask> tasks = new TreeMap<>();
    private int deletes;

    static Files of(Table table, Snapshot snapshot) {
      Files files = new Files();
      try (CloseableIterable<FileScanTask> tasks =
          table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
        for (FileScanTask task : tasks) {
          files.tasks.put(task.file().location(), task);
          files.deletes += task.deletes().isEmpty() ? 0 : 1;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return files;
    }

    Files without(Files others) {
      Files files = new Files();
      files.tasks.putAll(tasks);
      files.tasks.keySet().removeAll(others.tasks.keySet());
      return files;
    }

    Files common(Files others) {
      Files files = new Files();
      files.tasks.putAll(tasks);
      files.tasks.keySet().retainAll(others.tasks.keySet());
      return files;
    }

    private long rows() {
      return tasks.values().stream().mapToLong(t -> t.file().recordCount()).sum();
    }

    private long bytes() {
      return tasks.values().stream()
          .map(FileScanTask::file)
          .mapToLong(DataFile::fileSizeInBytes)
          .sum();
    }

    Map<String, Object> figures() {
      return Map.of("files", tasks.size(), "rows", rows(), "bytes", bytes());
    }

    List<String> line(String what) {
      return List.of(
          what, Stages.grouped(tasks.size()), Stages.grouped(rows()), Stages.grouped(bytes()));
    }
  }
}

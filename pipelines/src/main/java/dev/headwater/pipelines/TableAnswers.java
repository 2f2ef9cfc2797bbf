package dev.headwater.pipelines;

import dev.headwater.catalog.At;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.History;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.pipelines.project.About;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Questions about the tables that targets made. */
final class TableAnswers {
  private final Stages stages;

  TableAnswers(Stages stages) {
    this.stages = stages;
  }

  Answer head(Target target, @Nullable String ref, int rows) {
    TableRef name = ref(target);
    Table table = load(name, target);
    Snapshot snapshot = snapshot(table, name, ref);
    if (snapshot == null) {
      return Answer.of(
          Map.of("rows", List.of()), new Answer.Block.Line(name.name() + " is empty."));
    }
    return rows(table, name, snapshot, rows, List.of());
  }

  private Answer rows(
      Table table, TableRef name, Snapshot snapshot, int limit, List<Answer.Block> before) {
    Schema schema = schema(table, snapshot);
    List<String> columns = schema.columns().stream().map(Types.NestedField::name).toList();
    List<List<String>> cells = new ArrayList<>();
    List<Object> data = new ArrayList<>();
    for (RowBatch batch : new Reading(table, name, snapshot, schema)) {
      for (int row = 0; row < batch.size() && cells.size() < limit; row++) {
        List<String> line = new ArrayList<>();
        Map<String, Object> map = new LinkedHashMap<>();
        for (int c = 0; c < columns.size(); c++) {
          Type type = schema.columns().get(c).type();
          Object value = shown(type, Values.of(batch.column(c), type, row));
          line.add(value == null ? "" : value.toString());
          map.put(columns.get(c), value);
        }
        cells.add(line);
        data.add(map);
      }
      if (cells.size() >= limit) {
        break;
      }
    }
    List<Answer.Block> blocks = new ArrayList<>(stages.workspace().header());
    blocks.addAll(before);
    blocks.add(new Answer.Block.Grid(columns, cells));
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("environment", stages.project().environment().name());
    all.put("table", name.toString());
    all.put("snapshot", snapshot.snapshotId());
    all.put("rows", data);
    return Answer.of(all, blocks);
  }

  /** A value as JSON and people can read it. */
  static @Nullable Object shown(Type type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.typeId()) {
      case DATE -> LocalDate.ofEpochDay((Integer) value).toString();
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC()
              ? Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS).toString()
              : LocalDateTime.of(1970, 1, 1, 0, 0)
                  .plus((Long) value, ChronoUnit.MICROS)
                  .atOffset(ZoneOffset.UTC)
                  .toLocalDateTime()
                  .toString();
      case BOOLEAN, INTEGER, LONG, STRING -> value;
      case FLOAT, DOUBLE -> {
        double number = ((Number) value).doubleValue();
        yield Double.isFinite(number) ? value : value.toString();
      }
      case BINARY, FIXED ->
          StandardCharsets.UTF_8.decode(((ByteBuffer) value).duplicate()).toString();
      case STRUCT -> {
        List<@Nullable Object> fields = new ArrayList<>();
        @Nullable Object[] values = (@Nullable Object[]) value;
        for (int i = 0; i < values.length; i++) {
          fields.add(shown(type.asStructType().fields().get(i).type(), values[i]));
        }
        yield fields.toString();
      }
      default -> value.toString();
    };
  }

  Answer table(Target target) {
    TableRef name = ref(target);
    Table table = load(name, target);
    Snapshot current = table.currentSnapshot();
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("table", name.toString());
    lines.put("environment", stages.project().environment().name());
    lines.put("location", table.location());
    lines.put("partitioned by", table.spec().isUnpartitioned() ? "nothing" : partitions(table));
    About about = stages.project().about(target);
    about.form().keySet().forEach(key -> lines.put(key, about.said(key)));
    Map<String, Object> data = new LinkedHashMap<>(lines);
    data.putAll(about.form());
    if (current != null) {
      lines.put(
          "snapshot",
          current.snapshotId() + " of " + Instant.ofEpochMilli(current.timestampMillis()));
      lines.put("rows", grouped(current, SnapshotSummary.TOTAL_RECORDS_PROP));
      lines.put("files", grouped(current, SnapshotSummary.TOTAL_DATA_FILES_PROP));
      lines.put("bytes", grouped(current, SnapshotSummary.TOTAL_FILE_SIZE_PROP));
      data.put("snapshot", current.snapshotId());
      data.put("summary", new TreeMap<>(current.summary()));
    }
    List<List<String>> fields = new ArrayList<>();
    for (Types.NestedField field : table.schema().columns()) {
      fields.add(
          List.of(field.name(), field.type().toString(), field.isRequired() ? "required" : ""));
    }
    data.put(
        "columns", fields.stream().map(f -> Map.of("name", f.get(0), "type", f.get(1))).toList());
    return Answer.of(
        data,
        new Answer.Block.Facts(lines),
        new Answer.Block.Line(""),
        new Answer.Block.Grid(List.of("column", "type", ""), fields));
  }

  Answer history(Target target, int limit) {
    TableRef name = ref(target);
    Table table = load(name, target);
    Map<Long, List<String>> tags = new TreeMap<>();
    table
        .refs()
        .forEach(
            (tag, to) -> tags.computeIfAbsent(to.snapshotId(), id -> new ArrayList<>()).add(tag));
    List<List<String>> rows = new ArrayList<>();
    List<Object> data = new ArrayList<>();
    for (Snapshot s : History.of(table).stream().limit(limit).toList()) {
      List<String> refs = tags.getOrDefault(s.snapshotId(), List.of());
      rows.add(
          List.of(
              Long.toString(s.snapshotId()),
              Instant.ofEpochMilli(s.timestampMillis()).toString(),
              s.operation(),
              grouped(s, SnapshotSummary.TOTAL_RECORDS_PROP),
              String.join(", ", refs)));
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("snapshot", s.snapshotId());
      facts.put("time", Instant.ofEpochMilli(s.timestampMillis()).toString());
      facts.put("operation", s.operation());
      facts.put("refs", refs);
      facts.put("summary", new TreeMap<>(s.summary()));
      data.add(facts);
    }
    return Answer.of(
        Map.of("table", name.toString(), "snapshots", data),
        new Answer.Block.Grid(List.of("snapshot", "time", "operation", "rows", "refs"), rows));
  }

  /** The table that a target made. */
  Table load(Target target) {
    return load(ref(target), target);
  }

  TableRef name(Target target) {
    return ref(target);
  }

  /** The snapshot that a ref means; the newest without one, null if there is none. */
  @Nullable Snapshot snapshot(Table table, Target target, @Nullable String ref) {
    return snapshot(table, ref(target), ref);
  }

  private static String partitions(Table table) {
    return String.join(
        ", ",
        table.spec().fields().stream()
            .map(f -> f.transform() + "(" + table.schema().findColumnName(f.sourceId()) + ")")
            .toList());
  }

  private static String grouped(Snapshot snapshot, String key) {
    String value = snapshot.summary().get(key);
    return value == null ? "" : Stages.grouped(Long.parseLong(value));
  }

  TableRef ref(Target target) {
    if (target.kind() == Target.Kind.MODEL) {
      throw ProjectLauncher.nothing(
          target + " is a model, not a table.",
          "write headwater model show " + target.name() + ".");
    }
    return stages.workspace().table(target.name());
  }

  Table load(TableRef name, Target target) {
    return stages
        .workspace()
        .catalog(name)
        .find(name)
        .orElseThrow(
            () ->
                ProjectLauncher.nothing(
                    "Table " + name + " is not there yet.",
                    "run it: headwater run " + target + "."));
  }

  /** The snapshot that {@code snapshot:…}, {@code tag:…} or {@code branch:…} means. */
  Snapshot snapshot(Target target, String ref) {
    TableRef name = ref(target);
    return Objects.requireNonNull(snapshot(load(name, target), name, ref));
  }

  static @Nullable Snapshot snapshot(Table table, TableRef name, @Nullable String ref) {
    Snapshot found = (ref == null ? At.current() : At.parse(ref)).find(table).orElse(null);
    if (ref == null) {
      return found;
    }
    if (found == null) {
      throw ProjectLauncher.nothing(
          "Table " + name + " has no state '" + ref + "'.",
          "take a snapshot, tag or branch of headwater table history " + name.name() + ".");
    }
    return found;
  }

  static Schema schema(Table table, Snapshot snapshot) {
    Schema then = snapshot.schemaId() == null ? null : table.schemas().get(snapshot.schemaId());
    return then == null ? table.schema() : then;
  }

  /** A snapshot's batches, one file after the other; files are closed as they end. */
  private record Reading(Table table, TableRef name, Snapshot snapshot, Schema schema)
      implements Iterable<RowBatch> {
    @Override
    public java.util.Iterator<RowBatch> iterator() {
      SnapshotRef ref = new SnapshotRef(name, table.uuid(), snapshot.snapshotId());
      List<SplitGroup> groups = Splits.of(table, ref, null, Stages.GROUP_BYTES, 1);
      return groups.stream()
          .flatMap(
              group -> {
                CloseableIterator<RowBatch> batches = group.open(table, schema, null);
                Iterable<RowBatch> once = () -> batches;
                return java.util.stream.StreamSupport.stream(once.spliterator(), false);
              })
          .iterator();
    }
  }
}

package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;
import dev.headwater.sketch.ColumnSummary;
import dev.headwater.sketch.ColumnSummary.Frequency;
import dev.headwater.sketch.ColumnSummary.Points;
import dev.headwater.sketch.ColumnSummary.Spread;
import dev.headwater.sketch.TableProfile;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.ByteBuffers;
import org.jspecify.annotations.Nullable;

/** What a table's columns hold, from the sketches of its commits. */
final class ProfileAnswers {
  private static final int BARS = 16;
  private static final String BAR = "▁▂▃▄▅▆▇█";
  private static final int CUT = 24;
  private static final double[] SHARES = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

  private final TableAnswers tables;

  ProfileAnswers(TableAnswers tables) {
    this.tables = tables;
  }

  Answer of(Target target, @Nullable String ref, @Nullable String from, int top) {
    Table table = tables.load(target);
    Snapshot snapshot = tables.snapshot(table, target, ref);
    if (snapshot == null) {
      return Answer.of(
          Map.of("rows", 0L, "columns", List.of()),
          new Answer.Block.Line(target.name() + " is empty."));
    }
    Snapshot since = from == null ? null : tables.snapshot(table, target, from);
    TableProfile profile = profile(table, since, snapshot);
    List<Object> columns = new ArrayList<>();
    List<List<String>> grid = new ArrayList<>();
    List<Answer.Block> tops = new ArrayList<>();
    for (Types.NestedField field : profile.schema().columns()) {
      profile
          .column(field.name(), top)
          .ifPresent(
              column -> {
                columns.add(data(field.name(), column));
                grid.add(line(field.name(), column));
                frequent(field.name(), column).ifPresent(tops::add);
              });
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", tables.name(target).toString());
    data.put("snapshot", snapshot.snapshotId());
    data.put("from", since == null ? null : since.snapshotId());
    data.put("rows", profile.rows());
    data.put("missing", profile.missing());
    data.put("deletions", profile.deletions());
    data.put("columns", columns);
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(new Answer.Block.Line(head(target, profile, snapshot, since)));
    notes(profile).forEach(note -> blocks.add(new Answer.Block.Line(note)));
    blocks.add(new Answer.Block.Line(""));
    blocks.add(
        new Answer.Block.Grid(
            List.of("column", "nulls", "distinct", "min", "median", "max", "mean", "sd", "spread"),
            grid));
    if (!tops.isEmpty()) {
      blocks.add(new Answer.Block.Line(""));
      blocks.addAll(tops);
    }
    return Answer.of(data, blocks);
  }

  private static TableProfile profile(Table table, @Nullable Snapshot since, Snapshot snapshot) {
    try {
      return TableProfile.of(
          table, since == null ? null : since.snapshotId(), snapshot.snapshotId());
    } catch (IllegalArgumentException e) {
      throw ProjectLauncher.nothing(
          "No profile of what came between two snapshots: " + e.getMessage() + ".",
          "name one that headwater table history lists below the other.");
    }
  }

  private static String head(
      Target target, TableProfile profile, Snapshot snapshot, @Nullable Snapshot since) {
    return target.name()
        + ": "
        + Stages.grouped(profile.rows())
        + " rows "
        + (since == null
            ? "of snapshot " + snapshot.snapshotId()
            : "that came after snapshot " + since.snapshotId() + " until " + snapshot.snapshotId());
  }

  private static List<String> notes(TableProfile profile) {
    List<String> out = new ArrayList<>();
    if (!profile.missing().isEmpty()) {
      out.add(
          "Without the rows of "
              + (profile.missing().size() == 1 ? "snapshot " : "snapshots ")
              + String.join(", ", profile.missing().stream().map(String::valueOf).toList())
              + ": no sketches were taken of them.");
    }
    if (profile.deletions()) {
      out.add("Rows that were deleted or updated since they came still count.");
    }
    return out;
  }

  private static List<String> line(String name, ColumnSummary column) {
    Spread spread = column.spread();
    Points points = spread == null ? null : spread.points();
    double rows = Math.max(1, column.values() + column.nulls());
    return List.of(
        name,
        column.nulls() == 0
            ? ""
            : String.format(Locale.ROOT, "%.1f%%", 100 * column.nulls() / rows),
        spread == null ? "" : about(spread),
        text(column.type(), column.min()),
        points == null ? "" : text(column.type(), points.quantile(0.5)),
        text(column.type(), column.max()),
        number(column.type(), column.mean()),
        span(column.type(), column.stddev()),
        points == null ? "" : bars(points.histogram(BARS, 0.01, 0.99)));
  }

  private static String about(Spread spread) {
    String count = Stages.grouped(Math.round(spread.distinct()));
    return spread.distinctLow() == spread.distinctHigh() ? count : "~" + count;
  }

  /** A bar for each part between the quantiles of 1 and 99%. */
  private static String bars(long[] counts) {
    long most = 0;
    for (long count : counts) {
      most = Math.max(most, count);
    }
    StringBuilder out = new StringBuilder();
    for (long count : counts) {
      out.append(
          count == 0 ? ' ' : BAR.charAt((int) ((BAR.length() - 1) * count / Math.max(1, most))));
    }
    return most == 0 ? "" : out.toString();
  }

  private static Optional<Answer.Block> frequent(String name, ColumnSummary column) {
    Spread spread = column.spread();
    if (spread == null
        || spread.top().isEmpty()
        || spread.top().get(0).rows() <= Math.max(1, spread.topError())) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    for (Frequency one : spread.top()) {
      words.add(text(column.type(), one.value()) + " " + Stages.grouped(one.rows()));
    }
    String error =
        spread.topError() == 0
            ? ""
            : " (each up to " + Stages.grouped(spread.topError()) + " more)";
    return Optional.of(
        new Answer.Block.Line("  " + name + ": " + String.join(", ", words) + error));
  }

  private static Map<String, Object> data(String name, ColumnSummary column) {
    Type type = column.type();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("name", name);
    out.put("type", type.toString());
    out.put("values", column.values());
    out.put("nulls", column.nulls());
    out.put("nans", column.nans());
    out.put("min", shown(type, column.min()));
    out.put("max", shown(type, column.max()));
    out.put("mean", finite(column.mean()));
    out.put("stddev", finite(column.stddev()));
    Spread spread = column.spread();
    if (spread == null) {
      return out;
    }
    Map<String, Object> distinct = new LinkedHashMap<>();
    distinct.put("estimate", Math.round(spread.distinct()));
    distinct.put("at_least", Math.round(spread.distinctLow()));
    distinct.put("at_most", Math.round(spread.distinctHigh()));
    out.put("distinct", distinct);
    Points points = spread.points();
    if (points != null) {
      Map<String, Object> quantiles = new LinkedHashMap<>();
      for (double share : SHARES) {
        quantiles.put(Double.toString(share), shown(type, points.quantile(share)));
      }
      out.put("quantiles", quantiles);
      out.put("rank_error", spread.rankError());
    }
    List<Object> top = new ArrayList<>();
    for (Frequency one : spread.top()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("value", shown(type, one.value()));
      value.put("at_least", one.rows());
      value.put("at_most", one.rows() + spread.topError());
      top.add(value);
    }
    out.put("top", top);
    return out;
  }

  private static @Nullable Object finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static @Nullable Object shown(Type type, @Nullable Object value) {
    if (value instanceof BigDecimal || value instanceof Double) {
      return value instanceof Double d && !Double.isFinite(d) ? d.toString() : value;
    }
    return value instanceof ByteBuffer bytes
        ? HexFormat.of().formatHex(ByteBuffers.toByteArray(bytes))
        : TableAnswers.shown(type, value);
  }

  private static String text(Type type, @Nullable Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Double || value instanceof Float) {
      return number(((Number) value).doubleValue());
    }
    String out = String.valueOf(shown(type, value));
    return out.length() <= CUT ? out : out.substring(0, CUT - 1) + "…";
  }

  /** A mean: of times a time. */
  private static String number(Type type, double value) {
    if (!Double.isFinite(value)) {
      return "";
    }
    return switch (type.typeId()) {
      case DATE -> text(type, (int) Math.round(value));
      case TIMESTAMP ->
          Instant.EPOCH
              .plus(Math.round(value), ChronoUnit.MICROS)
              .atOffset(ZoneOffset.UTC)
              .toLocalDateTime()
              .truncatedTo(ChronoUnit.SECONDS)
              .toString();
      default -> number(value);
    };
  }

  /** A standard deviation: of times a number of days. */
  private static String span(Type type, double value) {
    if (!Double.isFinite(value)) {
      return "";
    }
    return switch (type.typeId()) {
      case DATE -> number(value) + " d";
      case TIMESTAMP -> number(value / 86_400e6) + " d";
      default -> number(value);
    };
  }

  private static String number(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e9)) {
      return String.format(Locale.ROOT, "%.3e", value);
    }
    return String.format(Locale.ROOT, size < 10 ? "%.3f" : size < 1_000 ? "%.2f" : "%,.0f", value);
  }
}

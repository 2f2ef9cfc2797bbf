package dev.headwater.pipelines.init;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.model.ModelInput;
import dev.headwater.pipelines.project.Draft;
import dev.headwater.pipelines.project.Proposal;
import dev.headwater.sketch.ColumnSummary;
import dev.headwater.sketch.ColumnSummary.Spread;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What a model could learn from.
 *
 * @param inputs names and expressions
 * @param without columns that are left out, each with why
 */
record InputGuess(Map<String, String> inputs, Map<String, String> without) {
  /** An input that alone tells the label so well is not known beforehand. */
  private static final double TOO_WELL = 0.99;

  private static final double MOSTLY = 0.95;
  private static final int CATEGORIES = 1_000;

  InputGuess {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    without = Collections.unmodifiableMap(new LinkedHashMap<>(without));
  }

  /**
   * All columns but label, keys, constants and what gives the label away.
   *
   * @throws HeadwaterException DATA if none is left
   */
  static InputGuess of(Look look, @Nullable TimeGuess time, LabelGuess label) {
    Map<String, String> inputs = new LinkedHashMap<>();
    Map<String, String> without = new LinkedHashMap<>();
    Telling telling = new Telling(look, label.sql());
    for (Types.NestedField column : look.columns()) {
      String name = column.name();
      if (label.columns().contains(name) || time != null && name.equals(time.column())) {
        continue;
      }
      String sql = Draft.column(name);
      String why = why(look, column);
      if (why == null) {
        double auc = telling.auc(new ModelInput(name, sql));
        why =
            auc > TOO_WELL
                ? "tells the label by itself (AUC %.3f): is it known only afterwards?"
                    .formatted(auc)
                : null;
      }
      if (why == null) {
        inputs.put(free(Proposal.name(name), inputs), sql);
      } else {
        without.put(name, why);
      }
    }
    if (time != null) {
      clock(look, time, inputs);
    }
    if (inputs.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "No column is left to learn from: "
              + String.join(
                  "; ",
                  without.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList())
              + ".",
          "choose another label: --label COLUMN.");
    }
    return new InputGuess(inputs, without);
  }

  /** Why a column is no input; null if it is one. */
  private static @Nullable String why(Look look, Types.NestedField column) {
    switch (column.type().typeId()) {
      case BOOLEAN, INTEGER, LONG, FLOAT, DOUBLE, DECIMAL, STRING, UUID -> {}
      case DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> {
        return "is a time: write how long before or after, if it is known then";
      }
      default -> {
        return "is " + column.type().typeId().name().toLowerCase(java.util.Locale.ROOT);
      }
    }
    ColumnSummary summary = look.column(column.name()).orElse(null);
    Spread spread = summary == null ? null : summary.spread();
    if (summary == null || spread == null) {
      return null;
    }
    double distinct = spread.distinct();
    double rows = Math.max(1, look.seen() - look.bad());
    if (distinct <= 1) {
      return "is always the same";
    }
    if (summary.nulls() > MOSTLY * rows) {
      return "is nearly always null";
    }
    boolean text =
        column.type().typeId() == Type.TypeID.STRING || column.type().typeId() == Type.TypeID.UUID;
    boolean whole =
        column.type().typeId() == Type.TypeID.INTEGER || column.type().typeId() == Type.TypeID.LONG;
    if (distinct > MOSTLY * summary.values() && (text || whole && Words.key(column.name()))) {
      return "is another one in nearly each row: a key?";
    }
    return text && distinct > CATEGORIES
        ? "has about " + Texts.count(Math.round(distinct)) + " different texts"
        : null;
  }

  private static void clock(Look look, TimeGuess time, Map<String, String> inputs) {
    ColumnSummary summary = look.column(time.column()).orElseThrow();
    Spread spread = summary.spread();
    ColumnSummary.Points points = spread == null ? null : spread.points();
    boolean hours =
        points != null
            && DoubleStream.of(0.1, 0.3, 0.5, 0.7, 0.9).anyMatch(share -> isClock(points, share));
    String sql = Draft.column(time.column());
    if (hours) {
      inputs.put(free("hour", inputs), "extract(hour from " + sql + ")");
    }
    inputs.put(free("weekday", inputs), "extract(dow from " + sql + ")");
  }

  private static String free(String name, Map<String, String> taken) {
    String free = name;
    for (int i = 2; taken.containsKey(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }

  /** Whether a time is not at midnight. */
  private static boolean isClock(ColumnSummary.Points points, double share) {
    return points.quantile(share) instanceof Long micros && micros % 86_400_000_000L != 0;
  }
}

package dev.headwater.pipelines.init;

import dev.headwater.pipelines.project.Draft;
import dev.headwater.sketch.ColumnSummary;
import dev.headwater.sketch.ColumnSummary.Frequency;
import dev.headwater.sketch.ColumnSummary.Spread;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A contract of what columns hold now, with room for what will come. */
final class ContractDraft {
  private static final int FEW = 20;

  /** Of a closed list of values each is seen more often than this. */
  private static final long OFTEN = 5;

  /** Ranges are wider by this share of them on each side. */
  private static final double SLACK = 0.5;

  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private static final List<Pattern> CODES =
      List.of(
          Pattern.compile("[A-Z]{2}"),
          Pattern.compile("[A-Z0-9]{3}"),
          Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"));

  private final Look look;
  private final Map<String, List<String>> notes = new LinkedHashMap<>();

  private ContractDraft(Look look) {
    this.look = look;
  }

  static Draft of(Look look) {
    ContractDraft draft = new ContractDraft(look);
    Map<String, Object> columns = new LinkedHashMap<>();
    for (Types.NestedField field : look.columns()) {
      Map<String, Object> rule = draft.rule(field);
      if (!rule.isEmpty()) {
        columns.put(field.name(), rule);
      }
    }
    Map<String, Object> form = new LinkedHashMap<>();
    if (!columns.isEmpty()) {
      form.put("columns", columns);
    }
    form.put("max_bad_share", 0.05);
    draft.notes.put("max_bad_share", List.of("More bad rows than this stop the run."));
    List<String> head =
        List.of(
            "What a row must be to count; a row that isn't goes to the letters, with the reason.",
            "Proposed from "
                + Texts.count(look.seen())
                + (look.seen() < look.rows() ? " of about " + Texts.count(look.rows()) : "")
                + " rows. Ranges have room on both sides. Decide: what must never be?");
    return new Draft(head, form, draft.notes);
  }

  private Map<String, Object> rule(Types.NestedField field) {
    Map<String, Object> rule = new LinkedHashMap<>();
    ColumnSummary summary = look.column(field.name()).orElse(null);
    if (summary == null || summary.values() == 0) {
      note(field, "always null so far");
      return rule;
    }
    if (summary.nulls() == 0) {
      rule.put("required", true);
    } else {
      note(
          field,
          Texts.share((double) summary.nulls() / (summary.nulls() + summary.values())) + " null");
    }
    Spread spread = summary.spread();
    if (spread != null && summary.values() > 1 && isKey(field, summary.values(), spread)) {
      note(field, "no value is there twice, as far as can be told: a key?");
    }
    switch (field.type().typeId()) {
      case INTEGER, LONG, FLOAT, DOUBLE, DECIMAL -> range(rule, field, summary);
      case DATE -> rule.put("min", year(((Number) least(summary)).longValue()));
      case TIMESTAMP ->
          rule.put(
              "min", year(Math.floorDiv(((Number) least(summary)).longValue(), MICROS_PER_DAY)));
      case STRING -> words(rule, spread);
      default -> {}
    }
    return rule;
  }

  /** Many values are counted with an error, so their column's name has to say it too. */
  private static boolean isKey(Types.NestedField field, long values, Spread spread) {
    return switch (field.type().typeId()) {
      case STRING, UUID, INTEGER, LONG ->
          spread.rankError() == 0
              ? spread.distinct() == values
              : spread.distinctHigh() >= values && Words.key(field.name());
      default -> false;
    };
  }

  private static Object least(ColumnSummary summary) {
    return java.util.Objects.requireNonNull(summary.min());
  }

  /** Times go on; the year of the first is a bound that shows wrong clocks. */
  private static String year(long day) {
    return LocalDate.ofEpochDay(day).withDayOfYear(1).toString();
  }

  private static void range(
      Map<String, Object> rule, Types.NestedField field, ColumnSummary summary) {
    double least = ((Number) least(summary)).doubleValue();
    double greatest = ((Number) java.util.Objects.requireNonNull(summary.max())).doubleValue();
    if (!Double.isFinite(least) || !Double.isFinite(greatest)) {
      return;
    }
    double room = Math.max(greatest - least, Math.abs(greatest) / 10) * SLACK;
    // What was never negative as a rule can't be.
    BigDecimal min = least >= 0 ? BigDecimal.ZERO : Texts.down(least - room);
    BigDecimal max =
        greatest <= 0 && least < 0 ? BigDecimal.ZERO : Texts.up(greatest + Math.max(room, 1e-9));
    if (fits(field.type(), min) && fits(field.type(), max)) {
      rule.put("min", new BigDecimal(min.toPlainString()));
      rule.put("max", new BigDecimal(max.toPlainString()));
    }
  }

  /** Whether a bound is a value of the type. */
  private static boolean fits(Type type, BigDecimal bound) {
    return switch (type.typeId()) {
      case INTEGER, LONG -> {
        double most = type.typeId() == Type.TypeID.INTEGER ? Integer.MAX_VALUE : 9e18;
        yield bound.stripTrailingZeros().scale() <= 0 && Math.abs(bound.doubleValue()) < most;
      }
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        BigDecimal plain = bound.stripTrailingZeros();
        yield plain.scale() <= decimal.scale()
            && plain.precision() - plain.scale() <= decimal.precision() - decimal.scale();
      }
      default -> true;
    };
  }

  private static void words(Map<String, Object> rule, @Nullable Spread spread) {
    if (spread == null || spread.top().isEmpty()) {
      return;
    }
    List<String> texts = spread.top().stream().map(f -> f.value().toString()).toList();
    boolean whole = spread.rankError() == 0 && spread.top().size() == spread.distinct();
    Frequency rarest = spread.top().get(spread.top().size() - 1);
    if (whole
        && texts.size() > 1
        && texts.size() <= FEW
        && rarest.rows() >= OFTEN
        && texts.stream().allMatch(text -> text.length() <= 40 && !text.isBlank())) {
      rule.put("allowed", new ArrayList<>(new TreeSet<>(texts)));
      return;
    }
    if (whole || texts.size() >= FEW) {
      CODES.stream()
          .filter(code -> texts.stream().allMatch(text -> code.matcher(text).matches()))
          .findFirst()
          .ifPresent(code -> rule.put("pattern", code.pattern()));
    }
  }

  private void note(Types.NestedField field, String note) {
    notes.computeIfAbsent("columns." + field.name(), path -> new ArrayList<>()).add(note);
  }
}

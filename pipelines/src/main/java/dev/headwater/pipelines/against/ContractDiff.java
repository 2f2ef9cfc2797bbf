package dev.headwater.pipelines.against;

import dev.headwater.pipelines.project.Target;
import dev.headwater.validate.Contract;
import dev.headwater.validate.Contract.ColumnRule;
import dev.headwater.validate.Contract.UnknownColumns;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A contract beside what it was: which rows that were kept are letters now, and the other way. */
final class ContractDiff {
  private final Target target;
  private final List<Change> changes = new ArrayList<>();

  private ContractDiff(Target target) {
    this.target = target;
  }

  static List<Change> of(Target target, Contract then, Contract now) {
    ContractDiff diff = new ContractDiff(target);
    Map<String, ColumnRule> before = rules(then);
    Map<String, ColumnRule> after = rules(now);
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      diff.column(
          name,
          before.getOrDefault(name, ColumnRule.of(name)),
          after.getOrDefault(name, ColumnRule.of(name)));
    }
    diff.rules(then, now);
    if (then.unknownColumns() != now.unknownColumns()) {
      diff.add(
          now.unknownColumns() == UnknownColumns.REFUSE,
          null,
          "unknown_columns: "
              + (now.unknownColumns() == UnknownColumns.REFUSE ? "refuse" : "allow"));
    }
    diff.limit("max_bad_share", then.maxBadShare(), now.maxBadShare(), 1);
    diff.limit(
        "max_bad_rows",
        (double) then.maxBadRows(),
        (double) now.maxBadRows(),
        (double) Long.MAX_VALUE);
    return diff.changes;
  }

  private static Map<String, ColumnRule> rules(Contract contract) {
    Map<String, ColumnRule> rules = new LinkedHashMap<>();
    contract.columns().forEach(rule -> rules.put(rule.name(), rule));
    return rules;
  }

  private void column(String name, ColumnRule then, ColumnRule now) {
    // Types and nulls are told of the table's columns; that more rows become letters is told here.
    if (now.required() && !then.required()) {
      add(true, name, "required");
    }
    bound(name, "min", then.min(), now.min(), 1);
    bound(name, "max", then.max(), now.max(), -1);
    Set<String> before = new LinkedHashSet<>(then.allowed());
    Set<String> after = new LinkedHashSet<>(now.allowed());
    if (!before.equals(after)) {
      Set<String> gone = new LinkedHashSet<>(before);
      gone.removeAll(after);
      boolean tighter = !after.isEmpty() && (before.isEmpty() || !gone.isEmpty());
      add(
          tighter,
          name,
          tighter && !before.isEmpty()
              ? "allowed without " + String.join(", ", gone)
              : "allowed " + said(before) + " -> " + said(after));
    }
    if (!Objects.equals(then.pattern(), now.pattern())) {
      // Whether one pattern matches all that another one does can't be told.
      add(
          now.pattern() != null,
          name,
          "pattern " + said(then.pattern()) + " -> " + said(now.pattern()));
    }
  }

  /**
   * A bound.
   *
   * @param sign 1 where a greater one is tighter
   */
  private void bound(
      String column, String what, @Nullable String then, @Nullable String now, int sign) {
    if (Objects.equals(then, now)) {
      return;
    }
    int by = then == null ? 1 : now == null ? -1 : sign * compare(now, then);
    if (by != 0) {
      add(by > 0, column, what + " " + said(then) + " -> " + said(now));
    }
  }

  /** Numbers as numbers; dates and times sort as texts do. */
  private static int compare(String a, String b) {
    try {
      return new BigDecimal(a.strip()).compareTo(new BigDecimal(b.strip()));
    } catch (NumberFormatException e) {
      return a.strip().compareTo(b.strip());
    }
  }

  private void rules(Contract then, Contract now) {
    Map<String, String> before = new LinkedHashMap<>();
    then.rules().forEach(rule -> before.put(rule.name(), rule.expression()));
    Map<String, String> after = new LinkedHashMap<>();
    now.rules().forEach(rule -> after.put(rule.name(), rule.expression()));
    before.forEach(
        (name, sql) -> {
          String is = after.get(name);
          if (is == null) {
            add(false, null, "rule " + name + " is gone: " + sql);
          } else if (!is.strip().equals(sql.strip())) {
            add(true, null, "rule " + name + ": " + sql + " -> " + is);
          }
        });
    after.forEach(
        (name, sql) -> {
          if (!before.containsKey(name)) {
            add(true, null, "rule " + name + ": " + sql);
          }
        });
  }

  private void limit(String what, double then, double now, double none) {
    if (then != now) {
      add(now < then, null, what + " " + limit(then, none) + " -> " + limit(now, none));
    }
  }

  private static String limit(double value, double none) {
    return value == none
        ? "none"
        : new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }

  private void add(boolean tighter, @Nullable String column, String what) {
    changes.add(new Change(tighter ? Reason.TIGHTENED : Reason.LOOSENED, target, column, what));
  }

  private static String said(@Nullable String bound) {
    return bound == null ? "none" : bound;
  }

  private static String said(Set<String> values) {
    return values.isEmpty() ? "any" : String.join(", ", values);
  }
}

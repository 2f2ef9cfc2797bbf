package dev.headwater.validate;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.validate.Contract.ColumnRule;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A contract's rules for rows of one schema. */
final class Rules {
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?[0-9]+(?:[.][0-9]*)?(?:[eE][-+]?[0-9]+)?");

  private final Schema schema;
  private final List<String> problems = new ArrayList<>();
  private final List<Rule> rules = new ArrayList<>();

  private Rules(Schema schema) {
    this.schema = schema;
  }

  /**
   * The rules in the contract's order.
   *
   * @throws IllegalArgumentException naming everything that does not fit the schema
   */
  static List<Rule> of(Contract contract, Schema schema) {
    Rules out = new Rules(schema);
    contract.columns().forEach(out::add);
    for (Contract.NamedRule rule : contract.rules()) {
      out.add(rule);
    }
    if (contract.unknownColumns() == Contract.UnknownColumns.REFUSE) {
      Set<String> known = new HashSet<>();
      contract.columns().forEach(c -> known.add(c.name()));
      for (Types.NestedField field : schema.columns()) {
        if (!known.contains(field.name())) {
          out.problems.add("column " + field.name() + " is not in the contract");
        }
      }
    }
    if (!out.problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", out.problems));
    }
    return out.rules;
  }

  private void add(ColumnRule rule) {
    Types.NestedField field = schema.asStruct().field(rule.name());
    if (field == null) {
      problems.add("no column " + rule.name() + " among " + names());
      return;
    }
    Type type = field.type();
    String wanted = rule.type();
    if (wanted != null
        && !type.toString().replace(" ", "").equalsIgnoreCase(wanted.replace(" ", ""))) {
      problems.add("column " + rule.name() + " is " + type + ", the contract says " + wanted);
      return;
    }
    int at = schema.columns().indexOf(field);
    if (rule.required()) {
      rules.add(
          new Rule(
              "required",
              rule.name() + " is missing",
              rule.name(),
              batch -> batch.column(at).nulls()));
    }
    try {
      bound(rule, at, type, "min", rule.min(), 1);
      bound(rule, at, type, "max", rule.max(), -1);
      allowed(rule, at, type);
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
    String regex = rule.pattern();
    if (regex != null && type.typeId() != Type.TypeID.STRING) {
      problems.add("column " + rule.name() + " is " + type + "; a pattern needs a string");
    } else if (regex != null) {
      Pattern pattern = Pattern.compile(regex);
      rules.add(
          new Rule(
              "pattern",
              rule.name() + " does not match " + regex,
              rule.name(),
              batch -> ColumnTests.texts(batch.column(at), v -> pattern.matcher(v).matches())));
    }
  }

  private void bound(
      ColumnRule rule, int at, Type type, String code, @Nullable String text, int sign) {
    if (text == null) {
      return;
    }
    if (type.typeId() == Type.TypeID.STRING && NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "%s of column %s is the number %s, but the column is a string, of which '10' comes before"
                  .formatted(code, rule.name(), text)
              + " '9'; write a rule instead: cast(%s as double) %s %s"
                  .formatted(rule.name(), sign > 0 ? ">=" : "<=", text));
    }
    Object bound = literal(rule.name(), code, text, type);
    String reason = rule.name() + " is " + (sign > 0 ? "less than " : "greater than ") + text;
    rules.add(new Rule(code, reason, rule.name(), test(at, type, bound, sign)));
  }

  private static Rule.Test test(int at, Type type, Object bound, int sign) {
    return switch (type.typeId()) {
      case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> {
        long b = ((Number) bound).longValue();
        yield batch ->
            ColumnTests.outside(
                (LongColumn) batch.column(at),
                sign > 0 ? b : Long.MIN_VALUE,
                sign > 0 ? Long.MAX_VALUE : b);
      }
      case INTEGER, DATE -> {
        long b = ((Number) bound).longValue();
        yield batch -> ColumnTests.longs(batch.column(at), v -> sign > 0 ? v >= b : v <= b);
      }
      case FLOAT, DOUBLE -> {
        double b = ((Number) bound).doubleValue();
        // A NaN is within no bounds.
        yield batch -> ColumnTests.doubles(batch.column(at), v -> sign > 0 ? v >= b : v <= b);
      }
      case STRING -> {
        Comparator<CharSequence> order = Comparators.charSequences();
        String b = bound.toString();
        yield batch -> ColumnTests.texts(batch.column(at), v -> sign * order.compare(v, b) >= 0);
      }
      case DECIMAL -> {
        BigDecimal b = (BigDecimal) bound;
        yield batch ->
            ColumnTests.values(
                batch.column(at), type, v -> sign * ((BigDecimal) v).compareTo(b) >= 0);
      }
      default ->
          throw new IllegalArgumentException("a " + type + " has no least or greatest value");
    };
  }

  private void allowed(ColumnRule rule, int at, Type type) {
    if (rule.allowed().isEmpty()) {
      return;
    }
    Set<Object> values = new HashSet<>();
    for (String text : rule.allowed()) {
      values.add(literal(rule.name(), "allowed", text, type));
    }
    String reason = rule.name() + " is none of " + rule.allowed();
    Rule.Test test =
        type.typeId() == Type.TypeID.STRING
            ? batch -> ColumnTests.texts(batch.column(at), values::contains)
            : batch -> ColumnTests.values(batch.column(at), type, values::contains);
    rules.add(new Rule("allowed", reason, rule.name(), test));
  }

  private static Object literal(String column, String what, String text, Type type) {
    try {
      return switch (type.typeId()) {
        case BOOLEAN -> {
          if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("neither true nor false");
          }
          yield Boolean.valueOf(text);
        }
        case INTEGER -> Integer.valueOf(text);
        case LONG -> Long.valueOf(text);
        case FLOAT -> Float.valueOf(text);
        case DOUBLE -> Double.valueOf(text);
        case DECIMAL -> new BigDecimal(text).setScale(((Types.DecimalType) type).scale());
        case STRING -> text;
        default -> {
          boolean midnight =
              type.typeId() == Type.TypeID.TIMESTAMP && text.matches("\\d{4}-\\d\\d-\\d\\d");
          Literal<?> literal = Literal.of(midnight ? text + "T00:00:00" : text).to(type);
          if (literal == null) {
            throw new IllegalArgumentException("no literal of " + type);
          }
          yield literal.value();
        }
      };
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          what + " of column " + column + ": '" + text + "' is not a " + type, e);
    }
  }

  private void add(Contract.NamedRule rule) {
    Expression expression;
    try {
      expression = Expression.parse(rule.expression(), schema);
    } catch (ExpressionException e) {
      problems.add("rule " + rule.name() + ": " + e.getMessage());
      return;
    }
    if (expression.type().typeId() != Type.TypeID.BOOLEAN) {
      problems.add("rule " + rule.name() + " is " + expression.type() + ", not true or false");
      return;
    }
    rules.add(
        new Rule(
            rule.name(),
            "not " + rule.expression(),
            null,
            batch -> isFalse(expression.evaluate(batch), batch)));
  }

  private static @Nullable Bits isFalse(Column column, RowBatch batch) {
    boolean[] values = ((BooleanColumn) column).values();
    long[] bad = new long[Bits.words(batch.size())];
    for (int i = 0; i < values.length; i++) {
      if (!values[i] && !column.isNull(i)) {
        bad[i >>> 6] |= 1L << i;
      }
    }
    return Column.nulls(Bits.of(bad, batch.size()));
  }

  private List<String> names() {
    return schema.columns().stream().map(Types.NestedField::name).toList();
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Where a row of a table comes from, back to its file; or why it isn't there. */
final class WhyRow {
  private final Stages stages;

  WhyRow(Stages stages) {
    this.stages = stages;
  }

  Answer of(Question.WhyRow asked) {
    String label = asked.table().name();
    TableAnswers tables = new TableAnswers(stages);
    Table table = tables.load(asked.table());
    Snapshot snapshot = tables.snapshot(table, asked.table(), asked.ref());
    Schema schema = snapshot == null ? table.schema() : TableAnswers.schema(table, snapshot);
    Map<String, String> key =
        asked.key().isEmpty() ? Map.of() : WhereRows.named(stages, asked.key(), asked.table());
    Expression condition = condition(schema, key, asked.where());
    RowFind.Found found =
        snapshot == null
            ? RowFind.Found.NOTHING
            : RowFind.in(table, snapshot.snapshotId(), Map.of(), condition, RowSteps.MOST);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", label);
    data.put("where", condition.sql());
    data.put("count", found.count());
    RowNode node;
    if (found.count() > 0) {
      node = new RowSteps(stages).rows(label, table, found, List.of());
    } else {
      Map<String, @Nullable Object> equal = new LinkedHashMap<>();
      key.forEach((column, value) -> equal.put(column, value(schema.findType(column), value)));
      node = new RowFate(stages).of(label, equal, condition);
    }
    data.put("way", node.data());
    List<Answer.Block> blocks = new ArrayList<>();
    node.lines().forEach(line -> blocks.add(new Answer.Block.Line(line)));
    return Answer.of(data, blocks);
  }

  private static Expression condition(
      Schema schema, Map<String, String> key, @Nullable String where) {
    List<String> parts = new ArrayList<>();
    if (!key.isEmpty()) {
      parts.add(WhereRows.condition(schema, key));
    }
    if (where != null) {
      parts.add("(" + where + ")");
    }
    try {
      Expression condition = Expression.parse(String.join(" and ", parts), schema);
      if (condition.type().typeId() == Type.TypeID.BOOLEAN) {
        return condition;
      }
    } catch (ExpressionException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot look for rows by `" + where + "`: " + e.getMessage() + ".",
          "the columns are " + String.join(", ", RowFate.names(schema)) + ".",
          e);
    }
    throw new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "Cannot look for rows by `" + where + "`: it is no condition.",
        "write one: --where \"delay > 1000\".");
  }

  /** A value as columns have it. */
  private static Object value(Type type, String text) {
    return switch (type.typeId()) {
      case STRING -> text;
      case INTEGER -> Integer.valueOf(text);
      case LONG -> Long.valueOf(text);
      case FLOAT -> Float.valueOf(text);
      case DOUBLE -> Double.valueOf(text);
      case BOOLEAN -> Boolean.valueOf(text);
      case TIMESTAMP -> {
        String iso = text.contains("T") ? text : text.replaceFirst("^(\\S+) (\\S+)$", "$1T$2");
        yield literal(type, iso.contains("T") ? iso : iso + "T00:00:00");
      }
      default -> literal(type, text);
    };
  }

  private static Object literal(Type type, String text) {
    boolean zoned =
        type instanceof Types.TimestampType t
            && t.shouldAdjustToUTC()
            && !text.matches(".*(Z|[+-]\\d\\d:\\d\\d)");
    return Objects.requireNonNull(Literal.of(zoned ? text + "+00:00" : text).to(type), "a value")
        .value();
  }
}

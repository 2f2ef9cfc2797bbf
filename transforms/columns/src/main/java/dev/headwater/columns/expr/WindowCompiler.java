package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import dev.headwater.columns.expr.WindowCall.Frame;
import dev.headwater.columns.expr.WindowCall.Function;
import io.trino.sql.ExpressionFormatter;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.ExpressionRewriter;
import io.trino.sql.tree.ExpressionTreeRewriter;
import io.trino.sql.tree.FrameBound;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.OrderBy;
import io.trino.sql.tree.SortItem;
import io.trino.sql.tree.Window;
import io.trino.sql.tree.WindowDefinition;
import io.trino.sql.tree.WindowFrame;
import io.trino.sql.tree.WindowReference;
import io.trino.sql.tree.WindowSpecification;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What a query computes of the rows around each: calls that become columns. */
final class WindowCompiler extends ExpressionRewriter<Void> {
  private static final Map<String, Function> NAMES = names();

  /** Far from the ids of the columns that are there. */
  private static final int FIRST_ID = 1_000_000;

  private final String sql;
  private final List<WindowDefinition> named;
  private final Scope scope;
  private final List<Problem> problems;
  private final Map<Over, List<Met>> calls = new LinkedHashMap<>();
  private int count;

  /** Rows that see each other, and in which order. */
  private record Over(
      List<dev.headwater.columns.expr.Expression> partition, List<QueryPlan.Order> order) {}

  /** A call, and the column that it becomes. */
  private record Met(WindowCall call, Types.NestedField column) {}

  WindowCompiler(String sql, List<WindowDefinition> named, Scope scope, List<Problem> problems) {
    this.sql = sql;
    this.named = named;
    this.scope = scope;
    this.problems = problems;
  }

  private static Map<String, Function> names() {
    Map<String, Function> names = new LinkedHashMap<>();
    for (Function function : Function.values()) {
      if (function != Function.AGGREGATE) {
        names.put(function.name().toLowerCase(Locale.ROOT), function);
      }
    }
    return names;
  }

  /** Whether there is a window in it. */
  static boolean windows(Node tree) {
    return tree instanceof FunctionCall call
            && (call.getWindow().isPresent()
                || NAMES.containsKey(call.getName().getSuffix().toLowerCase(Locale.ROOT)))
        || tree.getChildren().stream().anyMatch(WindowCompiler::windows);
  }

  /** With columns of {@link #schema} in the place of windows. */
  Expression rewritten(Expression tree) {
    return ExpressionTreeRewriter.rewriteWith(this, tree);
  }

  /** The columns there are, then one for each call. */
  Schema schema() {
    List<Types.NestedField> fields = new ArrayList<>(scope.schema().columns());
    calls.values().forEach(met -> met.forEach(one -> fields.add(one.column)));
    return new Schema(fields);
  }

  /** The rows with what is computed of those around them. */
  QueryPlan over(QueryPlan rows) {
    QueryPlan out = rows;
    for (Map.Entry<Over, List<Met>> one : calls.entrySet()) {
      List<Types.NestedField> fields = new ArrayList<>(out.schema().columns());
      one.getValue().forEach(met -> fields.add(met.column));
      List<WindowCall> here = one.getValue().stream().map(Met::call).toList();
      Over over = one.getKey();
      out = new QueryPlan.Windowed(out, over.partition, over.order, here, new Schema(fields));
    }
    return out;
  }

  @Override
  public @Nullable Expression rewriteFunctionCall(
      FunctionCall call, @Nullable Void context, ExpressionTreeRewriter<Void> rest) {
    String name = call.getName().getSuffix().toLowerCase(Locale.ROOT);
    if (call.getWindow().isEmpty()) {
      if (NAMES.containsKey(name)) {
        problems.add(Compiler.at(call, name + " needs its window: over (order by ...)."));
      }
      return null;
    }
    int before = problems.size();
    WindowSpecification window = window(call, call.getWindow().get());
    List<dev.headwater.columns.expr.Expression> partition = new ArrayList<>();
    for (Expression tree : window.getPartitionBy()) {
      dev.headwater.columns.expr.Expression key = expression(tree);
      if (!SqlTypes.isKey(key.type())) {
        problems.add(Compiler.at(tree, "rows are parted by " + SqlTypes.keys(key.type())));
      }
      partition.add(key);
    }
    List<QueryPlan.Order> order = new ArrayList<>();
    for (SortItem item : window.getOrderBy().map(OrderBy::getSortItems).orElse(List.of())) {
      dev.headwater.columns.expr.Expression by = expression(item.getSortKey());
      if (SqlTypes.held(by.type()) == SqlTypes.Held.NESTED) {
        problems.add(Compiler.at(item, SqlTypes.name(by.type()) + " has no order."));
      }
      order.add(
          new QueryPlan.Order(
              by,
              item.getOrdering() == SortItem.Ordering.DESCENDING,
              item.getNullOrdering() == SortItem.NullOrdering.FIRST));
    }
    if (problems.size() > before) {
      return new Identifier("$", true);
    }
    WindowCall made = call(call, name, !order.isEmpty(), frame(window, !order.isEmpty()));
    if (made == null) {
      return new Identifier("$", true);
    }
    String column = "$w" + count;
    Types.NestedField field = Types.NestedField.optional(FIRST_ID + count++, column, made.type());
    calls
        .computeIfAbsent(new Over(partition, order), key -> new ArrayList<>())
        .add(new Met(made, field));
    return new Identifier(column, true);
  }

  private dev.headwater.columns.expr.Expression expression(Expression tree) {
    return dev.headwater.columns.expr.Expression.of(
        sql, scope.inner(tree, problems), scope.schema(), problems);
  }

  private WindowSpecification window(FunctionCall at, Window window) {
    Identifier name =
        window instanceof WindowReference reference
            ? reference.getName()
            : ((WindowSpecification) window).getExistingWindowName().orElse(null);
    if (name == null) {
      return (WindowSpecification) window;
    }
    Optional<WindowSpecification> found =
        named.stream()
            .filter(one -> one.getName().getValue().equalsIgnoreCase(name.getValue()))
            .map(WindowDefinition::getWindow)
            .findFirst();
    if (found.isEmpty() || window instanceof WindowSpecification) {
      problems.add(
          Compiler.at(
              at,
              found.isEmpty()
                  ? "there is no window '" + name.getValue() + "'."
                  : "a window that extends another is written whole."));
    }
    return found.orElseGet(
        () ->
            new WindowSpecification(
                Optional.empty(), List.of(), Optional.empty(), Optional.empty()));
  }

  private Frame frame(WindowSpecification window, boolean ordered) {
    WindowFrame frame = window.getFrame().orElse(null);
    if (frame == null) {
      return new Frame(true, Frame.UNBOUNDED_PRECEDING, ordered ? 0 : Frame.UNBOUNDED_FOLLOWING);
    }
    boolean peers = frame.getType() == WindowFrame.Type.RANGE;
    if (frame.getType() == WindowFrame.Type.GROUPS) {
      problems.add(Compiler.at(frame, "frames are of rows or range."));
    }
    long from = bound(frame.getStart(), peers);
    long to = frame.getEnd().map(end -> bound(end, peers)).orElse(0L);
    if (from > to) {
      problems.add(Compiler.at(frame, "the frame ends before it begins."));
    }
    return new Frame(peers, from, to);
  }

  private long bound(FrameBound bound, boolean peers) {
    long rows = 0;
    if (bound.getValue().isPresent()) {
      if (peers) {
        problems.add(
            Compiler.at(
                bound,
                "a range of so much is not there. Write rows between ...; windows of time are"
                    + " features."));
      } else if (bound.getValue().get() instanceof LongLiteral number) {
        rows = number.getParsedValue();
      } else {
        problems.add(Compiler.at(bound, "how many rows must be a number."));
      }
    }
    return switch (bound.getType()) {
      case UNBOUNDED_PRECEDING -> Frame.UNBOUNDED_PRECEDING;
      case PRECEDING -> -rows;
      case CURRENT_ROW -> 0;
      case FOLLOWING -> rows;
      case UNBOUNDED_FOLLOWING -> Frame.UNBOUNDED_FOLLOWING;
    };
  }

  private @Nullable WindowCall call(FunctionCall call, String name, boolean ordered, Frame frame) {
    String text = ExpressionFormatter.formatExpression(call);
    if (call.getNullTreatment().isPresent()) {
      problems.add(Compiler.at(call, "nulls count as rows here. Leave out ignore nulls."));
      return null;
    }
    Function function = NAMES.get(name);
    if (function == null) {
      return aggregate(call, text, frame);
    }
    if (!ordered && function != Function.FIRST_VALUE && function != Function.LAST_VALUE) {
      problems.add(Compiler.at(call, name + " needs an order: over (order by ...)."));
      return null;
    }
    List<Expression> given = call.getArguments();
    int least =
        switch (function) {
          case LAG, LEAD, FIRST_VALUE, LAST_VALUE, NTILE -> 1;
          case NTH_VALUE -> 2;
          default -> 0;
        };
    int most = function == Function.LAG || function == Function.LEAD ? 3 : least;
    if (given.size() < least || given.size() > most) {
      problems.add(
          Compiler.at(
              call,
              name
                  + " takes "
                  + least
                  + (most > least ? " to " + most : "")
                  + " arguments, not "
                  + given.size()
                  + "."));
      return null;
    }
    boolean parts = function == Function.NTILE;
    Expression counted =
        parts
            ? given.get(0)
            : function == Function.NTH_VALUE || given.size() > 1 ? given.get(1) : null;
    long number = 1;
    if (counted != null) {
      boolean natural =
          counted instanceof LongLiteral n && n.getParsedValue() >= (most == 3 ? 0 : 1);
      if (!natural) {
        problems.add(Compiler.at(counted, "a whole number is wanted, as it is: 3."));
        return null;
      }
      number = ((LongLiteral) counted).getParsedValue();
    }
    dev.headwater.columns.expr.Expression argument =
        parts || given.isEmpty() ? null : expression(given.get(0));
    dev.headwater.columns.expr.Expression otherwise =
        given.size() > 2 && argument != null ? like(given.get(2), argument) : null;
    Type type =
        switch (function) {
          case PERCENT_RANK, CUME_DIST -> SqlTypes.DOUBLE;
          default -> argument == null ? SqlTypes.LONG : argument.type();
        };
    return new WindowCall(function, text, null, argument, number, otherwise, frame, type);
  }

  /** What stands in for a value, as its type. */
  private dev.headwater.columns.expr.Expression like(
      Expression tree, dev.headwater.columns.expr.Expression value) {
    dev.headwater.columns.expr.Expression given = expression(tree);
    if (given.type().equals(value.type())) {
      return given;
    }
    Type both = SqlTypes.common(given.type(), value.type());
    if (both == null || !(both.equals(value.type()) || SqlTypes.isNumber(both))) {
      problems.add(
          Compiler.at(
              tree,
              SqlTypes.name(given.type())
                  + " cannot stand in for "
                  + SqlTypes.name(value.type())
                  + "."));
      return given;
    }
    return dev.headwater.columns.expr.Expression.parse(
        "cast(" + given.canonical() + " as " + value.type() + ")", scope.schema());
  }

  private @Nullable WindowCall aggregate(FunctionCall call, String text, Frame frame) {
    try {
      FunctionCall alone =
          new FunctionCall(
              call.getLocation(),
              call.getName(),
              Optional.empty(),
              call.getFilter(),
              call.getOrderBy(),
              call.isDistinct(),
              Optional.empty(),
              Optional.empty(),
              call.getArguments());
      Aggregate aggregate = Aggregate.of(text, alone, scope.schema());
      return new WindowCall(
          Function.AGGREGATE, text, aggregate, null, 0, null, frame, aggregate.type());
    } catch (ExpressionException e) {
      problems.addAll(e.problems());
      return null;
    }
  }
}

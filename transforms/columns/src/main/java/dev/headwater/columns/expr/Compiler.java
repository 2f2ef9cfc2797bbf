package dev.headwater.columns.expr;

import dev.headwater.columns.Column;
import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.tree.ArithmeticBinaryExpression;
import io.trino.sql.tree.ArithmeticUnaryExpression;
import io.trino.sql.tree.AstVisitor;
import io.trino.sql.tree.AtTimeZone;
import io.trino.sql.tree.BetweenPredicate;
import io.trino.sql.tree.BinaryLiteral;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.CoalesceExpression;
import io.trino.sql.tree.ComparisonExpression;
import io.trino.sql.tree.CurrentTime;
import io.trino.sql.tree.DecimalLiteral;
import io.trino.sql.tree.DereferenceExpression;
import io.trino.sql.tree.DoubleLiteral;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.Extract;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.GenericDataType;
import io.trino.sql.tree.GenericLiteral;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.IfExpression;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.IntervalLiteral;
import io.trino.sql.tree.IsNotNullPredicate;
import io.trino.sql.tree.IsNullPredicate;
import io.trino.sql.tree.LikePredicate;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.NotExpression;
import io.trino.sql.tree.NullIfExpression;
import io.trino.sql.tree.NullLiteral;
import io.trino.sql.tree.SearchedCaseExpression;
import io.trino.sql.tree.SimpleCaseExpression;
import io.trino.sql.tree.StringLiteral;
import io.trino.sql.tree.TimeLiteral;
import io.trino.sql.tree.TimestampLiteral;
import io.trino.sql.tree.Trim;
import io.trino.sql.tree.TryExpression;
import io.trino.sql.tree.WhenClause;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A parsed expression checked against a schema and made into steps. Goes on after a mistake, so
 * that all are reported at once. Long, since it is one case for each kind of syntax.
 */
final class Compiler extends AstVisitor<Node, @Nullable Void> {
  private final Names names;
  private final int width;
  private final List<Problem> problems;

  /** How deep within what asks only some rows: constants that fail there are left to the rows. */
  private int guarded;

  Compiler(Schema schema, List<Problem> problems) {
    this.names = new Names(schema);
    this.width = schema.columns().size();
    this.problems = problems;
  }

  Node compile(Expression expression) {
    return process(expression, null);
  }

  @Override
  public Node process(io.trino.sql.tree.Node tree, @Nullable Void context) {
    try {
      Node node = fold(super.process(tree, null));
      if (!(node instanceof Read)) {
        tree.getLocation()
            .ifPresent(
                at -> {
                  node.line = at.getLineNumber();
                  node.column = at.getColumnNumber();
                });
      }
      return node;
    } catch (Mistake mistake) {
      problems.add(at(tree, mistake.what()));
      return new Constant(SqlTypes.ERROR, null);
    } catch (Reported reported) {
      return new Constant(SqlTypes.ERROR, null);
    }
  }

  static Problem at(io.trino.sql.tree.Node tree, String what) {
    return tree.getLocation()
        .map(l -> new Problem(l.getLineNumber(), l.getColumnNumber(), what))
        .orElseGet(() -> new Problem(1, 1, what));
  }

  /** A part is wrong and has been reported; the whole says nothing more. */
  private static final class Reported extends RuntimeException {
    private static final long serialVersionUID = 1;

    Reported() {
      super(null, null, false, false);
    }
  }

  private Node fold(Node node) {
    if (!node.columns.isEmpty() || node instanceof Constant) {
      return node;
    }
    try {
      Column one = node.evaluate(Rows.of(1, new @Nullable Column[width]));
      return new Constant(node.type, Cells.at(one, node.type, 0));
    } catch (RowFault fault) {
      if (guarded > 0) {
        return node;
      }
      throw new Mistake(fault.what() + ".");
    }
  }

  /** All compiled, in order, so that every mistake is found; then none may be wrong. */
  private List<Node> all(List<? extends Expression> trees) {
    List<Node> nodes = new ArrayList<>();
    for (Expression tree : trees) {
      nodes.add(process(tree, null));
    }
    if (nodes.stream().anyMatch(n -> n.type == SqlTypes.ERROR)) {
      throw new Reported();
    }
    return nodes;
  }

  private List<Node> all(Expression... trees) {
    return all(List.of(trees));
  }

  private List<Node> guarded(List<? extends Expression> trees) {
    guarded++;
    try {
      return all(trees);
    } finally {
      guarded--;
    }
  }

  private static Node condition(Node node, String where) {
    if (!node.type.equals(SqlTypes.BOOLEAN) && !node.type.equals(SqlTypes.UNKNOWN)) {
      throw new Mistake(
          where + " takes conditions (boolean), not " + SqlTypes.name(node.type) + ".");
    }
    return Operators.coerce(node, SqlTypes.BOOLEAN);
  }

  @Override
  protected Node visitExpression(Expression tree, @Nullable Void context) {
    throw new Mistake("this is not part of expressions: " + tree + ".");
  }

  @Override
  protected Node visitNode(io.trino.sql.tree.Node tree, @Nullable Void context) {
    throw new Mistake("this is not part of expressions: " + tree + ".");
  }

  @Override
  protected Node visitIdentifier(Identifier tree, @Nullable Void context) {
    return read(tree);
  }

  @Override
  protected Node visitDereferenceExpression(DereferenceExpression tree, @Nullable Void context) {
    return read(tree);
  }

  private Node read(Expression tree) {
    Names.Found found = names.find(tree);
    if (found == null) {
      throw new Mistake("a dot follows a column that is a struct; this is none.");
    }
    switch (found.type().typeId()) {
      case VARIANT, GEOMETRY, GEOGRAPHY ->
          throw new Mistake(
              "columns of type " + SqlTypes.name(found.type()) + " are not part of expressions.");
      default -> {
        return found.read();
      }
    }
  }

  @Override
  protected Node visitNullLiteral(NullLiteral tree, @Nullable Void context) {
    return new Constant(SqlTypes.UNKNOWN, null);
  }

  @Override
  protected Node visitBooleanLiteral(BooleanLiteral tree, @Nullable Void context) {
    return new Constant(SqlTypes.BOOLEAN, tree.getValue());
  }

  @Override
  protected Node visitLongLiteral(LongLiteral tree, @Nullable Void context) {
    long value = tree.getParsedValue();
    return value == (int) value
        ? new Constant(SqlTypes.INT, (int) value)
        : new Constant(SqlTypes.LONG, value);
  }

  @Override
  protected Node visitDoubleLiteral(DoubleLiteral tree, @Nullable Void context) {
    return new Constant(SqlTypes.DOUBLE, tree.getValue());
  }

  @Override
  protected Node visitDecimalLiteral(DecimalLiteral tree, @Nullable Void context) {
    BigDecimal value = new BigDecimal(tree.getValue());
    int precision = Math.max(value.precision(), value.scale());
    if (precision > 38) {
      throw new Mistake("a decimal has at most 38 digits. Write 1e0 for a double.");
    }
    return new Constant(Types.DecimalType.of(precision, value.scale()), value);
  }

  @Override
  protected Node visitStringLiteral(StringLiteral tree, @Nullable Void context) {
    return new Constant(SqlTypes.STRING, tree.getValue(), true);
  }

  @Override
  protected Node visitBinaryLiteral(BinaryLiteral tree, @Nullable Void context) {
    return new Constant(SqlTypes.BINARY, ByteBuffer.wrap(tree.getValue()));
  }

  @Override
  protected Node visitTimestampLiteral(TimestampLiteral tree, @Nullable Void context) {
    Node text = new Constant(SqlTypes.STRING, tree.getValue());
    boolean zoned = tree.getValue().strip().matches(".*([A-Za-z]|[+-]\\d{2}:?\\d{2})$");
    return Operators.coerce(text, zoned ? Types.TimestampType.withZone() : SqlTypes.TIMESTAMP);
  }

  @Override
  protected Node visitTimeLiteral(TimeLiteral tree, @Nullable Void context) {
    return Operators.coerce(new Constant(SqlTypes.STRING, tree.getValue()), Types.TimeType.get());
  }

  @Override
  protected Node visitGenericLiteral(GenericLiteral tree, @Nullable Void context) {
    Type type =
        TypeNames.of(
            new GenericDataType(
                tree.getLocation(), new Identifier(tree.getType(), false), List.of()));
    return Operators.coerce(new Constant(SqlTypes.STRING, tree.getValue()), type);
  }

  @Override
  protected Node visitIntervalLiteral(IntervalLiteral tree, @Nullable Void context) {
    return Intervals.of(tree);
  }

  @Override
  protected Node visitCurrentTime(CurrentTime tree, @Nullable Void context) {
    throw new Mistake(
        "the current time would give other results each time it runs. Write the date, or a column.");
  }

  @Override
  protected Node visitArithmeticBinary(ArithmeticBinaryExpression tree, @Nullable Void context) {
    List<Node> sides = all(tree.getLeft(), tree.getRight());
    Arithmetic.Op op = Arithmetic.Op.valueOf(tree.getOperator().name());
    return Operators.arithmetic(op, sides.get(0), sides.get(1));
  }

  @Override
  protected Node visitArithmeticUnary(ArithmeticUnaryExpression tree, @Nullable Void context) {
    Node of = all(tree.getValue()).get(0);
    boolean minus = tree.getSign() == ArithmeticUnaryExpression.Sign.MINUS;
    return minus ? Operators.negate(of) : of;
  }

  @Override
  protected Node visitComparisonExpression(ComparisonExpression tree, @Nullable Void context) {
    List<Node> sides = all(tree.getLeft(), tree.getRight());
    Node a = sides.get(0);
    Node b = sides.get(1);
    return switch (tree.getOperator()) {
      case EQUAL -> Operators.compare(Comparison.Op.EQ, a, b);
      case NOT_EQUAL -> Operators.compare(Comparison.Op.NE, a, b);
      case LESS_THAN -> Operators.compare(Comparison.Op.LT, a, b);
      case LESS_THAN_OR_EQUAL -> Operators.compare(Comparison.Op.LE, a, b);
      case GREATER_THAN -> Operators.compare(Comparison.Op.GT, a, b);
      case GREATER_THAN_OR_EQUAL -> Operators.compare(Comparison.Op.GE, a, b);
      case IS_DISTINCT_FROM -> {
        List<Node> both = Operators.comparable(a, b);
        yield new Compare.Distinct(both.get(0), both.get(1));
      }
    };
  }

  @Override
  protected Node visitBetweenPredicate(BetweenPredicate tree, @Nullable Void context) {
    List<Node> parts = all(tree.getValue(), tree.getMin(), tree.getMax());
    return Logic.of(
        true,
        List.of(
            Operators.compare(Comparison.Op.GE, parts.get(0), parts.get(1)),
            Operators.compare(Comparison.Op.LE, parts.get(0), parts.get(2))));
  }

  @Override
  protected Node visitLogicalExpression(LogicalExpression tree, @Nullable Void context) {
    boolean and = tree.getOperator() == LogicalExpression.Operator.AND;
    List<Node> terms =
        guarded(tree.getTerms()).stream().map(t -> condition(t, and ? "AND" : "OR")).toList();
    return Logic.of(and, terms);
  }

  @Override
  protected Node visitNotExpression(NotExpression tree, @Nullable Void context) {
    return new Logic.Not(condition(all(tree.getValue()).get(0), "NOT"));
  }

  @Override
  protected Node visitIsNullPredicate(IsNullPredicate tree, @Nullable Void context) {
    return new Compare.IsNull(all(tree.getValue()).get(0));
  }

  @Override
  protected Node visitIsNotNullPredicate(IsNotNullPredicate tree, @Nullable Void context) {
    return new Logic.Not(new Compare.IsNull(all(tree.getValue()).get(0)));
  }

  @Override
  protected Node visitInPredicate(InPredicate tree, @Nullable Void context) {
    if (!(tree.getValueList() instanceof InListExpression list)) {
      throw new Mistake("IN takes a list of values in brackets.");
    }
    List<Expression> trees = new ArrayList<>(list.getValues());
    trees.add(0, tree.getValue());
    List<Node> nodes = all(trees);
    return InList.of(nodes.get(0), nodes.subList(1, nodes.size()));
  }

  @Override
  protected Node visitLikePredicate(LikePredicate tree, @Nullable Void context) {
    List<Expression> trees = new ArrayList<>(List.of(tree.getValue(), tree.getPattern()));
    tree.getEscape().ifPresent(trees::add);
    List<Node> nodes = all(trees);
    return Like.of(nodes.get(0), nodes.get(1), nodes.size() > 2 ? nodes.get(2) : null);
  }

  @Override
  protected Node visitCast(io.trino.sql.tree.Cast tree, @Nullable Void context) {
    Node of =
        tree.isSafe()
            ? guarded(List.of(tree.getExpression())).get(0)
            : all(tree.getExpression()).get(0);
    Type type = TypeNames.of(tree.getType());
    if (!Casts.exists(of.type, type)) {
      throw new Mistake(
          "there is no cast from " + SqlTypes.name(of.type) + " to " + SqlTypes.name(type) + ".");
    }
    try {
      Node cast = Cast.to(type, of);
      return tree.isSafe() ? Try.of(cast) : cast;
    } catch (Call.Fault fault) {
      if (tree.isSafe()) {
        return new Constant(type, null);
      }
      throw new Mistake(
          fault.getMessage() + (String.valueOf(fault.getMessage()).endsWith(".") ? "" : "."));
    }
  }

  @Override
  protected Node visitTryExpression(TryExpression tree, @Nullable Void context) {
    return Try.of(guarded(List.of(tree.getInnerExpression())).get(0));
  }

  @Override
  protected Node visitCoalesceExpression(CoalesceExpression tree, @Nullable Void context) {
    List<Node> values = Operators.unify(guarded(tree.getOperands()), "COALESCE");
    return Choose.coalesce(values.get(0).type, values);
  }

  @Override
  protected Node visitNullIfExpression(NullIfExpression tree, @Nullable Void context) {
    List<Node> both = all(tree.getFirst(), tree.getSecond());
    Node first = both.get(0);
    Node equal = Operators.compare(Comparison.Op.EQ, first, both.get(1));
    Node none = new Constant(first.type, null);
    Node otherwise = new Constant(SqlTypes.BOOLEAN, true);
    return Choose.first(first.type, List.of(equal, otherwise), List.of(none, first));
  }

  @Override
  protected Node visitIfExpression(IfExpression tree, @Nullable Void context) {
    return choose(
        all(tree.getCondition()),
        guarded(List.of(tree.getTrueValue())),
        tree.getFalseValue().orElse(null),
        "IF");
  }

  @Override
  protected Node visitSearchedCaseExpression(SearchedCaseExpression tree, @Nullable Void context) {
    return choose(
        guarded(tree.getWhenClauses().stream().map(WhenClause::getOperand).toList()),
        guarded(tree.getWhenClauses().stream().map(WhenClause::getResult).toList()),
        tree.getDefaultValue().orElse(null),
        "CASE");
  }

  @Override
  protected Node visitSimpleCaseExpression(SimpleCaseExpression tree, @Nullable Void context) {
    Node operand = all(tree.getOperand()).get(0);
    List<Node> conditions =
        guarded(tree.getWhenClauses().stream().map(WhenClause::getOperand).toList()).stream()
            .map(v -> Operators.compare(Comparison.Op.EQ, operand, v))
            .toList();
    List<Node> results =
        guarded(tree.getWhenClauses().stream().map(WhenClause::getResult).toList());
    return choose(conditions, results, tree.getDefaultValue().orElse(null), "CASE");
  }

  private Node choose(
      List<Node> conditions, List<Node> values, @Nullable Expression otherwise, String where) {
    List<Node> when = new ArrayList<>();
    conditions.forEach(c -> when.add(condition(c, where)));
    List<Node> then = new ArrayList<>(values);
    if (otherwise != null) {
      when.add(new Constant(SqlTypes.BOOLEAN, true));
      then.addAll(guarded(List.of(otherwise)));
    }
    List<Node> same = Operators.unify(then, where);
    if (SqlTypes.held(same.get(0).type) == SqlTypes.Held.NESTED) {
      throw new Mistake(where + " does not give " + SqlTypes.name(same.get(0).type) + ".");
    }
    return Choose.first(same.get(0).type, when, same);
  }

  @Override
  protected Node visitExtract(Extract tree, @Nullable Void context) {
    String name = tree.getField().name().toLowerCase(Locale.ROOT);
    Node of = all(tree.getExpression()).get(0);
    TimeField.Field field = TimeField.NAMES.get(name);
    if (field == null) {
      throw new Mistake("extract has no " + name + ". Use AT TIME ZONE.");
    }
    return TimeFunctions.field(name, field, of);
  }

  @Override
  protected Node visitAtTimeZone(AtTimeZone tree, @Nullable Void context) {
    List<Node> both = all(tree.getValue(), tree.getTimeZone());
    return TimeFunctions.atZone(both.get(0), both.get(1));
  }

  @Override
  protected Node visitTrim(Trim tree, @Nullable Void context) {
    List<Expression> trees = new ArrayList<>(List.of(tree.getTrimSource()));
    tree.getTrimCharacter().ifPresent(trees::add);
    return function(tree.getSpecification().getFunctionName(), all(trees));
  }

  @Override
  protected Node visitFunctionCall(FunctionCall tree, @Nullable Void context) {
    String name = tree.getName().getSuffix().toLowerCase(Locale.ROOT);
    if (Aggregates.NAMES.containsKey(name)) {
      throw new Mistake(
          name + " is an aggregate over many rows; here an expression over one row is wanted.");
    }
    if (tree.getWindow().isPresent() || tree.isDistinct() || tree.getFilter().isPresent()) {
      throw new Mistake(name + " takes no OVER, DISTINCT or FILTER.");
    }
    return function(name, all(tree.getArguments()));
  }

  private static Node function(String name, List<Node> arguments) {
    Functions.Maker maker = Functions.ALL.get(name);
    if (maker == null) {
      String meant = Words.meant(name, Functions.ALL.keySet());
      throw new Mistake("no function '" + name + "'." + (meant.isEmpty() ? "" : " " + meant));
    }
    try {
      return maker.make(new Arguments(arguments));
    } catch (Call.Fault fault) {
      throw new Mistake(String.valueOf(fault.getMessage()));
    }
  }
}

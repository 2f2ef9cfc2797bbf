package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.ExpressionException.Problem;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A SQL scalar expression over the columns of a schema: checked when it is parsed, evaluated a
 * column at a time. The dialect is Trino's, as docs/expressions.md tells. Travels as its text and
 * schema; safe for use by many threads.
 */
public final class Expression implements Serializable {
  private static final long serialVersionUID = 1;

  /** So many columns of a row that fails are told, and so many letters of each. */
  private static final int SHOWN = 12;

  private static final int SHOWN_LETTERS = 60;

  private final String sql;
  private final Schema schema;
  private transient volatile @Nullable Compiled compiled;

  private Expression(String sql, Schema schema, Compiled compiled) {
    this.sql = sql;
    this.schema = schema;
    this.compiled = compiled;
  }

  /** What is derived from the text. */
  private record Compiled(Node root, String canonical, Set<String> columns) {}

  /**
   * Parses and checks an expression.
   *
   * @throws ExpressionException with all problems, if it is not one over this schema
   */
  public static Expression parse(String sql, Schema schema) {
    return new Expression(sql, schema, compile(sql, Parsing.parse(sql), schema, false));
  }

  /** A part of a text that has been parsed. */
  static Expression of(
      String sql, io.trino.sql.tree.Expression tree, Schema schema, List<Problem> problems) {
    try {
      Compiled compiled = compile(sql, tree, schema, false);
      return new Expression(compiled.canonical, schema, compiled);
    } catch (ExpressionException e) {
      problems.addAll(e.problems());
      return parse("true", schema);
    }
  }

  private static Compiled compile(
      String sql, io.trino.sql.tree.Expression tree, Schema schema, boolean interval) {
    List<Problem> problems = new ArrayList<>();
    Node root = new Compiler(schema, problems).compile(tree);
    if (problems.isEmpty() && !interval && Operators.isInterval(root.type)) {
      problems.add(
          Compiler.at(
              tree,
              "an interval is no column's type. Use date_diff('minute', a, b), or divide by an"
                  + " interval."));
    }
    if (!problems.isEmpty()) {
      throw new ExpressionException(sql, problems);
    }
    Set<String> names = new LinkedHashSet<>();
    root.columns.forEach(i -> names.add(schema.columns().get(i).name()));
    return new Compiled(root, Canonical.text(tree, schema), Collections.unmodifiableSet(names));
  }

  /** The step of a constant, which may be an interval. */
  static Node constant(String sql) {
    Schema none = new Schema(List.of());
    return compile(sql, Parsing.parse(sql), none, true).root;
  }

  private Compiled compiled() {
    Compiled known = compiled;
    if (known == null) {
      known = compile(sql, Parsing.parse(sql), schema, false);
      compiled = known;
    }
    return known;
  }

  Node root() {
    return compiled().root;
  }

  /** The text it was parsed from. */
  public String sql() {
    return sql;
  }

  public Schema schema() {
    return schema;
  }

  /** The type of its values. NULL alone is of the unknown type. */
  public Type type() {
    return compiled().root.type;
  }

  /** The top-level columns it reads, in the schema's order. */
  public Set<String> columns() {
    return compiled().columns;
  }

  /** One text for all ways to write the same expression: case, spaces and comments don't count. */
  public String canonical() {
    return compiled().canonical;
  }

  /**
   * The value for each row of a batch, which needs the columns of {@link #columns} by name and may
   * have others.
   *
   * @throws ExpressionException if a row has no value: division by zero, overflow, a failed cast
   */
  public Column evaluate(RowBatch batch) {
    Node root = root();
    @Nullable Column[] columns = new @Nullable Column[schema.columns().size()];
    for (int i : root.columns) {
      columns[i] = bind(batch, schema.columns().get(i));
    }
    try {
      return root.evaluate(Rows.of(batch.size(), columns));
    } catch (RowFault fault) {
      throw new ExpressionException(sql, List.of(problem(fault, columns)), row(batch, fault.row()));
    }
  }

  /** The first values of a row, each of a few letters. */
  private static String row(RowBatch batch, int row) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < batch.schema().columns().size() && values.size() < SHOWN; i++) {
      Types.NestedField field = batch.schema().columns().get(i);
      if (field.type().isPrimitiveType()) {
        String value = shown(Cells.at(batch.column(i), field.type(), row), field.type());
        boolean fits = value.length() <= SHOWN_LETTERS;
        values.add(field.name() + " = " + (fits ? value : value.substring(0, SHOWN_LETTERS) + "…"));
      }
    }
    return String.join(", ", values);
  }

  private Column bind(RowBatch batch, Types.NestedField field) {
    List<Types.NestedField> fields = batch.schema().columns();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(field.name())) {
        Type type = fields.get(i).type();
        boolean same = type == field.type() || type.equals(field.type());
        if (!same && !type.isNestedType()) {
          throw new IllegalArgumentException(
              "`"
                  + sql
                  + "` was checked with column "
                  + field.name()
                  + " of type "
                  + field.type()
                  + ", but this batch has "
                  + type
                  + ". Parse it against the batch's schema.");
        }
        return batch.column(i);
      }
    }
    throw new IllegalArgumentException(
        "`" + sql + "` reads column '" + field.name() + "', which this batch lacks: " + batch);
  }

  private Problem problem(RowFault fault, @Nullable Column[] columns) {
    StringBuilder what = new StringBuilder("row " + fault.row() + ": " + fault.what());
    String between = " (";
    for (int i : fault.node().columns) {
      Types.NestedField field = schema.columns().get(i);
      Column column = columns[i];
      if (column != null && field.type().isPrimitiveType()) {
        Object value = Cells.at(column, field.type(), fault.row());
        what.append(between).append(field.name()).append(" = ").append(shown(value, field.type()));
        between = ", ";
      }
    }
    what.append(between.equals(" (") ? "" : ")");
    what.append(". TRY(...) gives null for such rows.");
    return new Problem(fault.node().line, fault.node().column, what.toString());
  }

  private static String shown(@Nullable Object value, Type type) {
    if (value == null) {
      return "null";
    }
    boolean time = SqlTypes.isDate(type) || SqlTypes.isTimestamp(type) || SqlTypes.isTime(type);
    return time
        ? Times.text(value, type)
        : value instanceof String ? "'" + value + "'" : value + "";
  }

  /**
   * The rows for which this boolean expression is true (neither false nor null).
   *
   * @throws IllegalStateException if it is not boolean
   */
  public Bits select(RowBatch batch) {
    if (!type().equals(SqlTypes.BOOLEAN) && !type().equals(SqlTypes.UNKNOWN)) {
      throw new IllegalStateException(
          "`" + sql + "` is " + SqlTypes.name(type()) + "; a condition (boolean) is needed");
    }
    boolean[] values = ((BooleanColumn) evaluate(batch)).values();
    long[] words = new long[Bits.words(values.length)];
    for (int i = 0; i < values.length; i++) {
      words[i >>> 6] |= values[i] ? 1L << i : 0;
    }
    return Bits.of(words, values.length);
  }

  /** Equal if they mean the same over the same columns. */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Expression e
        && schema.sameSchema(e.schema)
        && canonical().equals(e.canonical());
  }

  @Override
  public int hashCode() {
    return canonical().hashCode();
  }

  @Override
  public String toString() {
    return sql;
  }
}

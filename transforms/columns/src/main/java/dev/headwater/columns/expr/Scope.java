package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.tree.DataType;
import io.trino.sql.tree.DereferenceExpression;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.ExpressionRewriter;
import io.trino.sql.tree.ExpressionTreeRewriter;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.NodeLocation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What names mean within a query: the columns of all that stands after FROM. Each has an inner name
 * that is unique there: its own, or {@code flights.origin} where several have it.
 */
final class Scope {
  private final List<Entry> entries;
  private final Schema schema;

  /**
   * A column.
   *
   * @param relation what the query calls where it is from, in lower case; null: nothing
   * @param inner its name among all columns of the scope
   * @param bare whether its name alone means it
   */
  record Entry(@Nullable String relation, String name, String inner, Type type, boolean bare) {
    boolean named(Identifier id, boolean exactly) {
      return exactly
          ? name.equals(id.getValue())
          : !id.isDelimited() && name.equalsIgnoreCase(id.getValue());
    }
  }

  private Scope(List<Entry> entries, Schema schema) {
    this.entries = entries;
    this.schema = schema;
  }

  /** Of one table or query. */
  static Scope of(@Nullable String relation, Schema schema) {
    String name = relation == null ? null : relation.toLowerCase(Locale.ROOT);
    List<Entry> entries = new ArrayList<>();
    schema.columns().forEach(f -> entries.add(new Entry(name, f.name(), f.name(), f.type(), true)));
    return new Scope(entries, schema);
  }

  /**
   * Of two that are joined: the left one's columns, then the right one's.
   *
   * @param using columns whose name alone means neither of the two
   */
  static Scope of(Scope left, Scope right, Set<String> using) {
    Map<String, Integer> often = new HashMap<>();
    List<Entry> both = new ArrayList<>(left.entries);
    both.addAll(right.entries);
    both.forEach(entry -> often.merge(entry.name.toLowerCase(Locale.ROOT), 1, Integer::sum));
    Set<String> taken = new HashSet<>();
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : both) {
      String lower = entry.name.toLowerCase(Locale.ROOT);
      boolean alone = often.getOrDefault(lower, 0) == 1;
      String inner = alone || entry.relation == null ? entry.name : entry.relation + "." + lower;
      while (!taken.add(inner.toLowerCase(Locale.ROOT))) {
        inner += "'";
      }
      boolean bare = entry.bare && !using.contains(lower);
      entries.add(new Entry(entry.relation, entry.name, inner, entry.type, bare));
    }
    return new Scope(entries, schema(entries));
  }

  /** With one column more, which comes first. */
  Scope with(String name, Type type) {
    List<Entry> more = new ArrayList<>(List.of(new Entry(null, name, name, type, true)));
    more.addAll(entries);
    return new Scope(more, schema(more));
  }

  private static Schema schema(List<Entry> entries) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (Entry entry : entries) {
      fields.add(Types.NestedField.optional(fields.size() + 1, entry.inner, entry.type));
    }
    return TypeUtil.assignIncreasingFreshIds(new Schema(fields));
  }

  /** The columns by their inner names. */
  Schema schema() {
    return schema;
  }

  /** Those whose name a query has somewhere, one at least. */
  Schema named(Predicate<String> used) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      if (used.test(entries.get(i).name)) {
        fields.add(schema.columns().get(i));
      }
    }
    return new Schema(fields.isEmpty() ? schema.columns().subList(0, 1) : fields);
  }

  /** The columns that {@code *} means, or {@code relation.*}; Java's null if there is no such. */
  @Nullable List<Entry> all(@Nullable Expression relation) {
    if (relation == null) {
      return entries.stream().filter(Entry::bare).toList();
    }
    String name = relation instanceof Identifier id ? id.getValue().toLowerCase(Locale.ROOT) : "";
    List<Entry> found = entries.stream().filter(e -> name.equals(e.relation)).toList();
    return found.isEmpty() ? null : found;
  }

  /** What the query calls a column. */
  String name(String inner) {
    return entries.stream()
        .filter(e -> e.inner.equals(inner))
        .map(Entry::name)
        .findFirst()
        .orElse(inner);
  }

  /** An expression with inner names only; what there is not, or more than once, is a problem. */
  Expression inner(Expression tree, List<Problem> problems) {
    return ExpressionTreeRewriter.rewriteWith(
        new ExpressionRewriter<Void>() {
          @Override
          protected @Nullable Expression rewriteExpression(
              Expression node, @Nullable Void context, ExpressionTreeRewriter<Void> rest) {
            return node instanceof DataType ? node : null;
          }

          @Override
          public @Nullable Expression rewriteIdentifier(
              Identifier node, @Nullable Void context, ExpressionTreeRewriter<Void> rest) {
            return column(node, problems);
          }

          @Override
          public @Nullable Expression rewriteDereferenceExpression(
              DereferenceExpression node,
              @Nullable Void context,
              ExpressionTreeRewriter<Void> rest) {
            return node.getBase() instanceof Identifier base
                    && node.getField().isPresent()
                    && relation(base)
                ? of(base, node.getField().get(), problems)
                : null;
          }
        },
        tree);
  }

  private Expression column(Identifier name, List<Problem> problems) {
    List<Entry> found = entries.stream().filter(e -> e.bare && e.named(name, true)).toList();
    if (found.isEmpty()) {
      found = entries.stream().filter(e -> e.bare && e.named(name, false)).toList();
    }
    if (found.size() < 2) {
      // None: told where it is compiled.
      return found.isEmpty() ? name : inner(name, found.get(0));
    }
    if (found.stream().map(Entry::relation).distinct().count() > 1) {
      problems.add(
          Compiler.at(
              name,
              "'"
                  + name.getValue()
                  + "' is in several. Write "
                  + found.stream().map(Entry::inner).collect(Collectors.joining(" or "))
                  + "."));
      return inner(name, found.get(0));
    }
    return name;
  }

  private Expression of(Identifier relation, Identifier field, List<Problem> problems) {
    String name = relation.getValue().toLowerCase(Locale.ROOT);
    List<Entry> all = entries.stream().filter(e -> name.equals(e.relation)).toList();
    List<Entry> found = all.stream().filter(e -> e.named(field, true)).toList();
    if (found.isEmpty()) {
      found = all.stream().filter(e -> e.named(field, false)).toList();
    }
    if (found.size() == 1) {
      return inner(field, found.get(0));
    }
    List<String> names = all.stream().map(Entry::name).toList();
    String meant = Words.meant(field.getValue(), names);
    problems.add(
        Compiler.at(
            field,
            "no column '"
                + field.getValue()
                + "'"
                + (single() ? "" : " in " + relation.getValue())
                + "."
                + (meant.isEmpty() ? "" : " " + meant)));
    return inner(field, all.get(0));
  }

  private boolean single() {
    return entries.stream().map(Entry::relation).distinct().count() == 1;
  }

  private static Identifier inner(Identifier written, Entry entry) {
    if (entry.inner.equals(written.getValue())) {
      return written;
    }
    return written
        .getLocation()
        .map(
            at ->
                new Identifier(
                    new NodeLocation(at.getLineNumber(), at.getColumnNumber()), entry.inner, true))
        .orElseGet(() -> new Identifier(entry.inner, true));
  }

  /** Whether it names a table or query, and no column. */
  private boolean relation(Identifier name) {
    String lower = name.getValue().toLowerCase(Locale.ROOT);
    return entries.stream().anyMatch(e -> lower.equals(e.relation))
        && entries.stream().noneMatch(e -> e.bare && e.name.equalsIgnoreCase(lower));
  }
}

package dev.headwater.pipelines.project;

import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.columns.expr.Select;
import dev.headwater.validate.Limits;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One table of the project file that is made of other tables. */
final class DerivedSection {
  private final Path folder;
  private final Section s;

  DerivedSection(Path folder, Section section) {
    this.folder = folder;
    this.s = section;
  }

  /** Whether a table is: it has a query, or what it is from are no sources. */
  static boolean derives(Section s, Set<String> rows, Set<String> sources) {
    if (s.has("sql")) {
      return true;
    }
    List<String> from = s.has("from") && !s.isSection("from") ? s.texts("from") : List.of();
    return from.size() > 1
        || from.stream().anyMatch(name -> rows.contains(name) && !sources.contains(name));
  }

  DerivedDecl parse() {
    String sql = s.query("sql");
    QueryText text = sql == null ? null : new QueryText(sql);
    List<String> from = s.texts("from");
    TableTransform through = s.value("java", TableTransform::parse);
    if (text != null) {
      from = query(text);
    } else if (through == null && !s.has("java") && !s.has("sql")) {
      s.problem(
          "from",
          "is a table. Say what is made of it: sql: select ... from "
              + String.join(", ", from)
              + ", or java: <a class>");
    }
    String time = s.text("time");
    List<Partition> partition = TableSection.partition(s);
    String contract = TableSection.contract(folder, s);
    Limits limits = TableSection.limits(s.section("letters"));
    return new DerivedDecl(
        s.name(), text, text == null ? through : null, from, time, partition, contract, limits);
  }

  private List<String> query(QueryText text) {
    for (String other : List.of("java", "from")) {
      if (s.has(other)) {
        s.problem(other, "the query says it all. Leave out " + other + ", or the query");
      }
    }
    try {
      Select query = text.parsed();
      query
          .beyond()
          .ifPresent(
              what ->
                  s.problem(
                      "sql",
                      "has "
                          + what
                          + ": a query selects, filters, joins, groups, unites, and looks at rows"
                          + " around others. Let a java: class do more"));
      return List.copyOf(query.tables());
    } catch (ExpressionException e) {
      e.problems()
          .forEach(p -> s.problem("sql", s.line("sql", text.toString(), p.line()), placed(p)));
      return List.of();
    }
  }

  static String placed(ExpressionException.Problem problem) {
    return "column " + problem.column() + ": " + problem.what();
  }

  /** The line of a query's line: the text of several lines begins below its key. */
  static int line(int key, @Nullable String sql, int line) {
    return key == 0 || sql == null || sql.strip().indexOf('\n') < 0 ? key : key + line;
  }
}

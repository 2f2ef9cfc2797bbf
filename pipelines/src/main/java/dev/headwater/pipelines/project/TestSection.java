package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.TypeText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** One test of a file of tests. */
final class TestSection {
  private static final List<String> OF_LETTER = List.of("code", "column", "value", "reason");

  private static final List<String> OTHERS =
      List.of("rows", "includes", "count", "columns", "letters");

  private final Project project;
  private final Path folder;
  private final Section s;

  /**
   * @param folder where its file lies
   */
  TestSection(Project project, Path folder, Section section) {
    this.project = project;
    this.folder = folder;
    this.s = section;
  }

  @Nullable TestDecl parse(String file, int line) {
    String named = s.required("target", "<a table, view or score>");
    Map<String, Given> given = given(s.section("given"));
    List<TestRow> asked = rows(s, "asked");
    Section expect = s.section("expect");
    if (expect == null && !s.has("expect")) {
      s.problem("expect", "is missing. Write expect: {rows: [...]}, or {fails: <what it says>}");
    }
    Expected expected = expect == null ? Expected.NOTHING : expected(expect);
    Tolerance tolerance = tolerance();
    s.end();
    Target target = named == null ? null : target(named);
    if (target == null) {
      return null;
    }
    TestDecl test = new TestDecl(file, line, s.name(), target, given, asked, expected, tolerance);
    Reach.of(project, test).problems().forEach(s::problem);
    return test;
  }

  private @Nullable Target target(String named) {
    try {
      return project.target(named);
    } catch (HeadwaterException e) {
      s.problem("target", Problem.of(0, "", e).what());
      return null;
    }
  }

  private Map<String, Given> given(@Nullable Section all) {
    Map<String, Given> out = new LinkedHashMap<>();
    if (all == null) {
      return out;
    }
    for (String name : all.names()) {
      Given one = given(all, name);
      if (one != null) {
        out.put(name, one);
      }
    }
    return out;
  }

  private @Nullable Given given(Section all, String name) {
    Node node = Objects.requireNonNull(all.ask(name));
    int line = Notes.line(node);
    if (node instanceof SequenceNode) {
      return new Given(line, List.of(), rows(all, name), null, null);
    }
    if (node instanceof ScalarNode scalar) {
      return new Given(line, List.of(), null, scalar.getValue(), null);
    }
    Section one = Objects.requireNonNull(all.section(name));
    var columns = FormatSection.columns(one);
    String text = one.text("text");
    String named = one.text("file");
    Path file = named == null ? null : folder.resolve(named).toAbsolutePath().normalize();
    List<TestRow> rows = one.has("rows") ? rows(one, "rows") : null;
    one.end();
    if ((text == null ? 0 : 1) + (file == null ? 0 : 1) + (rows == null ? 0 : 1) != 1) {
      all.problem(name, "is either rows: [...], text: or file:");
      return null;
    }
    if (file != null && !Files.isRegularFile(file)) {
      one.problem("file", "there is no file " + file);
    }
    return new Given(line, columns, rows, text, file);
  }

  private static List<TestRow> rows(Section all, String key) {
    Node node = all.ask(key);
    List<TestRow> rows = new ArrayList<>();
    if (node == null) {
      return rows;
    }
    if (!(node instanceof SequenceNode list)) {
      all.problem(key, "must be a list of rows: [{origin: SFO, delay: 20}]");
      return rows;
    }
    for (Node item : list.getValue()) {
      if (!(item instanceof MappingNode mapping)) {
        all.notes().problem(item, all.in(key), "a row is a mapping: {origin: SFO, delay: 20}");
        continue;
      }
      Section row = new Section(all.notes(), all.in(key), mapping);
      Map<String, Cell> cells = new LinkedHashMap<>();
      row.names().forEach(c -> cells.put(c, Cell.of(Objects.requireNonNull(row.ask(c)))));
      rows.add(new TestRow(Notes.line(item), cells));
    }
    return rows;
  }

  private static Expected expected(Section s) {
    List<TestRow> rows = s.has("rows") ? rows(s, "rows") : null;
    List<TestRow> includes = rows(s, "includes");
    Long count = s.value("count", t -> Values.whole(t, 0, Long.MAX_VALUE));
    Map<String, String> columns = columns(s);
    List<TestRow> letters = rows(s, "letters");
    for (TestRow letter : letters) {
      for (String key : letter.cells().keySet()) {
        if (!OF_LETTER.contains(key)) {
          s.problem(
              "letters",
              letter.line(),
              "'" + key + "' is none of " + String.join(", ", OF_LETTER) + ".");
        }
      }
    }
    String fails = s.text("fails");
    s.end();
    boolean other = OTHERS.stream().anyMatch(s::has);
    if (fails != null && other) {
      s.problem("fails", "a run that fails leaves no rows to look at: leave out the rest");
    } else if (fails == null && !other) {
      s.problem("expects nothing. Write rows:, includes:, count:, columns:, letters: or fails:");
    }
    return new Expected(rows, includes, count, columns, letters, fails);
  }

  /** A list of names, or each with its type. */
  private static Map<String, String> columns(Section s) {
    Map<String, String> out = new LinkedHashMap<>();
    if (!s.isSection("columns")) {
      s.texts("columns").forEach(name -> out.put(name, ""));
      return out;
    }
    Section columns = Objects.requireNonNull(s.section("columns"));
    for (String name : columns.names()) {
      String type = columns.value(name, text -> TypeText.of(TypeText.parse(text)));
      out.put(name, Values.or(type, ""));
    }
    return out;
  }

  private Tolerance tolerance() {
    if (!s.isSection("tolerance")) {
      Double all = s.value("tolerance", t -> Values.number(t, 0));
      return all == null ? Tolerance.DEFAULT : new Tolerance(all, Map.of());
    }
    Section by = Objects.requireNonNull(s.section("tolerance"));
    Map<String, Double> columns = new LinkedHashMap<>();
    for (String name : by.names()) {
      Double one = by.value(name, t -> Values.number(t, 0));
      columns.put(name, one == null ? 0 : one);
    }
    return new Tolerance(Tolerance.DEFAULT.all(), columns);
  }
}

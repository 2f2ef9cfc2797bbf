package dev.headwater.pipelines.testing;

import dev.headwater.files.TypeText;
import dev.headwater.pipelines.project.Expected;
import dev.headwater.pipelines.project.TestDecl;
import dev.headwater.pipelines.project.TestRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What came of a test's run beside what was expected: all that differs, at once. */
final class Comparison {
  private final TestDecl test;
  private final Expected expected;
  private final Sandbox.Rows there;
  private final List<String> whats = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  private Comparison(TestDecl test, Sandbox.Rows there) {
    this.test = test;
    this.expected = test.expected();
    this.there = there;
  }

  /** Null if all is as expected. */
  static @Nullable Comparison of(TestDecl test, Sandbox sandbox) throws IOException {
    Comparison comparison = new Comparison(test, sandbox.rows(test.target().name()));
    comparison.columns();
    comparison.count();
    List<TestRow> all = test.expected().rows();
    if (all != null) {
      comparison.rows(all, false);
    }
    if (!test.expected().includes().isEmpty()) {
      comparison.rows(test.expected().includes(), true);
    }
    comparison.letters(sandbox.rows(test.target().name() + "__letters"));
    return comparison.whats.isEmpty() ? null : comparison;
  }

  String what() {
    return String.join("; ", whats);
  }

  List<String> lines() {
    return lines;
  }

  private void columns() {
    if (expected.columns().isEmpty()) {
      return;
    }
    List<String> own = new ArrayList<>();
    Schema schema = there.schema();
    for (Map.Entry<String, String> each : expected.columns().entrySet()) {
      Types.NestedField field = schema.findField(each.getKey());
      String type = field == null ? "" : TypeText.of(field.type());
      if (field == null) {
        own.add("  -  " + each.getKey() + " " + each.getValue());
      } else if (!each.getValue().isEmpty() && !each.getValue().equals(type)) {
        own.add("  ~  " + each.getKey() + " " + type + ", not " + each.getValue());
      }
    }
    for (Types.NestedField field : schema.columns()) {
      if (!expected.columns().containsKey(field.name())) {
        own.add("  +  " + field.name() + " " + TypeText.of(field.type()));
      }
    }
    if (!own.isEmpty()) {
      whats.add("the columns are not those that were expected");
      lines.addAll(own);
    }
  }

  private void count() {
    Long count = expected.count();
    if (count != null && there.count() != count) {
      whats.add(of(there.count(), "row") + " instead of " + count);
    }
  }

  private void rows(List<TestRow> wanted, boolean some) {
    Set<String> names = new LinkedHashSet<>();
    wanted.forEach(row -> names.addAll(row.cells().keySet()));
    List<String> unknown =
        names.stream().filter(name -> there.schema().findField(name) == null).toList();
    if (!unknown.isEmpty() && there.count() > 0) {
      whats.add("there is no column " + String.join(", ", unknown));
      lines.add(
          "     "
              + test.target()
              + " has "
              + String.join(
                  ", ", there.schema().columns().stream().map(Types.NestedField::name).toList()));
      return;
    }
    if (there.count() == 0 || names.isEmpty()) {
      if (there.count() != wanted.size() && !(some && wanted.isEmpty())) {
        whats.add(of(there.count(), "row") + " instead of " + wanted.size());
        shown();
      }
      return;
    }
    List<Types.NestedField> fields =
        there.schema().columns().stream().filter(f -> names.contains(f.name())).toList();
    Schema schema =
        new Schema(
            fields.stream()
                .map(f -> Types.NestedField.optional(f.fieldId(), f.name(), f.type()))
                .toList());
    List<@Nullable Object[]> rows = new ArrayList<>();
    there
        .batches()
        .forEach(
            batch -> {
              List<@Nullable Object[]> all = TypedRows.values(batch);
              all.forEach(row -> rows.add(chosen(row, fields)));
            });
    List<@Nullable Object[]> typed =
        TypedRows.values(TypedRows.of(schema, wanted, test.place() + ", expected"));
    RowsDiff diff = RowsDiff.of(fields, typed, rows, test.tolerance(), some);
    if (!diff.isEmpty()) {
      whats.add(
          of(wanted.size(), "row")
              + (some ? " expected among " : " expected, ")
              + rows.size()
              + (some ? ": " : " there: ")
              + counts(diff));
      lines.addAll(new DiffText(diff, test.tolerance()).lines());
    }
  }

  private @Nullable Object[] chosen(@Nullable Object[] row, List<Types.NestedField> fields) {
    List<Types.NestedField> all = there.schema().columns();
    @Nullable Object[] out = new Object[fields.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = row[all.indexOf(fields.get(i))];
    }
    return out;
  }

  /** All rows, where nothing says which columns count. */
  private void shown() {
    List<@Nullable Object[]> rows = new ArrayList<>();
    there.batches().forEach(batch -> rows.addAll(TypedRows.values(batch)));
    RowsDiff all = new RowsDiff(there.schema().columns(), List.of(), List.of(), rows);
    if (!rows.isEmpty()) {
      lines.addAll(new DiffText(all, test.tolerance()).lines());
    }
  }

  private static String counts(RowsDiff diff) {
    List<String> parts = new ArrayList<>();
    if (!diff.changed().isEmpty()) {
      parts.add(diff.changed().size() + (diff.changed().size() == 1 ? " differs" : " differ"));
    }
    if (!diff.missing().isEmpty()) {
      parts.add(diff.missing().size() + " missing");
    }
    if (!diff.unexpected().isEmpty()) {
      parts.add(diff.unexpected().size() + " not expected");
    }
    return String.join(", ", parts);
  }

  private void letters(Sandbox.Rows letters) {
    List<String> own = LettersDiff.of(expected.letters(), letters);
    if (!own.isEmpty()) {
      whats.add(
          of(expected.letters().size(), "letter") + " expected, " + letters.count() + " there");
      lines.addAll(own);
    }
  }

  private static String of(long n, String noun) {
    return n + " " + noun + (n == 1 ? "" : "s");
  }
}

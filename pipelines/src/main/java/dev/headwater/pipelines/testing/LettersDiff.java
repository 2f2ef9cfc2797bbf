package dev.headwater.pipelines.testing;

import dev.headwater.columns.RowBatch;
import dev.headwater.pipelines.project.Cell;
import dev.headwater.pipelines.project.TestRow;
import dev.headwater.validate.Letter;
import dev.headwater.validate.StoredLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a table's letters differ from those that were expected. */
final class LettersDiff {
  private static final int SHOWN = 20;

  private LettersDiff() {}

  /** What differs, a line each; empty if nothing does. */
  static List<String> of(List<TestRow> expected, Sandbox.Rows table) {
    List<StoredLetter> there = new ArrayList<>();
    for (RowBatch batch : table.batches()) {
      there.addAll(StoredLetter.of(batch));
    }
    List<String> lines = new ArrayList<>();
    for (TestRow letter : expected) {
      StoredLetter found =
          there.stream().filter(one -> matches(letter, one)).findFirst().orElse(null);
      if (found == null) {
        lines.add("  -  " + text(letter));
      } else {
        there.remove(found);
      }
    }
    for (StoredLetter letter : there) {
      lines.add("  +  " + text(letter));
    }
    if (lines.size() > SHOWN) {
      int more = lines.size() - SHOWN;
      lines.subList(SHOWN, lines.size()).clear();
      lines.add("     and " + more + " more");
    }
    return lines;
  }

  private static boolean matches(TestRow expected, StoredLetter letter) {
    return letter.reasons().stream().anyMatch(reason -> matches(expected.cells(), reason));
  }

  private static boolean matches(Map<String, Cell> expected, Letter.Reason reason) {
    return expected.entrySet().stream()
        .allMatch(
            e -> {
              Cell cell = e.getValue();
              String wanted = cell.kind() == Cell.Kind.NULL ? null : cell.text();
              return Objects.equals(wanted, part(reason, e.getKey()));
            });
  }

  private static @Nullable String part(Letter.Reason reason, String name) {
    return switch (name) {
      case "code" -> reason.code();
      case "column" -> reason.column();
      case "value" -> reason.value();
      default -> reason.sentence();
    };
  }

  private static String text(TestRow letter) {
    List<String> parts = new ArrayList<>();
    letter.cells().forEach((name, cell) -> parts.add(name + ": " + DiffText.brief(cell.text())));
    return String.join(", ", parts);
  }

  private static String text(StoredLetter letter) {
    Letter.Reason first = letter.reasons().get(0);
    List<String> parts = new ArrayList<>(List.of("code: " + first.code()));
    if (first.column() != null) {
      parts.add("column: " + first.column());
    }
    if (first.value() != null) {
      parts.add("value: " + DiffText.brief(first.value()));
    }
    return String.join(", ", parts) + "  (" + DiffText.brief(first.sentence()) + ")";
  }
}

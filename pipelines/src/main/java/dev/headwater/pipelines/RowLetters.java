package dev.headwater.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.files.RawRow;
import dev.headwater.pipelines.project.Target;
import dev.headwater.validate.Letter;
import dev.headwater.validate.StoredLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** The letters of a row that is asked for by some of its values. */
final class RowLetters {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RowLetters() {}

  /** Letters of such a row: by their values, or where it could not be decoded by its text. */
  static List<RowNode> of(Stages stages, String label, Map<String, @Nullable Object> shown) {
    LetterTable letters = new LetterTable(stages, new Target(Target.Kind.TABLE, label));
    Optional<Table> table = letters.find();
    List<RowNode> found = new ArrayList<>();
    if (table.isEmpty() || shown.isEmpty()) {
      return found;
    }
    letters.each(
        table.get(),
        LetterFilter.OPEN,
        letter -> {
          if (is(letter, shown)) {
            found.add(letter(label, stages.project().tables().containsKey(label), letter));
          }
          return found.size() < RowSteps.MOST;
        });
    return found;
  }

  private static boolean is(StoredLetter letter, Map<String, @Nullable Object> shown) {
    String row = letter.row();
    RawRow raw = letter.raw("", List.of());
    if (row == null) {
      String text = raw == null || raw.bytes() == null ? "" : SafeText.shown(raw.bytes());
      return shown.values().stream()
          .allMatch(
              v ->
                  v != null
                      && text.matches("(?s)(.*\\W)?" + Pattern.quote(v.toString()) + "(\\W.*)?"));
    }
    try {
      JsonNode values = JSON.readTree(row);
      return shown.entrySet().stream()
          .allMatch(
              e ->
                  e.getValue() == null
                      ? values.path(e.getKey()).isNull()
                      : values.path(e.getKey()).asText().equals(e.getValue().toString()));
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static RowNode letter(String label, boolean filled, StoredLetter letter) {
    List<String> notes = new ArrayList<>();
    for (Letter.Reason reason : letter.reasons()) {
      notes.add(
          "it is a letter: "
              + reason.sentence()
              + (reason.column() == null ? "" : "; " + reason.column())
              + (reason.value() == null
                  ? ""
                  : " is " + SafeText.brief(SafeText.shown(reason.value()), 80)));
    }
    notes.add(
        "from "
            + letter.source()
            + (letter.position() < 0 ? "" : " at " + letter.position())
            + ", run "
            + letter.run());
    notes.add(
        filled
            ? "headwater letters " + label + " replay tries it again once it is mended"
            : "headwater run " + label + " tries it again once what it is made of is mended");
    return RowNode.of(label + "__letters", LetterLines.data(letter), notes);
  }
}

package dev.headwater.pipelines.init;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.TypeText;
import dev.headwater.pipelines.project.Draft;
import dev.headwater.validate.RowJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A first test, which passes: two of the rows that were seen are kept, a wrong one is a letter. */
final class TestDraft {
  private static final int ROWS = 2;

  private static final Set<Type.TypeID> NUMBERS =
      Set.of(Type.TypeID.INTEGER, Type.TypeID.LONG, Type.TypeID.FLOAT, Type.TypeID.DOUBLE);

  private static final String HEAD =
      """
      # headwater test: rows given, rows and letters expected. Nothing else is needed or touched.
      tests:
        what is seen is kept, what cannot be is a letter:
          target: %s
          given:
            %s:
      """;

  private TestDraft() {}

  /**
   * The file's text.
   *
   * @param contract as it is proposed
   * @return empty where no row can be written as its file has it
   */
  static Optional<String> of(Origins.Files origin, Look look, Draft contract) {
    boolean plain =
        origin.format().columns().stream()
            .allMatch(c -> c.format() == null || !c.format().startsWith("epoch_"));
    boolean flat = look.columns().stream().allMatch(f -> writable(f.type()));
    List<Map<String, Object>> rows = plain && flat ? rows(look, List.of()) : List.of();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder out = new StringBuilder(HEAD.formatted(origin.rows(), origin.source()));
    String indent = " ".repeat(8);
    if (!origin.format().kind().isText()) {
      Map<String, Object> types = new LinkedHashMap<>();
      look.columns().forEach(f -> types.put(f.name(), TypeText.of(f.type())));
      out.append(indent).append("columns: ").append(Draft.flow(types)).append('\n');
      out.append(indent).append("rows:\n");
      indent += "  ";
    }
    List<Map<String, Object>> given = rows(look, origin.format().columns());
    Map<String, Object> letter = new LinkedHashMap<>();
    wrong(given.get(0), look, contract, letter).ifPresent(given::add);
    list(out, indent, given);
    out.append("    expect:\n      rows:\n");
    list(out, " ".repeat(8), rows);
    if (!letter.isEmpty()) {
      out.append("      letters: ").append(Draft.flow(List.of(letter))).append('\n');
    }
    return Optional.of(out.toString());
  }

  private static void list(StringBuilder out, String indent, List<Map<String, Object>> rows) {
    rows.forEach(row -> out.append(indent).append("- ").append(Draft.flow(row)).append('\n'));
  }

  private static boolean writable(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN, INTEGER, LONG, FLOAT, DOUBLE, DECIMAL, DATE, TIMESTAMP, STRING -> true;
      default -> false;
    };
  }

  /** The first rows; where columns are declared, as their file writes them. */
  private static List<Map<String, Object>> rows(Look look, List<SourceColumn> declared) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (RowBatch batch : look.some()) {
      for (int row = 0; row < batch.size() && rows.size() < ROWS; row++) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int c = 0; c < look.columns().size(); c++) {
          Types.NestedField field = look.columns().get(c);
          Object value = Values.of(batch.column(c), field.type(), row);
          if (value != null) {
            String own =
                declared.stream()
                    .filter(column -> column.name().equals(field.name()))
                    .findFirst()
                    .map(column -> column.write(value))
                    .orElse(null);
            values.put(field.name(), own != null ? own : written(value, field.type()));
          }
        }
        rows.add(values);
      }
    }
    return rows;
  }

  private static Object written(Object value, Type type) {
    boolean bare = value instanceof Number || value instanceof Boolean;
    boolean time = type.typeId() == Type.TypeID.DATE || type.typeId() == Type.TypeID.TIMESTAMP;
    return bare && !time ? value : String.valueOf(RowJson.text(value, type));
  }

  /** A row that breaks one rule of the contract; what its letter says goes into the other map. */
  private static Optional<Map<String, Object>> wrong(
      Map<String, Object> row, Look look, Draft contract, Map<String, Object> letter) {
    if (!(contract.form().get("columns") instanceof Map<?, ?> rules)) {
      return Optional.empty();
    }
    Map<String, Object> wrong = new LinkedHashMap<>(row);
    for (Types.NestedField field : look.columns()) {
      Object max = rule(rules, field.name(), "max");
      if (max instanceof BigDecimal most && NUMBERS.contains(field.type().typeId())) {
        wrong.put(field.name(), most.add(BigDecimal.ONE).toBigInteger());
        letter.put("code", "max");
        letter.put("column", field.name());
        return Optional.of(wrong);
      }
    }
    for (Types.NestedField field : look.columns()) {
      if (rule(rules, field.name(), "required") != null && wrong.size() > 1) {
        wrong.remove(field.name());
        letter.put("code", "required");
        letter.put("column", field.name());
        return Optional.of(wrong);
      }
    }
    return Optional.empty();
  }

  private static @Nullable Object rule(Map<?, ?> rules, String column, String name) {
    return rules.get(column) instanceof Map<?, ?> one ? one.get(name) : null;
  }
}

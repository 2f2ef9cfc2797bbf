package dev.headwater.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What type JSON values could be, as far as they were seen. */
final class JsonGuess {
  /** Objects with more keys, most of which most objects lack, are maps. */
  private static final int MOST_KEYS = 64;

  private final TextGuess texts = new TextGuess();
  private final Map<String, JsonGuess> fields = new LinkedHashMap<>();
  private @Nullable JsonGuess elements;
  private long objects;
  private long keys;
  private long booleans;
  private long longs;
  private long doubles;
  private long strings;
  private long arrays;

  void add(JsonNode value) {
    switch (value.getNodeType()) {
      case OBJECT -> {
        objects++;
        value
            .fields()
            .forEachRemaining(
                field -> {
                  keys++;
                  fields
                      .computeIfAbsent(field.getKey(), k -> new JsonGuess())
                      .add(field.getValue());
                });
      }
      case ARRAY -> {
        arrays++;
        if (elements == null) {
          elements = new JsonGuess();
        }
        value.forEach(elements::add);
      }
      case BOOLEAN -> booleans++;
      case NUMBER -> {
        boolean whole = value.isIntegralNumber() && value.canConvertToLong();
        longs += whole ? 1 : 0;
        doubles += whole ? 0 : 1;
      }
      case STRING -> {
        strings++;
        texts.add(value.textValue());
      }
      default -> {}
    }
  }

  Map<String, JsonGuess> fields() {
    return fields;
  }

  /** How its dates are written, where that is not ISO 8601. */
  @Nullable String format() {
    boolean dates = type().typeId() != Type.TypeID.STRING;
    return kinds().size() == 1 && strings > 0 && dates ? texts.format() : null;
  }

  /** The type of what was seen, at the top: there a format can say how dates are written. */
  Type type() {
    Type type = nested();
    return strings > 0 && kinds().size() == 1 && texts.nothing().isEmpty()
        ? dates(texts.type())
        : type;
  }

  private static Type dates(Type type) {
    // A number between quotes is one on purpose.
    return type.typeId() == Type.TypeID.DATE || type.typeId() == Type.TypeID.TIMESTAMP
        ? type
        : Types.StringType.get();
  }

  private Map<String, Long> kinds() {
    Map<String, Long> kinds = new LinkedHashMap<>();
    kinds.put("objects", objects);
    kinds.put("arrays", arrays);
    kinds.put("booleans", booleans);
    kinds.put("numbers", longs + doubles);
    kinds.put("texts", strings);
    kinds.values().removeIf(count -> count == 0);
    return kinds;
  }

  /** What somebody should know who takes the type as it is, also of what is nested. */
  List<String> notes() {
    Map<String, Long> kinds = kinds();
    if (kinds.size() > 1) {
      List<String> all = new ArrayList<>();
      kinds.forEach((kind, count) -> all.add(String.format(Locale.ROOT, "%,d %s", count, kind)));
      return List.of("kept as a text: " + String.join(", ", all));
    }
    if (kinds.isEmpty()) {
      return List.of("no value was seen");
    }
    if (strings > 0) {
      // Numbers between quotes are texts on purpose.
      return texts.notes().stream().filter(note -> note.contains("dates")).toList();
    }
    if (type().isMapType()) {
      return List.of(
          String.format(
              Locale.ROOT, "a map, since %,d keys were seen, few of them in each", fields.size()));
    }
    List<String> notes = new ArrayList<>();
    if (elements != null) {
      elements.notes().forEach(note -> notes.add("elements: " + note));
    }
    fields.forEach((name, guess) -> guess.notes().forEach(note -> notes.add(name + ": " + note)));
    return notes;
  }

  /** As an element or a field, where dates are as ISO 8601 has them. */
  private Type nested() {
    if (kinds().size() != 1) {
      return Types.StringType.get();
    }
    if (booleans > 0) {
      return Types.BooleanType.get();
    }
    if (longs + doubles > 0) {
      return doubles > 0 ? Types.DoubleType.get() : Types.LongType.get();
    }
    if (strings > 0) {
      return texts.format() == null && texts.nothing().isEmpty()
          ? dates(texts.type())
          : Types.StringType.get();
    }
    if (arrays > 0) {
      return Types.ListType.ofOptional(
          1, elements == null ? Types.StringType.get() : elements.nested());
    }
    if (fields.isEmpty()) {
      return Types.StringType.get();
    }
    if (fields.size() > MOST_KEYS && keys < objects * fields.size() / 4) {
      return map();
    }
    List<Types.NestedField> out = new ArrayList<>();
    fields.forEach(
        (name, guess) -> out.add(Types.NestedField.optional(out.size() + 1, name, guess.nested())));
    return Types.StructType.of(out);
  }

  private Type map() {
    Type all = null;
    for (JsonGuess guess : fields.values()) {
      Type type = guess.nested();
      all = all == null || all.equals(type) ? type : Types.StringType.get();
    }
    return Types.MapType.ofOptional(
        1, 2, Types.StringType.get(), all == null ? Types.StringType.get() : all);
  }
}

package dev.headwater.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
  private boolean booleans;
  private boolean longs;
  private boolean doubles;
  private boolean strings;
  private boolean arrays;

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
        arrays = true;
        if (elements == null) {
          elements = new JsonGuess();
        }
        value.forEach(elements::add);
      }
      case BOOLEAN -> booleans = true;
      case NUMBER -> {
        longs |= value.isIntegralNumber() && value.canConvertToLong();
        doubles |= !value.isIntegralNumber() || !value.canConvertToLong();
      }
      case STRING -> {
        strings = true;
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
    return strings ? texts.format() : null;
  }

  Type type() {
    int kinds =
        (objects > 0 ? 1 : 0)
            + (arrays ? 1 : 0)
            + (booleans ? 1 : 0)
            + (longs || doubles ? 1 : 0)
            + (strings ? 1 : 0);
    if (kinds != 1) {
      return Types.StringType.get();
    }
    if (booleans) {
      return Types.BooleanType.get();
    }
    if (longs || doubles) {
      return doubles ? Types.DoubleType.get() : Types.LongType.get();
    }
    if (strings) {
      Type type = texts.type();
      // A number between quotes is one on purpose.
      return switch (type.typeId()) {
        case DATE, TIMESTAMP -> type;
        default -> Types.StringType.get();
      };
    }
    if (arrays) {
      return Types.ListType.ofOptional(
          1, elements == null ? Types.StringType.get() : elements.type());
    }
    if (fields.isEmpty()) {
      return Types.StringType.get();
    }
    if (fields.size() > MOST_KEYS && keys < objects * fields.size() / 4) {
      return map();
    }
    List<Types.NestedField> out = new ArrayList<>();
    fields.forEach(
        (name, guess) -> out.add(Types.NestedField.optional(out.size() + 1, name, guess.type())));
    return Types.StructType.of(out);
  }

  private Type map() {
    Type all = null;
    for (JsonGuess guess : fields.values()) {
      Type type = guess.type();
      all = all == null || all.equals(type) ? type : Types.StringType.get();
    }
    return Types.MapType.ofOptional(
        1, 2, Types.StringType.get(), all == null ? Types.StringType.get() : all);
  }
}

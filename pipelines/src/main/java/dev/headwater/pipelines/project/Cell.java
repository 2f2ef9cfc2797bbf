package dev.headwater.pipelines.project;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value of a test's row.
 *
 * @param kind what it looks like; its column's type decides what it is
 * @param text as it is written; of lists and maps as JSON
 */
public record Cell(Kind kind, String text) {
  /** What a value looks like. */
  public enum Kind {
    NULL,
    BOOLEAN,
    WHOLE,
    NUMBER,
    DATE,
    /** Without a zone. */
    TIME,
    /** With an offset from UTC. */
    INSTANT,
    TEXT,
    /** A list or a map. */
    NESTED
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Cell NULL = new Cell(Kind.NULL, "");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  private static final Pattern TIME =
      Pattern.compile(DATE + "[T ]\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?");

  private static final Pattern INSTANT =
      Pattern.compile(TIME + "\\s?(?:Z|[+-]\\d{2}:?(?:\\d{2})?)");

  /** A value of Java's: what it is called in YAML. */
  public static Cell of(@Nullable Object value) {
    if (value == null) {
      return NULL;
    }
    if (value instanceof Cell cell) {
      return cell;
    }
    if (value instanceof Boolean) {
      return new Cell(Kind.BOOLEAN, value.toString());
    }
    if (value instanceof Number) {
      boolean fraction =
          value instanceof Double || value instanceof Float || value instanceof BigDecimal;
      return new Cell(fraction ? Kind.NUMBER : Kind.WHOLE, value.toString());
    }
    if (value instanceof LocalDate) {
      return new Cell(Kind.DATE, value.toString());
    }
    if (value instanceof LocalDateTime) {
      return new Cell(Kind.TIME, value.toString());
    }
    if (value instanceof Instant || value instanceof OffsetDateTime) {
      return new Cell(Kind.INSTANT, value.toString());
    }
    if (value instanceof byte[] bytes) {
      return new Cell(Kind.TEXT, Base64.getEncoder().encodeToString(bytes));
    }
    return value instanceof Map || value instanceof List
        ? new Cell(Kind.NESTED, text(plain(value)))
        : new Cell(Kind.TEXT, value.toString());
  }

  static Cell of(Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      return new Cell(Kind.NESTED, text(plain(node)));
    }
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.NULL)) {
      return NULL;
    }
    if (tag.equals(Tag.BOOL)) {
      return new Cell(Kind.BOOLEAN, text);
    }
    if (tag.equals(Tag.INT)) {
      return new Cell(Kind.WHOLE, text);
    }
    if (tag.equals(Tag.FLOAT)) {
      return new Cell(Kind.NUMBER, special(text));
    }
    // What is quoted is a text, whatever it looks like.
    boolean bare = scalar.getScalarStyle() == ScalarStyle.PLAIN;
    Kind kind =
        bare && DATE.matcher(text).matches()
            ? Kind.DATE
            : bare && TIME.matcher(text).matches()
                ? Kind.TIME
                : bare && INSTANT.matcher(text).matches() ? Kind.INSTANT : Kind.TEXT;
    return new Cell(kind, text);
  }

  private static String special(String text) {
    return switch (text.toLowerCase(java.util.Locale.ROOT)) {
      case ".nan" -> "NaN";
      case ".inf", "+.inf" -> "Infinity";
      case "-.inf" -> "-Infinity";
      default -> text;
    };
  }

  /** As a value in JSON. */
  public String json() {
    return switch (kind) {
      case NULL -> "null";
      case BOOLEAN, WHOLE, NESTED -> text;
      case NUMBER -> Character.isLetter(text.charAt(text.length() - 1)) ? text(text) : text;
      default -> text(text);
    };
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof MappingNode mapping) {
      Map<String, Object> out = new LinkedHashMap<>();
      for (NodeTuple tuple : mapping.getValue()) {
        String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
        out.put(key, plain(tuple.getValueNode()));
      }
      return out;
    }
    if (value instanceof SequenceNode list) {
      return plain(list.getValue());
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> out = new LinkedHashMap<>();
      map.forEach((key, each) -> out.put(String.valueOf(key), plain(each)));
      return out;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> out = new ArrayList<>();
      list.forEach(each -> out.add(plain(each)));
      return out;
    }
    Cell cell = value instanceof ScalarNode scalar ? of(scalar) : of(value);
    return switch (cell.kind()) {
      case NULL -> null;
      case BOOLEAN -> Boolean.valueOf(cell.text());
      case WHOLE -> new java.math.BigInteger(cell.text());
      case NUMBER ->
          Character.isLetter(cell.text().charAt(cell.text().length() - 1))
              ? cell.text()
              : new BigDecimal(cell.text());
      default -> cell.text();
    };
  }

  private static String text(@Nullable Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(value + " is no value of a row", e);
    }
  }
}

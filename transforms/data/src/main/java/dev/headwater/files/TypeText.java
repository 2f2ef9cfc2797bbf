package dev.headwater.files;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Types as text: Iceberg's names, and {@code list<int>}, {@code map<string, double>}, {@code
 * struct<town: string, n: int>}; a field's name with other characters stands in backticks.
 */
public final class TypeText {
  private final String text;
  private int at;
  private int lastId = 1_000;

  private TypeText(String text) {
    this.text = text;
  }

  /** The text of a type, without field ids; all nested fields are optional. */
  public static String of(Type type) {
    return switch (type.typeId()) {
      case STRUCT -> {
        List<String> fields = new ArrayList<>();
        for (Types.NestedField f : type.asStructType().fields()) {
          fields.add(name(f.name()) + ": " + of(f.type()));
        }
        yield "struct<" + String.join(", ", fields) + ">";
      }
      case LIST -> "list<" + of(type.asListType().elementType()) + ">";
      case MAP ->
          "map<" + of(type.asMapType().keyType()) + ", " + of(type.asMapType().valueType()) + ">";
      default -> type.toString();
    };
  }

  private static String name(String name) {
    return name.matches("[^<>,:()`\\s](?:[^<>,:()`]*[^<>,:()`\\s])?")
        ? name
        : '`' + name.replace("`", "``") + '`';
  }

  /**
   * The type of a text.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Type parse(String text) {
    TypeText parser = new TypeText(text);
    Type type = parser.type();
    parser.skip();
    if (parser.at < text.length()) {
      throw parser.wrong();
    }
    return type;
  }

  private Type type() {
    String name = until("<>,:").strip();
    switch (name) {
      case "list" -> {
        take('<');
        Type element = type();
        take('>');
        return Types.ListType.ofOptional(++lastId, element);
      }
      case "map" -> {
        take('<');
        Type key = type();
        take(',');
        Type value = type();
        take('>');
        lastId += 2;
        return Types.MapType.ofOptional(lastId - 1, lastId, key, value);
      }
      case "struct" -> {
        return struct();
      }
      default -> {
        try {
          return Types.fromPrimitiveString(name);
        } catch (IllegalArgumentException e) {
          throw wrong();
        }
      }
    }
  }

  private Type struct() {
    take('<');
    List<Types.NestedField> fields = new ArrayList<>();
    do {
      String name = taken('`') ? quoted() : until(":").strip();
      take(':');
      fields.add(Types.NestedField.optional(++lastId, name, type()));
    } while (taken(','));
    take('>');
    return Types.StructType.of(fields);
  }

  /** Up to the closing backtick; two are one. */
  private String quoted() {
    StringBuilder out = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '`') {
        out.append(c);
      } else if (at < text.length() && text.charAt(at) == '`') {
        out.append(text.charAt(at++));
      } else {
        return out.toString();
      }
    }
    throw wrong();
  }

  /** Up to one of these characters; what stands in parentheses belongs to the type. */
  private String until(String ends) {
    skip();
    int from = at;
    int depth = 0;
    while (at < text.length() && (depth > 0 || ends.indexOf(text.charAt(at)) < 0)) {
      depth += text.charAt(at) == '(' ? 1 : text.charAt(at) == ')' ? -1 : 0;
      at++;
    }
    return text.substring(from, at);
  }

  private boolean taken(char c) {
    skip();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void take(char c) {
    if (!taken(c)) {
      throw wrong();
    }
  }

  private void skip() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException(
        "'"
            + text
            + "' is no type. Write long, double, string, timestamp, decimal(9, 2), list<int>,"
            + " map<string, double> or struct<town: string, n: int>");
  }
}

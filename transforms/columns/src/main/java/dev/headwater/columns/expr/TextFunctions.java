package dev.headwater.columns.expr;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.iceberg.types.Type;

/** Functions of strings, lists and maps. */
final class TextFunctions {
  private TextFunctions() {}

  static void addTo(Map<String, Functions.Maker> all) {
    text(all, "lower", SqlTypes.STRING, 1, v -> ((String) v[0]).toLowerCase(Locale.ROOT));
    text(all, "upper", SqlTypes.STRING, 1, v -> ((String) v[0]).toUpperCase(Locale.ROOT));
    text(
        all,
        "reverse",
        SqlTypes.STRING,
        1,
        v -> new StringBuilder((String) v[0]).reverse().toString());
    text(
        all,
        "replace",
        SqlTypes.STRING,
        3,
        v -> Texts.replace((String) v[0], (String) v[1], (String) v[2]));
    text(all, "starts_with", SqlTypes.BOOLEAN, 2, v -> ((String) v[0]).startsWith((String) v[1]));
    text(all, "ends_with", SqlTypes.BOOLEAN, 2, v -> ((String) v[0]).endsWith((String) v[1]));
    text(all, "strpos", SqlTypes.LONG, 2, v -> Texts.position((String) v[0], (String) v[1]));
    text(all, "md5", SqlTypes.STRING, 1, v -> Texts.digest("MD5", (String) v[0]));
    text(all, "sha256", SqlTypes.STRING, 1, v -> Texts.digest("SHA-256", (String) v[0]));
    text(all, "crc32", SqlTypes.LONG, 1, v -> crc32((String) v[0]));
    text(all, "length", SqlTypes.LONG, 1, v -> Texts.length((String) v[0]));
    all.put("char_length", all.get("length"));
    for (String name : List.of("trim", "ltrim", "rtrim")) {
      all.put(
          name,
          a ->
              Functions.call(
                  SqlTypes.STRING,
                  false,
                  v -> Texts.trim((String) v[0], v.length > 1 ? (String) v[1] : " ", name),
                  a.count(name, 1, 2).texts(name)));
    }
    for (String name : List.of("lpad", "rpad")) {
      all.put(
          name,
          a -> {
            a.count(name, 2, 3);
            List<Node> nodes = new ArrayList<>(List.of(a.text(name, 0), a.integer(name, 1)));
            nodes.add(a.size() > 2 ? a.text(name, 2) : new Constant(SqlTypes.STRING, " "));
            return Functions.call(
                SqlTypes.STRING,
                true,
                v -> Texts.pad((String) v[0], (Long) v[1], (String) v[2], name.equals("lpad")),
                nodes);
          });
    }
    Functions.Maker substring =
        a -> {
          a.count("substr", 2, 3);
          List<Node> nodes = new ArrayList<>(List.of(a.text("substr", 0), a.integer("substr", 1)));
          nodes.add(a.size() > 2 ? a.integer("substr", 2) : new Constant(SqlTypes.LONG, 1L << 40));
          return Functions.call(
              SqlTypes.STRING,
              false,
              v -> Texts.substring((String) v[0], (Long) v[1], (Long) v[2]),
              nodes);
        };
    all.put("substr", substring);
    all.put("substring", substring);
    all.put(
        "split_part",
        a -> {
          a.count("split_part", 3, 3);
          return Functions.call(
              SqlTypes.STRING,
              true,
              v -> Texts.part((String) v[0], (String) v[1], (Long) v[2]),
              List.of(
                  a.text("split_part", 0), a.text("split_part", 1), a.integer("split_part", 2)));
        });
    all.put("concat", a -> concat(a.count("concat", 2, 127).nodes()));
    all.put(
        "cardinality",
        a -> {
          Node of = a.count("cardinality", 1, 1).get(0);
          if (!of.type.isListType() && !of.type.isMapType()) {
            throw new Mistake(
                "cardinality takes a list or map, not " + SqlTypes.name(of.type) + ".");
          }
          return new Cardinality(of);
        });
  }

  /** Strings one after the other; other scalars as their text. */
  private static Node concat(List<Node> parts) {
    List<Node> texts = new ArrayList<>();
    for (Node part : parts) {
      if (!Casts.exists(part.type, SqlTypes.STRING) || Operators.isInterval(part.type)) {
        throw new Mistake("cannot join " + SqlTypes.name(part.type) + " to a string.");
      }
      texts.add(Operators.coerce(part, SqlTypes.STRING));
    }
    return Functions.call(
        SqlTypes.STRING,
        false,
        v -> {
          StringBuilder out = new StringBuilder();
          for (Object part : v) {
            out.append(part);
          }
          return out.toString();
        },
        texts);
  }

  private static Object crc32(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  private static void text(
      Map<String, Functions.Maker> all, String name, Type type, int count, Call.Function function) {
    all.put(
        name, a -> Functions.call(type, false, function, a.count(name, count, count).texts(name)));
  }
}

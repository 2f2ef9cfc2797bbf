package dev.headwater.kafka.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Where the parts of a change in JSON are, bare or with its schema beside it. One thread. */
final class DebeziumEnvelope {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Span NONE = new Span(0, 0);

  /** An object's bytes. */
  record Span(int from, int to) {
    boolean isThere() {
      return to > from;
    }
  }

  private int base;
  private String op = "";
  private Span schema = NONE;
  private Span payload = NONE;
  private Span before = NONE;
  private Span after = NONE;
  private Span source = NONE;

  /** Looks through an object; tells what is wrong with it. */
  @Nullable String read(byte[] data, int from, int to) {
    base = from;
    op = "";
    schema = before = after = source = NONE;
    payload = new Span(from, to);
    try (JsonParser p = FACTORY.createParser(data, from, to - from)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        return "it is no object";
      }
      fields(p, true);
      return p.nextToken() == null ? null : "something stands behind the object";
    } catch (JsonProcessingException e) {
      String why = e.getOriginalMessage().lines().findFirst().orElse("it is no JSON");
      int where = why.indexOf(" (start marker");
      return where < 0 ? why : why.substring(0, where);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fields(JsonParser p, boolean outer) throws IOException {
    for (String name = p.nextFieldName(); name != null; name = p.nextFieldName()) {
      JsonToken token = p.nextToken();
      boolean object = token == JsonToken.START_OBJECT;
      switch (name) {
        case "op" -> op = token == JsonToken.VALUE_STRING ? p.getText() : "";
        case "before" -> before = object ? span(p) : NONE;
        case "after" -> after = object ? span(p) : NONE;
        case "source" -> source = object ? span(p) : NONE;
        case "schema" -> schema = object && outer ? span(p) : schema;
        case "payload" -> {
          if (object && outer) {
            int from = base + (int) p.currentTokenLocation().getByteOffset();
            fields(p, false);
            payload = new Span(from, base + (int) p.currentLocation().getByteOffset());
          }
        }
        default -> {}
      }
      p.skipChildren();
    }
  }

  /** The object that the parser is at, which is read to its end. */
  private Span span(JsonParser p) throws IOException {
    int from = base + (int) p.currentTokenLocation().getByteOffset();
    p.skipChildren();
    return new Span(from, base + (int) p.currentLocation().getByteOffset());
  }

  /** c, u, r, d, t or m; empty if there is none. */
  String op() {
    return op;
  }

  Span schema() {
    return schema;
  }

  /** What is not the schema: of a key its columns. */
  Span payload() {
    return payload;
  }

  Span before() {
    return before;
  }

  Span after() {
    return after;
  }

  Span source() {
    return source;
  }
}

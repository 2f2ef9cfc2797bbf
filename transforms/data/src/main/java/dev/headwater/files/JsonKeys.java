package dev.headwater.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** The keys of JSON objects under other names; their values stay as they are, to the byte. */
final class JsonKeys {
  private JsonKeys() {}

  /**
   * The object with its own keys renamed.
   *
   * @param name a key's new name
   * @return the bytes as they are where they are no object
   */
  static byte[] renamed(byte[] object, UnaryOperator<String> name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonParser parser = JsonSource.FACTORY.createParser(object)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return object;
      }
      byte before = '{';
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = name.apply(parser.currentName());
        parser.nextToken();
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int to = (int) parser.currentLocation().getByteOffset();
        out.write(before);
        out.write(JsonSource.quoted(key));
        out.write(':');
        out.write(object, from, to - from);
        before = ',';
      }
      if (parser.currentToken() != JsonToken.END_OBJECT) {
        return object;
      }
      if (before == '{') {
        out.write('{');
      }
      int end = (int) parser.currentLocation().getByteOffset();
      out.write(object, end - 1, object.length - end + 1);
      return out.toByteArray();
    } catch (IOException e) {
      // Whoever decodes it will say what is wrong.
      return object;
    }
  }
}

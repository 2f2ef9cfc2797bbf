package dev.headwater.files;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of a parser's text. Several columns share one. */
final class JsonText {
  private static final int SPARE = 1 << 20;

  byte[] bytes = new byte[256];
  int length;

  /**
   * Reads the text of the parser's token.
   *
   * @throws JsonColumn.NoValue if it has half of a surrogate pair
   */
  void read(JsonParser p) throws IOException {
    char[] chars = p.getTextCharacters();
    int from = p.getTextOffset();
    int n = p.getTextLength();
    if (bytes.length < n + 16) {
      bytes = new byte[n + Math.min(n, SPARE) + 16];
    }
    int all = 0;
    for (int i = 0; i < n; i++) {
      char c = chars[from + i];
      all |= c;
      bytes[i] = (byte) c;
    }
    length = n;
    if (all > 127) {
      encode(chars, from, n);
    }
  }

  private void encode(char[] chars, int from, int n) {
    for (int i = 0; i < n; i++) {
      char c = chars[from + i];
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < n
              && Character.isLowSurrogate(chars[from + i + 1]);
      if (Character.isSurrogate(c) && !pair) {
        throw new JsonColumn.NoValue("encoding", "has half of a surrogate pair", "", null);
      }
      i += pair ? 1 : 0;
    }
    byte[] all = new String(chars, from, n).getBytes(StandardCharsets.UTF_8);
    length = all.length;
    bytes = Arrays.copyOf(all, all.length + 16);
  }
}

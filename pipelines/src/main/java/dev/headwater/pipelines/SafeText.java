package dev.headwater.pipelines;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Bytes and texts of unknown making, so that no terminal does anything but show them. */
final class SafeText {
  private SafeText() {}

  /** The text of bytes that are UTF-8; null where they are not. */
  static @Nullable String utf8(ByteBuffer bytes) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate());
      return text.toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Bytes that are no UTF-8 as {@code \xNN}, the rest as {@link #shown(String)}. */
  static String shown(ByteBuffer bytes) {
    String text = utf8(bytes);
    if (text != null) {
      return shown(text);
    }
    StringBuilder out = new StringBuilder();
    ByteBuffer left = bytes.duplicate();
    while (left.hasRemaining()) {
      ByteBuffer good = left.duplicate();
      CharBuffer to = CharBuffer.allocate(good.remaining());
      StandardCharsets.UTF_8.newDecoder().decode(good, to, true);
      out.append(shown(to.flip().toString()));
      left.position(good.position());
      if (left.hasRemaining()) {
        out.append(String.format(Locale.ROOT, "\\x%02x", left.get() & 0xff));
      }
    }
    return out.toString();
  }

  /**
   * Control characters, those that turn the writing around and lone surrogates as {@code \}{@code
   * uNNNN}, line ends and tabs as {@code \n}, {@code \r}, {@code \t}.
   */
  static String shown(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              if (c == '\n' || c == '\r' || c == '\t') {
                out.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
              } else if (type == Character.CONTROL
                  || type == Character.FORMAT
                  || type == Character.SURROGATE
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR
                  || type == Character.UNASSIGNED) {
                out.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08x" : "\\u%04x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** At most so many characters. */
  static String brief(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}

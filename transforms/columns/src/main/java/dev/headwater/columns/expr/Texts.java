package dev.headwater.columns.expr;

import dev.headwater.columns.expr.Call.Fault;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** String functions; lengths and positions count characters (code points), from 1. */
final class Texts {
  private static final int LONGEST = 1 << 20;

  private Texts() {}

  static long length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Nothing is put in for an empty text. */
  static String replace(String text, String what, String with) {
    return what.isEmpty() ? text : text.replace(what, with);
  }

  static long position(String text, String what) {
    int at = text.indexOf(what);
    return at < 0 ? 0 : text.codePointCount(0, at) + 1L;
  }

  /** A start below zero counts from the end; what is outside is left out. */
  static String substring(String text, long start, long length) {
    long n = length(text);
    long from = start > 0 ? start - 1 : n + start;
    if (start == 0 || from < 0 || from >= n || length <= 0) {
      return "";
    }
    long to = Math.min(n, from + length);
    int begin = text.offsetByCodePoints(0, (int) from);
    return text.substring(begin, text.offsetByCodePoints(begin, (int) (to - from)));
  }

  static String trim(String text, String characters, String how) {
    int from = 0;
    int to = text.length();
    while (!how.equals("rtrim") && from < to && characters.indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (!how.equals("ltrim") && to > from && characters.indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  static String pad(String text, long size, String with, boolean left) {
    if (size < 0 || size > LONGEST || with.isEmpty()) {
      throw new Fault("cannot pad to " + size + " characters with '" + with + "'");
    }
    long n = length(text);
    if (n >= size) {
      return text.substring(0, text.offsetByCodePoints(0, (int) size));
    }
    int missing = (int) (size - n);
    String many = with.repeat(missing / (int) length(with) + 1);
    String padding = many.substring(0, many.offsetByCodePoints(0, missing));
    return left ? padding + text : text + padding;
  }

  /** Null beyond the last part. */
  static @Nullable String part(String text, String delimiter, long index) {
    if (index <= 0 || delimiter.isEmpty()) {
      throw new Fault("split_part needs a delimiter and an index from 1, not " + index);
    }
    int from = 0;
    for (long i = 1; ; i++) {
      int at = text.indexOf(delimiter, from);
      if (i == index) {
        return at < 0 ? text.substring(from) : text.substring(from, at);
      }
      if (at < 0) {
        return null;
      }
      from = at + delimiter.length();
    }
  }

  static String digest(String algorithm, String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is part of every JDK", e);
    }
  }
}

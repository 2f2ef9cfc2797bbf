package dev.headwater.columns;

/** Whether bytes are text: UTF-8 as RFC 3629 has it, without surrogates and overlong forms. */
public final class Utf8 {
  private Utf8() {}

  /** Whether all of these bytes are. */
  public static boolean isValid(byte[] d, int from, int to) {
    int p = from;
    while (p < to && d[p] >= 0) {
      p++;
    }
    while (p < to) {
      int b = d[p];
      int length = b >= 0 ? 1 : (b & 0xe0) == 0xc0 ? 2 : (b & 0xf0) == 0xe0 ? 3 : 4;
      if (p + length > to || length > 1 && !isCharacter(d, p, length)) {
        return false;
      }
      p += length;
    }
    return true;
  }

  private static boolean isCharacter(byte[] d, int p, int length) {
    int second = d[p + 1] & 0xff;
    for (int i = 1; i < length; i++) {
      if ((d[p + i] & 0xc0) != 0x80) {
        return false;
      }
    }
    return switch (d[p] & 0xff) {
      case 0xe0 -> second >= 0xa0;
      case 0xed -> second < 0xa0;
      case 0xf0 -> second >= 0x90;
      case 0xf4 -> second < 0x90;
      default -> (d[p] & 0xff) >= 0xc2 && (d[p] & 0xff) <= 0xf3;
    };
  }
}

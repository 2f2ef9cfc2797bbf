package dev.headwater.files;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that can't be decoded.
 *
 * @param position where it begins in the unpacked file, in bytes
 * @param code why, for programs: {@code type}, {@code fields}, {@code quoting}, {@code encoding},
 *     {@code length}, {@code syntax}, {@code depth}
 * @param reason why, for people
 * @param column the column that it is about, if it is about one
 * @param value what stands in that column, at most {@value #VALUE} characters
 * @param raw the row's bytes, at most {@value #RAW} of them
 * @param length how many bytes the row has
 * @param others what else is wrong with it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record BadRow(
    long position,
    String code,
    String reason,
    @Nullable String column,
    @Nullable String value,
    byte[] raw,
    long length,
    List<Why> others) {
  /** How many of a row's bytes are kept. */
  public static final int RAW = 1 << 20;

  static final int VALUE = 200;

  /** One more thing that is wrong. */
  public record Why(String code, String reason, @Nullable String column, @Nullable String value) {}

  public BadRow {
    others = List.copyOf(others);
  }

  /** With one thing wrong. */
  public BadRow(
      long position,
      String code,
      String reason,
      @Nullable String column,
      @Nullable String value,
      byte[] raw,
      long length) {
    this(position, code, reason, column, value, raw, length, List.of());
  }

  /** The same one, elsewhere. */
  public BadRow at(long place) {
    return new BadRow(place, code, reason, column, value, raw, length, others);
  }
}

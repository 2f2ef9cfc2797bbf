package dev.headwater.columns;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Builds a column of strings or bytes. It begins with a dictionary and gives it up for good when
 * {@value #TRIAL} values are in and more than half of the values so far differ; a dictionary that
 * did not make the column smaller is decoded at the end.
 */
final class BytesBuilder extends ColumnBuilder {
  private static final int TRIAL = 256;

  private final Type type;
  private @Nullable Map<Object, Integer> known = new HashMap<>();
  private int[] codes = new int[16];
  private byte[] data = new byte[64];

  /** Where each entry of the dictionary begins or, once it is given up, each row. */
  private int[] offsets = new int[16];

  private int entries;
  private long plainBytes;

  BytesBuilder(Type type) {
    this.type = type;
  }

  @Override
  void put(int row, Object value) {
    if (known == null) {
      byte[] bytes = bytes(value);
      plainBytes += bytes.length;
      add(bytes);
      return;
    }
    Object key = value instanceof byte[] b ? ByteBuffer.wrap(b) : value;
    Integer code = known.get(key);
    if (code == null) {
      byte[] bytes = bytes(value);
      code = entries;
      known.put(key instanceof ByteBuffer ? ByteBuffer.wrap(bytes) : key, code);
      add(bytes);
    }
    plainBytes += offsets[code + 1] - offsets[code];
    reserveCode(row);
    codes[row] = code;
    if (row >= TRIAL && entries > row / 2) {
      giveUp(row + 1);
    }
  }

  @Override
  void putNull(int row) {
    if (known == null) {
      add(new byte[0]);
    } else {
      reserveCode(row);
    }
  }

  private void giveUp(int rows) {
    int[] to = new int[Math.max(codes.length, rows) + 1];
    byte[] plain = new byte[Math.max(64, Math.toIntExact(plainBytes))];
    for (int i = 0; i < rows; i++) {
      int length = wasNull(i) ? 0 : offsets[codes[i] + 1] - offsets[codes[i]];
      System.arraycopy(data, length == 0 ? 0 : offsets[codes[i]], plain, to[i], length);
      to[i + 1] = to[i] + length;
    }
    known = null;
    codes = new int[0];
    data = plain;
    offsets = to;
    entries = rows;
  }

  private void add(byte[] bytes) {
    if (entries + 2 > offsets.length) {
      offsets = Arrays.copyOf(offsets, grown(offsets.length));
    }
    int at = offsets[entries];
    int end = Math.addExact(at, bytes.length);
    if (end > data.length) {
      data = Arrays.copyOf(data, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(end, 2L * at)));
    }
    System.arraycopy(bytes, 0, data, at, bytes.length);
    offsets[++entries] = end;
  }

  private void reserveCode(int row) {
    if (row == codes.length) {
      codes = Arrays.copyOf(codes, grown(row));
    }
  }

  @Override
  public long bytes() {
    return plainBytes + 4L * (size() + 1);
  }

  @Override
  Column build(int rows, @Nullable Bits nullRows) {
    BytesColumn values =
        BytesColumn.of(
            Arrays.copyOf(data, offsets[entries]),
            Arrays.copyOf(offsets, entries + 1),
            known == null ? nullRows : null);
    if (known == null || entries == 0) {
      return known == null ? values : BytesColumn.of(new byte[0], new int[rows + 1], nullRows);
    }
    DictionaryColumn coded = DictionaryColumn.of(Arrays.copyOf(codes, rows), values, nullRows);
    return coded.bytes() < bytes() ? coded : coded.decode();
  }

  private byte[] bytes(Object value) {
    switch (type.typeId()) {
      case STRING -> {
        if (value instanceof CharSequence text) {
          return utf8(text.toString());
        }
        throw wrong(type, value, "String");
      }
      case UUID -> {
        if (value instanceof UUID uuid) {
          return ByteBuffer.allocate(16)
              .putLong(uuid.getMostSignificantBits())
              .putLong(uuid.getLeastSignificantBits())
              .array();
        }
        throw wrong(type, value, "UUID");
      }
      default -> {
        byte[] bytes;
        if (value instanceof ByteBuffer buffer) {
          bytes = new byte[buffer.remaining()];
          buffer.duplicate().get(bytes);
        } else if (value instanceof byte[] array) {
          bytes = array.clone();
        } else {
          throw wrong(type, value, "ByteBuffer");
        }
        if (type instanceof Types.FixedType fixed && fixed.length() != bytes.length) {
          throw new IllegalArgumentException(
              "a column of " + type + " cannot hold " + bytes.length + " bytes");
        }
        return bytes;
      }
    }
  }

  /** Java's strings may hold half a surrogate pair, which UTF-8 cannot say. */
  private static byte[] utf8(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (Character.isSurrogatePair(
            text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
          i++;
        } else {
          throw new IllegalArgumentException(
              "a string holds half a surrogate pair at position " + i + ", which UTF-8 cannot");
        }
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

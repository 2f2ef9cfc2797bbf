package dev.headwater.columns;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
  private @Nullable BytesInterner known = new BytesInterner();
  private int[] codes = new int[16];

  /** The values, one after the other, once the dictionary is given up. */
  private byte[] data = new byte[0];

  /** Where each of them begins. */
  private int[] offsets = new int[1];

  /** How long the value of each row is that the dictionary has. */
  private int[] lengths = new int[16];

  private long plainBytes;

  BytesBuilder(Type type) {
    this.type = type;
  }

  @Override
  void put(int row, Object value) {
    byte[] bytes = bytes(value);
    add(row, bytes, 0, bytes.length);
  }

  @Override
  void putBytes(int row, byte[] from, int start, int end) {
    if (type.typeId() == Type.TypeID.STRING && !Utf8.isValid(from, start, end)) {
      throw new IllegalArgumentException("a text is no UTF-8");
    }
    int length = type.typeId() == Type.TypeID.UUID ? 16 : end - start;
    fixed(type instanceof Types.FixedType fixed ? fixed.length() : length, end - start);
    add(row, from, start, end);
  }

  private void fixed(int wanted, int length) {
    if (wanted != length) {
      throw new IllegalArgumentException(
          "a column of " + type + " cannot hold " + length + " bytes");
    }
  }

  @Override
  void putNull(int row) {
    if (known == null) {
      plain(row, data, 0, 0);
    } else {
      reserveCode(row);
    }
  }

  private void add(int row, byte[] from, int start, int end) {
    plainBytes += end - start;
    if (known == null) {
      plain(row, from, start, end);
      return;
    }
    reserveCode(row);
    codes[row] = known.intern(from, start, end);
    lengths[row] = end - start;
    if (row >= TRIAL && known.size() > row / 2) {
      giveUp(row + 1, known.values());
    }
  }

  private void giveUp(int rows, BytesColumn entries) {
    known = null;
    data = new byte[Math.max(64, Math.toIntExact(plainBytes))];
    offsets = new int[rows + 1 + (rows >> 1)];
    for (int i = 0; i < rows; i++) {
      int start = lengths[i] == 0 ? 0 : entries.offsets()[codes[i]];
      plain(i, entries.data(), start, start + lengths[i]);
    }
    codes = new int[0];
    lengths = new int[0];
  }

  private void plain(int row, byte[] from, int start, int end) {
    if (row + 2 > offsets.length) {
      offsets = Arrays.copyOf(offsets, grown(offsets.length + 1));
    }
    int at = offsets[row];
    int to = Math.addExact(at, end - start);
    if (to > data.length) {
      data = Arrays.copyOf(data, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(to, 2L * at)));
    }
    System.arraycopy(from, start, data, at, end - start);
    offsets[row + 1] = to;
  }

  private void reserveCode(int row) {
    if (row == codes.length) {
      codes = Arrays.copyOf(codes, grown(row));
      lengths = Arrays.copyOf(lengths, codes.length);
    }
  }

  @Override
  void cutValues(int rows) {
    if (known == null) {
      plainBytes = offsets[Math.min(rows, size())];
      return;
    }
    for (int i = rows; i < Math.min(size() + 1, codes.length); i++) {
      plainBytes -= lengths[i];
      lengths[i] = 0;
      codes[i] = 0;
    }
  }

  @Override
  public long bytes() {
    return plainBytes + 4L * (size() + 1);
  }

  @Override
  Column build(int rows, @Nullable Bits nullRows) {
    if (known == null) {
      return BytesColumn.of(
          Arrays.copyOf(data, offsets[rows]), Arrays.copyOf(offsets, rows + 1), nullRows);
    }
    if (known.size() == 0) {
      return BytesColumn.of(new byte[0], new int[rows + 1], nullRows);
    }
    DictionaryColumn coded =
        DictionaryColumn.of(Arrays.copyOf(codes, rows), known.values(), nullRows);
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
          bytes = array;
        } else {
          throw wrong(type, value, "ByteBuffer");
        }
        fixed(type instanceof Types.FixedType fixed ? fixed.length() : bytes.length, bytes.length);
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

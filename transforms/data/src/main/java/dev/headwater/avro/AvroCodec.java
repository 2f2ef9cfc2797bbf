package dev.headwater.avro;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.xerial.snappy.Snappy;

/** How blocks of an Avro file are packed. */
enum AvroCodec {
  NULL,
  DEFLATE,
  SNAPPY,
  ZSTANDARD,
  BZIP2;

  /** At most so many bytes has a block, packed or not. */
  static final int MOST = 256 << 20;

  static AvroCodec of(String name) throws IOException {
    return switch (name) {
      case "", "null" -> NULL;
      case "deflate" -> DEFLATE;
      case "snappy" -> SNAPPY;
      case "zstandard" -> ZSTANDARD;
      case "bzip2" -> BZIP2;
      default ->
          throw new IOException(
              "its codec " + name + " is none of null, deflate, snappy, zstandard and bzip2");
    };
  }

  byte[] unpack(byte[] packed) throws IOException {
    InputStream in = new ByteArrayInputStream(packed);
    return switch (this) {
      case NULL -> packed;
      case DEFLATE -> {
        Inflater inflater = new Inflater(true);
        try (InputStream out = new InflaterInputStream(in, inflater)) {
          yield all(out);
        } finally {
          inflater.end();
        }
      }
      case SNAPPY -> snappy(packed);
      case ZSTANDARD -> all(new ZstdInputStream(in));
      case BZIP2 -> all(new BZip2CompressorInputStream(in));
    };
  }

  private static byte[] all(InputStream unpacked) throws IOException {
    try (InputStream in = unpacked) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
      byte[] buffer = new byte[1 << 14];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        if (out.size() > MOST) {
          throw tooLarge();
        }
      }
      return out.toByteArray();
    }
  }

  /** Avro puts a checksum behind them. */
  private static byte[] snappy(byte[] packed) throws IOException {
    int length = packed.length - 4;
    if (length < 0) {
      throw new IOException("it has no checksum");
    }
    int size = Snappy.uncompressedLength(packed, 0, length);
    if (size < 0 || size > MOST) {
      throw tooLarge();
    }
    byte[] out = new byte[size];
    int n = Snappy.uncompress(packed, 0, length, out, 0);
    CRC32 crc = new CRC32();
    crc.update(out, 0, n);
    if ((int) crc.getValue() != ByteBuffer.wrap(packed).getInt(length)) {
      throw new IOException("its checksum is another one");
    }
    return n == size ? out : Arrays.copyOf(out, n);
  }

  private static IOException tooLarge() {
    return new IOException("it has more than " + MOST + " bytes");
  }
}

package dev.headwater.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import dev.headwater.parquet.ColumnDecoder.PageBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/**
 * Compression of pages. The common codecs work on whole arrays, without Hadoop's streams between,
 * and check the size that a page claims before memory is taken for it; the rare ones are
 * parquet-mr's.
 */
final class PageCodecs implements CompressionCodecFactory {
  /** No writer makes pages so large; a damaged header might claim it. */
  private static final int LARGEST_PAGE = 1 << 30;

  private final @Nullable Integer level;
  private final Map<CompressionCodecName, Codec> codecs = new EnumMap<>(CompressionCodecName.class);
  private @Nullable CodecFactory rare;

  /** With the codec's own default level. */
  PageCodecs() {
    this(null);
  }

  PageCodecs(@Nullable Integer level) {
    this.level = level;
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName name) {
    return isCommon(name) ? codec(name) : rare().getCompressor(name);
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
    return isCommon(name) ? codec(name) : rare().getDecompressor(name);
  }

  private static boolean isCommon(CompressionCodecName name) {
    return switch (name) {
      case ZSTD, SNAPPY, GZIP, UNCOMPRESSED -> true;
      default -> false;
    };
  }

  private CodecFactory rare() {
    if (rare == null) {
      rare = new CodecFactory(new Configuration(false), 1 << 20);
    }
    return rare;
  }

  private Codec codec(CompressionCodecName name) {
    return codecs.computeIfAbsent(
        name,
        n ->
            switch (n) {
              case ZSTD -> new ZstdCodec(level == null ? 3 : level);
              case SNAPPY -> new SnappyCodec();
              case GZIP -> new GzipCodec();
              default -> new PlainCodec();
            });
  }

  @Override
  public void release() {
    codecs.values().forEach(Codec::release);
    codecs.clear();
    if (rare != null) {
      rare.release();
      rare = null;
    }
  }

  private abstract static class Codec implements BytesInputCompressor, BytesInputDecompressor {
    abstract byte[] compress(byte[] bytes) throws IOException;

    abstract int decompress(byte[] from, byte[] to) throws IOException;

    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      return BytesInput.from(compress(PageBytes.of(bytes).toBytes()));
    }

    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      byte[] from = PageBytes.of(bytes).toBytes();
      if (size < 0 || size > LARGEST_PAGE || size > (from.length + 64L) * 40_000) {
        throw new IOException(
            "a page of " + from.length + " compressed bytes claims to be " + size + " bytes");
      }
      byte[] out = new byte[size];
      int n = decompress(from, out);
      if (n != size) {
        throw new IOException("a page has " + n + " bytes, not the " + size + " it claims");
      }
      return BytesInput.from(out);
    }

    @Override
    public void decompress(ByteBuffer in, int inSize, ByteBuffer out, int outSize)
        throws IOException {
      byte[] from = new byte[inSize];
      in.get(from);
      out.put(PageBytes.of(decompress(BytesInput.from(from), outSize)).toBytes());
    }

    @Override
    public void release() {}
  }

  private static final class ZstdCodec extends Codec {
    private final ZstdCompressCtx compressor = new ZstdCompressCtx();
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

    ZstdCodec(int level) {
      compressor.setLevel(level);
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.ZSTD;
    }

    @Override
    byte[] compress(byte[] bytes) {
      return compressor.compress(bytes);
    }

    @Override
    int decompress(byte[] from, byte[] to) {
      return decompressor.decompressByteArray(to, 0, to.length, from, 0, from.length);
    }

    @Override
    public void release() {
      compressor.close();
      decompressor.close();
    }
  }

  private static final class SnappyCodec extends Codec {
    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.SNAPPY;
    }

    @Override
    byte[] compress(byte[] bytes) throws IOException {
      return Snappy.compress(bytes);
    }

    @Override
    int decompress(byte[] from, byte[] to) throws IOException {
      if (Snappy.uncompressedLength(from) != to.length) {
        return Snappy.uncompressedLength(from);
      }
      return Snappy.uncompress(from, 0, from.length, to, 0);
    }
  }

  private static final class GzipCodec extends Codec {
    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.GZIP;
    }

    @Override
    byte[] compress(byte[] bytes) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
        gzip.write(bytes);
      }
      return out.toByteArray();
    }

    @Override
    int decompress(byte[] from, byte[] to) throws IOException {
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(from))) {
        return in.readNBytes(to, 0, to.length);
      }
    }
  }

  private static final class PlainCodec extends Codec {
    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.UNCOMPRESSED;
    }

    @Override
    byte[] compress(byte[] bytes) {
      return bytes;
    }

    @Override
    int decompress(byte[] from, byte[] to) {
      System.arraycopy(from, 0, to, 0, Math.min(from.length, to.length));
      return from.length;
    }
  }
}

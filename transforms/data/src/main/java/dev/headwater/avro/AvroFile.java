package dev.headwater.avro;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.FileShape;
import dev.headwater.files.RowSource;
import dev.headwater.files.SourceFault;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * An Avro container file: its header, and the blocks behind it. Its faults are exceptions of kind
 * DATA that name the file and the byte. One thread.
 */
public final class AvroFile implements Closeable {
  /** Larger files are cut into pieces of about so many bytes. */
  private static final long PIECE = 32L << 20;

  private static final byte[] MAGIC = {'O', 'b', 'j', 1};
  private static final int SYNC = 16;

  private final String path;
  private final ByteStream in;
  private final Schema schema;
  private final AvroCodec codec;
  private final byte[] sync;
  private final long first;

  private AvroFile(String path, ByteStream in, Schema schema, AvroCodec codec, byte[] sync) {
    this.path = path;
    this.in = in;
    this.schema = schema;
    this.codec = codec;
    this.sync = sync;
    this.first = in.position();
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws HeadwaterException DATA if it is no Avro file that can be read
   */
  public static AvroFile open(InputFile file) {
    String path = file.location();
    ByteStream in = null;
    try {
      in = ByteStream.open(file);
      return header(path, in);
    } catch (IOException | RuntimeException e) {
      close(in);
      throw SourceFault.of(path, e);
    }
  }

  private static AvroFile header(String path, ByteStream in) throws IOException {
    byte[] magic = new byte[MAGIC.length];
    if (in.length() < MAGIC.length + SYNC) {
      throw new IOException("as Avro it ends early");
    }
    in.readFully(magic, MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException("it is no Avro file");
    }
    Map<String, byte[]> meta = new HashMap<>();
    for (long n = count(in); n > 0; n = count(in)) {
      for (long i = 0; i < n; i++) {
        String key = new String(bytes(in), StandardCharsets.UTF_8);
        meta.put(key, bytes(in));
      }
    }
    byte[] sync = new byte[SYNC];
    in.readFully(sync, SYNC);
    String text = new String(meta.getOrDefault("avro.schema", new byte[0]), StandardCharsets.UTF_8);
    String codec = new String(meta.getOrDefault("avro.codec", new byte[0]), StandardCharsets.UTF_8);
    try {
      return new AvroFile(path, in, AvroSchemas.parse(text), AvroCodec.of(codec), sync);
    } catch (SchemaParseException e) {
      throw new IOException("the schema in its header is none: " + e.getMessage(), e);
    }
  }

  private static long count(ByteStream in) throws IOException {
    long n = in.readLong();
    if (n < 0) {
      in.readLong();
    }
    return Math.abs(n);
  }

  private static byte[] bytes(ByteStream in) throws IOException {
    long length = in.readLong();
    if (length < 0 || length > in.length() - in.position()) {
      throw new IOException(
          length < 0 ? "its header is damaged at byte " + in.position() : "it ends early");
    }
    byte[] out = new byte[Math.toIntExact(length)];
    in.readFully(out, out.length);
    return out;
  }

  /** The schema that its rows were written with. */
  public Schema schema() {
    return schema;
  }

  /**
   * Its columns, and where its blocks lie: goes over all of them without unpacking any.
   *
   * @throws HeadwaterException DATA if no table can hold its rows, or its blocks don't follow each
   *     other to its end
   */
  public FileShape shape() {
    return shape(PIECE);
  }

  FileShape shape(long piece) {
    List<FileShape.Piece> pieces = new ArrayList<>();
    try {
      in.seek(first);
      long start = first;
      long before = 0;
      long rows = 0;
      while (in.position() < in.length()) {
        rows += next(false).count();
        boolean end = in.position() == in.length();
        if (end || in.position() - start >= piece && in.length() > 2 * piece) {
          pieces.add(new FileShape.Piece(start, in.position() - start, before, rows - before));
          start = in.position();
          before = rows;
        }
      }
      return new FileShape(AvroTypes.of(schema), AvroTypes.nullable(schema), pieces);
    } catch (IllegalArgumentException e) {
      throw SourceFault.of(path, String.valueOf(e.getMessage()), "write it with another schema.");
    } catch (IOException e) {
      throw SourceFault.of(path, e);
    }
  }

  /**
   * A block.
   *
   * @param packed its bytes, or none where they were gone over
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Block(long start, long count, byte[] packed) {}

  /** Reads the next block, or goes over it, and the mark behind it. */
  private Block next(boolean read) throws IOException {
    long start = in.position();
    try {
      long count = in.readLong();
      long size = in.readLong();
      if (count < 0 || size < 0 || size > AvroCodec.MOST) {
        throw new IOException("it would have " + count + " rows in " + size + " bytes");
      }
      if (size > in.length() - in.position() - SYNC) {
        throw new IOException("it ends early");
      }
      byte[] packed = new byte[read ? (int) size : 0];
      in.readFully(packed, packed.length);
      in.seek(in.position() + size - packed.length);
      byte[] mark = new byte[SYNC];
      in.readFully(mark, SYNC);
      if (!Arrays.equals(mark, sync)) {
        throw new IOException("the mark behind it is another one");
      }
      return new Block(start, count, packed);
    } catch (IOException e) {
      throw damaged(start, e);
    }
  }

  private static IOException damaged(long start, Exception e) {
    return new IOException(
        "the block at byte " + start + " is damaged (" + e.getMessage() + ")", e);
  }

  /**
   * The rows of a piece.
   *
   * @param columns the columns to read, by name; one that the file lacks is null
   */
  public RowSource rows(org.apache.iceberg.Schema columns, long start, long length, long firstRow) {
    try {
      in.seek(Math.max(first, start));
      return new AvroBlocks(this, columns, start + length, firstRow);
    } catch (IOException e) {
      throw SourceFault.of(path, e);
    }
  }

  /** Unpacks the next block that begins before a byte; null if there is none. */
  AvroBlocks.@Nullable Unpacked unpack(long end) throws IOException {
    if (in.position() >= end) {
      return null;
    }
    Block block = next(true);
    try {
      return new AvroBlocks.Unpacked(block.start(), block.count(), codec.unpack(block.packed()));
    } catch (IOException | RuntimeException e) {
      throw damaged(block.start(), e);
    }
  }

  String path() {
    return path;
  }

  private static void close(@Nullable ByteStream in) {
    if (in != null) {
      try {
        in.close();
      } catch (IOException e) {
        // The fault that made us close it is the one to tell.
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

package dev.headwater.files;

import com.github.luben.zstd.ZstdInputStream;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * A text file's bytes, unpacked as its first bytes say: gzip, zstd, bzip2, or a zip with one file
 * in it. What grows more than {@value #RATIO} times is taken for a bomb, from {@value #FREE} bytes
 * on.
 */
final class Unpacked {
  static final long RATIO = 250;
  static final long FREE = 256L << 20;
  private static final int BUFFER = 1 << 16;

  private Unpacked() {}

  /** Whether the file is as it is read, so that it can be read in pieces. */
  static boolean isPlain(InputFile file) throws IOException {
    try (InputStream in = file.newStream()) {
      return kind(in.readNBytes(4)) == null;
    }
  }

  private enum Packing {
    GZIP,
    ZSTD,
    BZIP2,
    ZIP
  }

  private static @Nullable Packing kind(byte[] b) {
    if (b.length >= 2 && b[0] == 0x1f && b[1] == (byte) 0x8b) {
      return Packing.GZIP;
    }
    if (b.length >= 4
        && b[0] == 0x28
        && b[1] == (byte) 0xb5
        && b[2] == 0x2f
        && b[3] == (byte) 0xfd) {
      return Packing.ZSTD;
    }
    if (b.length >= 4 && b[0] == 'B' && b[1] == 'Z' && b[2] == 'h' && b[3] >= '1' && b[3] <= '9') {
      return Packing.BZIP2;
    }
    return b.length >= 4 && b[0] == 'P' && b[1] == 'K' && b[2] == 3 && b[3] == 4
        ? Packing.ZIP
        : null;
  }

  static InputStream open(InputFile file) throws IOException {
    InputStream raw = file.newStream();
    try {
      BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
      in.mark(8);
      Packing packing = kind(in.readNBytes(4));
      in.reset();
      if (packing == null) {
        return new Whole(in, 0, file.getLength());
      }
      InputStream out =
          switch (packing) {
            case GZIP -> new GzipCompressorInputStream(in, true);
            case ZSTD -> new ZstdInputStream(in).setContinuous(false);
            case BZIP2 -> new BZip2CompressorInputStream(in, true);
            case ZIP -> new OneEntry(file, new ZipInputStream(in));
          };
      return new Bounded(out, file);
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  /** Some bytes of a file, all of which must be there. */
  static final class Whole extends FilterInputStream {
    private final long end;
    private long at;

    Whole(InputStream in, long start, long length) {
      super(in);
      this.at = start;
      this.end = start + length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (at == end) {
        return -1;
      }
      int n = super.read(to, offset, (int) Math.min(length, end - at));
      if (n < 0) {
        throw new IOException("it ends at byte " + at + ", and had " + end + " before");
      }
      at += n;
      return n;
    }
  }

  /** The only file of a zip. */
  private static final class OneEntry extends FilterInputStream {
    private final InputFile file;
    private final ZipInputStream zip;
    private boolean ended;

    OneEntry(InputFile file, ZipInputStream zip) throws IOException {
      super(zip);
      this.file = file;
      this.zip = zip;
      this.ended = nextFile() == null;
    }

    private @Nullable ZipEntry nextFile() throws IOException {
      ZipEntry entry = zip.getNextEntry();
      while (entry != null && (entry.isDirectory() || entry.getName().startsWith("__MACOSX/"))) {
        entry = zip.getNextEntry();
      }
      return entry;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int n = read(one, 0, 1);
      return n < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (ended) {
        return -1;
      }
      int n = super.read(to, offset, length);
      if (n < 0) {
        ended = true;
        ZipEntry other = nextFile();
        if (other != null) {
          throw new HeadwaterException(
              Kind.DATA,
              "Cannot read "
                  + file.location()
                  + ": it packs several files, one is "
                  + other.getName()
                  + ".",
              "unpack it into a folder, and make the folder the source.");
        }
      }
      return n;
    }
  }

  private static final class Bounded extends FilterInputStream {
    private final InputFile file;
    private final long most;
    private long read;

    Bounded(InputStream in, InputFile file) {
      super(in);
      this.file = file;
      this.most = Math.max(FREE, file.getLength() * RATIO);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int n = read(one, 0, 1);
      return n < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int n = super.read(to, offset, length);
      read += Math.max(0, n);
      if (read > most) {
        throw new HeadwaterException(
            Kind.DATA,
            "Cannot read "
                + file.location()
                + ": its "
                + file.getLength()
                + " bytes unpack to more than "
                + most
                + ".",
            "unpack it yourself if it is no bomb.");
      }
      return n;
    }
  }
}

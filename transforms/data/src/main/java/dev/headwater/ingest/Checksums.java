package dev.headwater.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of local files. Those of the last {@value #MOST} files are remembered in this process, by
 * path, inode, size and time, so that looking again and again reads no file twice; but not of files
 * so young that another write could leave them with the same time.
 */
final class Checksums {
  private static final int MOST = 100_000;
  private static final long YOUNG = 2_000;

  private record Stamp(String path, long size, long nanos, @Nullable Object inode) {}

  @SuppressWarnings("serial") // never serialized
  private static final Map<Stamp, String> KNOWN =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Stamp, String> eldest) {
          return size() > MOST;
        }
      };

  private Checksums() {}

  /** The file with its checksum; where it changes while it is read, as it was afterwards. */
  static SourceFile of(Path file) throws IOException {
    Path path = file.toAbsolutePath().normalize();
    while (true) {
      Stamp before = stamp(path);
      String sum = known(before);
      if (sum == null) {
        sum = read(path);
      }
      Stamp after = stamp(path);
      long modified = TimeUnit.NANOSECONDS.toMillis(after.nanos());
      if (before.equals(after)) {
        if (System.currentTimeMillis() - modified > YOUNG) {
          remember(after, sum);
        }
        return new SourceFile(path.toString(), after.size(), sum, modified);
      }
    }
  }

  private static @Nullable String known(Stamp stamp) {
    synchronized (KNOWN) {
      return KNOWN.get(stamp);
    }
  }

  private static void remember(Stamp stamp, String sum) {
    synchronized (KNOWN) {
      KNOWN.put(stamp, sum);
    }
  }

  private static Stamp stamp(Path path) throws IOException {
    BasicFileAttributes is = Files.readAttributes(path, BasicFileAttributes.class);
    return new Stamp(
        path.toString(), is.size(), is.lastModifiedTime().to(TimeUnit.NANOSECONDS), is.fileKey());
  }

  private static String read(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}

package dev.headwater.lineage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.openlineage.client.utils.UUIDUtils;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;

/** Ids of runs: UUIDv7, which sort by time. */
public final class RunIds {
  private RunIds() {}

  /** A new one. */
  public static UUID next() {
    return UUIDUtils.generateNewUUID();
  }

  /** The one that always follows from an instant and a text. */
  static UUID of(Instant instant, String text) {
    byte[] digest;
    try {
      digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
    ByteBuffer bytes = ByteBuffer.wrap(digest);
    long high = (instant.toEpochMilli() << 16) | 0x7000L | (bytes.getLong() & 0x0fffL);
    long low = (bytes.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new UUID(high, low);
  }
}

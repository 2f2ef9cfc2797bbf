package dev.headwater.catalog.registry;

import java.security.SecureRandom;
import java.util.UUID;

/** New ids for runs: UUIDv7, which sort by the time of their making. */
public final class RunIds {
  private static final SecureRandom RANDOM = new SecureRandom();

  public static UUID next() {
    long time = System.currentTimeMillis();
    long high = (time << 16) | 0x7000 | RANDOM.nextInt(0x1000);
    long low = (RANDOM.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  private RunIds() {}
}

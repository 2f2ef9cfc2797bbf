package dev.headwater.catalog.registry;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** New ids for runs: UUIDv7, which sort by the order of their making. */
public final class RunIds {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Milliseconds, then 12 bits that count within one. */
  private static final AtomicLong LAST = new AtomicLong();

  private RunIds() {}

  public static UUID next() {
    long now = System.currentTimeMillis() << 12;
    long place = LAST.updateAndGet(last -> Math.max(last + 1, now));
    long high = ((place >>> 12) << 16) | 0x7000 | (place & 0xfff);
    long low = (RANDOM.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}

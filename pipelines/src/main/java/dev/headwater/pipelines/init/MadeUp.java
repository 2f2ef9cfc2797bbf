package dev.headwater.pipelines.init;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;

/** Orders of a shop that does not exist, for a project that has no data yet: always the same. */
final class MadeUp {
  static final String FILE = "data/orders.csv";

  private static final int ROWS = 5_000;
  private static final List<String> COUNTRIES = List.of("DE", "FR", "IT", "PL", "SE");
  private static final List<String> CHANNELS = List.of("web", "app", "phone");

  private MadeUp() {}

  /**
   * Adds the file to a project's.
   *
   * @param look at a folder that has it
   */
  static Beginning into(NewFiles files, Function<Path, Beginning> look) {
    String csv = csv();
    files.add(FILE, csv);
    try {
      Path folder = Files.createTempDirectory("headwater-init").toRealPath();
      Path file = folder.resolve(FILE);
      Path data = folder.resolve("data");
      try {
        Files.createDirectory(data);
        Files.writeString(file, csv);
        return look.apply(folder);
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(data);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String csv() {
    Random random = new Random(7);
    StringBuilder out = new StringBuilder("ordered_at,country,channel,items,amount,returned\n");
    LocalDateTime at = LocalDateTime.of(2026, 1, 1, 8, 0);
    for (int i = 0; i < ROWS; i++) {
      at = at.plusSeconds(60 + random.nextInt(3_000));
      String country = COUNTRIES.get(random.nextInt(COUNTRIES.size()));
      String channel = CHANNELS.get(Math.min(random.nextInt(4), 2));
      int items = 1 + (int) (Math.abs(random.nextGaussian()) * 2);
      double amount = items * (5 + 40 * random.nextDouble());
      double odds = 0.05 + 0.03 * items + (channel.equals("phone") ? 0.15 : 0);
      out.append(
          String.format(
              Locale.ROOT,
              "%s,%s,%s,%d,%.2f,%b%n",
              at,
              country,
              channel,
              items,
              amount,
              random.nextDouble() < odds));
    }
    return out.toString().replace("\r", "");
  }
}

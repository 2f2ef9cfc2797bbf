package dev.headwater.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headwater.model.LinearModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogisticTest {
  private static final int CATEGORIES = 300;
  private static final int ROWS = 60_000;

  @TempDir private Path folder = Path.of("unset");

  @Test
  void ofManyCategoriesEachGetsItsShare() throws IOException {
    Random random = new Random(7);
    byte[] labels = new byte[ROWS];
    int[] seen = new int[CATEGORIES];
    int[] good = new int[CATEGORIES];
    ByteBuffer rows = ByteBuffer.allocate(4 * CATEGORIES * ROWS).order(ByteOrder.nativeOrder());
    for (int row = 0; row < ROWS; row++) {
      // A few categories have most rows, as airports do.
      int category = (int) (CATEGORIES * Math.pow(random.nextDouble(), 3));
      labels[row] = (byte) (random.nextDouble() < 0.05 + 0.9 * category / CATEGORIES ? 1 : 0);
      seen[category]++;
      good[category] += labels[row];
      rows.putFloat(4 * (row * CATEGORIES + category), 1);
    }
    FileChannel file =
        FileChannel.open(
            folder.resolve("rows"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    file.write(rows);

    LinearModel model;
    try (EncodedRows encoded = new EncodedRows(file, CATEGORIES, labels)) {
      model = new Logistic(encoded, CATEGORIES).fit();
    }

    for (int category = 0; category < CATEGORIES; category++) {
      float[] row = new float[CATEGORIES];
      row[category] = 1;
      double probability = 1 / (1 + Math.exp(-model.logit(row, 0)));
      double share = (double) good[category] / seen[category];
      assertThat(probability)
          .as("category %s of %s rows", category, seen[category])
          .isCloseTo(share, within(0.05));
    }
  }
}

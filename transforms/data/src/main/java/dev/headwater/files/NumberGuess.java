package dev.headwater.files;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** In what shape texts are numbers, as far as they were seen. */
final class NumberGuess {
  private static final int LONGEST = 64;

  private static final class Candidate {
    private final String text;
    private final NumberShape shape;
    private final TextNumbers numbers;
    private boolean decimals;

    Candidate(String text) {
      this.text = text;
      this.shape = Objects.requireNonNull(NumberShape.of(text));
      this.numbers = new TextNumbers(text);
    }

    boolean fits(byte[] b) {
      int last = b.length - 1;
      boolean fits = shape.read(b, 0, b.length) && b[last] >= '0' && b[last] <= '9';
      decimals |= fits && shape.hadDecimals();
      numbers.parseDouble(b, 0, b.length);
      return fits && numbers.isGood();
    }
  }

  private final List<Candidate> left =
      new ArrayList<>(NumberShape.KNOWN.stream().map(Candidate::new).toList());

  void add(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      left.clear();
    }
    byte[] b = left.isEmpty() ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    left.removeIf(candidate -> !candidate.fits(b));
  }

  /** The only one, or the first of those that read them alike; null if it isn't known. */
  @Nullable String shape() {
    return left.isEmpty() || several() != null || !left.get(0).decimals ? null : left.get(0).text;
  }

  /** What has to be decided; null if nothing. */
  @Nullable String several() {
    List<Character> points = left.stream().map(c -> c.shape.point()).distinct().toList();
    return points.size() < 2
        ? null
        : "numbers, but as 1.234,56 or as 1,234.56? Write which: {type: double, format: \"1.234,56\"}";
  }
}

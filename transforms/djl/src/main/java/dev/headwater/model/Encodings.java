package dev.headwater.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** The encodings of all inputs: a row is the plain parts of all, then the extra parts of all. */
public final class Encodings implements Serializable {
  private static final long serialVersionUID = 1;

  private final ArrayList<Encoding> each;
  private final int plain;
  private final int width;

  private Encodings(List<Encoding> each) {
    this.each = new ArrayList<>(each);
    this.plain = each.stream().mapToInt(Encoding::plain).sum();
    this.width = plain + each.stream().mapToInt(Encoding::extra).sum();
  }

  public static Encodings of(List<Encoding> each) {
    return new Encodings(each);
  }

  public List<Encoding> each() {
    return List.copyOf(each);
  }

  /** How many floats of a row the baseline sees: the first ones. */
  public int plain() {
    return plain;
  }

  /** How many floats a row takes. */
  public int width() {
    return width;
  }

  /**
   * Encodes rows, column by column.
   *
   * @param values one array for each input, see {@link Encoding#encode}
   * @return the rows one after the other, then zeros up to {@code padded} rows
   */
  public float[] encode(double[][] values, int rows, int padded) {
    float[] out = new float[Math.multiplyExact(padded, width)];
    int plainAt = 0;
    int extraAt = plain;
    for (int i = 0; i < each.size(); i++) {
      Encoding encoding = each.get(i);
      encoding.encode(values[i], rows, out, width, plainAt, extraAt);
      plainAt += encoding.plain();
      extraAt += encoding.extra();
    }
    return out;
  }
}

package dev.headwater.pipelines.project;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The name that was probably meant. */
public final class Nearest {
  private static final int MOST = 20;
  private static final int FEW = 10;

  private Nearest() {}

  /** " Did you mean 'origin'?", or nothing if no name is near. */
  public static String of(String name, Collection<String> known) {
    return find(name, known).map(found -> " Did you mean '" + found + "'?").orElse("");
  }

  /** All of them, or of many the nearest: "late, late_scores … (480 more)". */
  public static String few(String name, Collection<String> known) {
    if (known.size() <= MOST) {
      return String.join(", ", known);
    }
    String wanted = name.toLowerCase(Locale.ROOT);
    return known.stream()
            .sorted(
                Comparator.comparingInt((String k) -> distance(wanted, k.toLowerCase(Locale.ROOT))))
            .limit(FEW)
            .collect(Collectors.joining(", "))
        + " … ("
        + (known.size() - FEW)
        + " more)";
  }

  static Optional<String> find(String name, Collection<String> known) {
    String wanted = name.toLowerCase(Locale.ROOT);
    int most = Math.max(1, name.length() / 3);
    return known.stream()
        .filter(k -> distance(wanted, k.toLowerCase(Locale.ROOT)) <= most)
        .min(
            Comparator.<String>comparingInt(k -> distance(wanted, k.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Edits between two words; swapped neighbours are one. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(d[i - 1][j - 1] + change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        d[i][j] = swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
      }
    }
    return d[a.length()][b.length()];
  }
}

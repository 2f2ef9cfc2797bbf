package dev.headwater.columns.expr;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names that were probably meant. */
final class Words {
  private Words() {}

  /** "Did you mean 'origin'?", or what there is, or nothing. */
  static String meant(String name, Collection<String> names) {
    String wanted = name.toLowerCase(Locale.ROOT);
    List<String> near =
        names.stream()
            .filter(n -> near(wanted, n.toLowerCase(Locale.ROOT)))
            .sorted(
                Comparator.<String>comparingInt(n -> distance(wanted, n.toLowerCase(Locale.ROOT)))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(3)
            .toList();
    if (near.isEmpty()) {
      return names.size() <= 12 ? "There are: " + String.join(", ", names) + "." : "";
    }
    return "Did you mean '" + String.join("' or '", near) + "'?";
  }

  private static boolean near(String wanted, String name) {
    return distance(wanted, name) <= Math.max(1, Math.min(wanted.length(), name.length()) / 3);
  }

  /** Edits (a neighbour swapped is one) that make one of the other. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}

package dev.headwater.clients;

import java.util.ArrayList;
import java.util.List;

/** Asserts that two say the same rows, in any order; tells only some of those that differ. */
final class Same {
  private static final int MOST = 3;

  private Same() {}

  static void rows(String whose, List<String> said, List<String> expected) {
    List<String> more = new ArrayList<>(said);
    List<String> missing = new ArrayList<>();
    more.sort(null);
    List<String> sorted = expected.stream().sorted().toList();
    if (more.equals(sorted)) {
      return;
    }
    for (String row : sorted) {
      if (!more.remove(row)) {
        missing.add(row);
      }
    }
    throw new AssertionError(
        "%s rows are %d, expected are %d:\n  missing %d\n%s\n  not expected %d\n%s"
            .formatted(
                whose,
                said.size(),
                expected.size(),
                missing.size(),
                some(missing),
                more.size(),
                some(more)));
  }

  private static String some(List<String> rows) {
    return String.join("\n", rows.stream().limit(MOST).toList());
  }
}

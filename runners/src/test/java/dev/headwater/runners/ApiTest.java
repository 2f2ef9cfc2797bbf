package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What others call is still there: of the packages and classes that docs/api.md lists, whatever
 * api.txt says. What is new may come; what has gone, changed, or must be implemented besides fails.
 */
final class ApiTest {
  /** Begins what must be implemented by those who extend a type. */
  static final String ABSTRACT = "abstract ";

  private static final Path LIST = Path.of("../docs/api.md");
  private static final Path GOLDEN = Path.of("src/test/resources/api.txt");
  private static final Pattern NAME =
      Pattern.compile("(?m)^\\| `(dev[.]headwater[.a-z]*[A-Za-z]*)` \\|");

  @Test
  void whatOthersCallIsStillThere() throws Exception {
    List<String> listed =
        NAME.matcher(Files.readString(LIST)).results().map(found -> found.group(1)).toList();
    Set<String> now = PublicApi.of(listed);
    for (String name : listed) {
      assertThat(now)
          .as("nothing public in %s, which docs/api.md lists", name)
          .anyMatch(line -> line.startsWith(name + ".") || line.startsWith(name + " "));
    }
    if (Boolean.getBoolean("api.accept")) {
      Files.write(GOLDEN, now);
    }
    assertThat(broken(new TreeSet<>(Files.readAllLines(GOLDEN)), now))
        .as(
            "Public API that has gone or changed, or must be implemented besides (+). Keep it, and"
                + " deprecate it; or accept the break: run this test with -Dapi.accept=true, commit"
                + " api.txt, and name the break in CHANGELOG.md")
        .isEmpty();
  }

  /** What isn't there any more, and what those who extended a type must implement besides. */
  static List<String> broken(Set<String> before, Set<String> now) {
    TreeSet<String> out = new TreeSet<>(before);
    out.removeAll(now);
    out.removeIf(line -> what(line).startsWith(ABSTRACT));
    now.stream()
        .filter(line -> what(line).startsWith(ABSTRACT) && !before.contains(line))
        .filter(line -> before.contains(type(line) + " open"))
        .forEach(line -> out.add("+ " + line));
    return List.copyOf(out);
  }

  private static String type(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  private static String what(String line) {
    return line.substring(line.indexOf(' ') + 1);
  }

  /** A type as it was. */
  public interface Before {
    int size();

    default String name() {
      return "";
    }
  }

  /** What it became. */
  public interface After {
    long size();

    default int more() {
      return 1;
    }

    static After of() {
      return () -> 1;
    }
  }

  @Test
  void aBreakIsSeenAndWhatIsNewMayCome() {
    Set<String> before = new TreeSet<>();
    Set<String> now = new TreeSet<>();
    PublicApi.describe(Before.class).forEach(line -> before.add("a.B " + what(line)));
    PublicApi.describe(After.class).forEach(line -> now.add("a.B " + what(line)));
    assertThat(broken(before, now))
        .containsExactly(
            "+ a.B abstract long size()", "a.B int size()", "a.B java.lang.String name()");
    Set<String> grown = new TreeSet<>(before);
    grown.addAll(List.of("a.B static a.B of()", "a.C interface", "a.C open", "a.C abstract x y()"));
    assertThat(broken(before, grown)).isEmpty();
  }
}

package dev.headwater.pipelines.select;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.project.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One selector as it is written: {@code +late}, {@code 2+tag:hourly+1}.
 *
 * @param before so many steps of what the chosen ones need come with them; 0: none
 * @param after as many of what depends on them
 */
record Selector(int before, Method method, String value, int after) {
  /** How targets are chosen. */
  enum Method {
    NAME,
    TAG,
    OWNER,
    PATH,
    CHANGED
  }

  private static final Pattern FORM =
      Pattern.compile("(?:([0-9]*)\\+)?(?:([a-z_]+):)?([^+]*)(?:\\+([0-9]*))?");

  /**
   * Reads a selector.
   *
   * @throws HeadwaterException USAGE if it is none
   */
  static Selector parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "'" + text + "' is not a selector.",
          "write late, +late, flights+, 2+late+1, tag:x, owner:x, path:folder or changed:main.");
    }
    String word = form.group(2);
    return new Selector(
        steps(form.group(1)),
        word == null ? Method.NAME : method(word),
        form.group(3),
        steps(form.group(4)));
  }

  private static Method method(String word) {
    List<String> known =
        List.of(Method.values()).stream()
            .filter(method -> method != Method.NAME)
            .map(method -> method.name().toLowerCase(Locale.ROOT))
            .toList();
    if (!known.contains(word)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Targets can't be selected by '" + word + ":'." + Nearest.of(word, known),
          "write " + String.join(":, ", known) + ":, or a target's name.");
    }
    return Method.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static int steps(@Nullable String number) {
    return number == null
        ? 0
        : number.isEmpty() || number.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(number);
  }
}

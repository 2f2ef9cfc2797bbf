package dev.headwater.pipelines.project;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The least version of Headwater that a project is made for. */
public final class Requires {
  /** This one. */
  public static final String HEADWATER = "0.1.0-SNAPSHOT";

  private static final Pattern VERSION = Pattern.compile("[0-9]{1,6}(?:\\.[0-9]{1,6}){0,2}");

  private Requires() {}

  /**
   * Of a project's own file. What a newer version may say is not looked at by an older one.
   *
   * @throws ProjectException if it wants a newer one than this; nothing else is told of it then
   */
  static void check(Section top) {
    String least = top.value("requires", Requires::version);
    if (least != null && compare(least, HEADWATER.replaceFirst("-.*", "")) > 0) {
      top.problem(
          "requires",
          "this project is made for Headwater "
              + least
              + " or newer, and this is "
              + HEADWATER
              + ". Install that");
      throw new ProjectException(
          top.notes().files().get(0),
          top.notes().problems().stream().filter(p -> p.path().equals("requires")).toList());
    }
  }

  private static @Nullable String version(String text) {
    if (!VERSION.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a version. Write 0.1 or 0.1.0");
    }
    return text;
  }

  private static int compare(String a, String b) {
    List<Integer> left = numbers(a);
    List<Integer> right = numbers(b);
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      int order =
          Integer.compare(i < left.size() ? left.get(i) : 0, i < right.size() ? right.get(i) : 0);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static List<Integer> numbers(String version) {
    return Stream.of(version.split("\\.")).map(Integer::valueOf).toList();
  }
}

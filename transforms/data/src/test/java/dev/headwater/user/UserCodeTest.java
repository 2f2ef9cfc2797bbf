package dev.headwater.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.io.Serializable;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UserCodeTest {
  private static final Map<String, String> CODE =
      Map.of(
          "Net", "class Net { int units() { return Sizes.units(); } }",
          "Sizes", "class Sizes { static int units() { return 1; } }",
          "Other", "class Other { static int units() { return 1; } }",
          "Main",
              """
              class Main {
                static int wide(int in) { return twice(in) + Sizes.units(); }
                static int twice(int in) { return 2 * in; }
                static int narrow(int in) { return in; }
                static class Nested { int units() { return 3; } }
              }
              """);

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  @Test
  void changesWithWhatTheClassReachesAndWithNothingElse() throws IOException {
    String before = digest("Net", Map.of());
    assertThat(digest("Net", Map.of("Other", "class Other {}"))).as("unrelated").isEqualTo(before);
    assertThat(digest("Net", with("Sizes", "return 1", "return 2")))
        .as("a class it calls")
        .isNotEqualTo(before);
    assertThat(digest("Net", Map.of())).as("compiled again").isEqualTo(before);
    assertThat(digest("Net", with("Sizes", "class", "/* says\nmore */\nclass")))
        .as("a comment")
        .isEqualTo(before);
  }

  @Test
  void ofAMethodOnlyWhatItCallsCounts() throws IOException {
    String before = digest("Main::wide", Map.of());
    assertThat(digest("Main::wide", with("Main", "return in;", "return 4 * in;")))
        .as("its neighbour")
        .isEqualTo(before);
    assertThat(digest("Main::wide", with("Main", "2 * in", "3 * in")))
        .as("a method it calls")
        .isNotEqualTo(before);
    assertThat(digest("Main::wide", with("Sizes", "return 1", "return 2")))
        .as("a class it calls")
        .isNotEqualTo(before);
    assertThat(digest("Main::wide", with("Main", "2 * in", "FACTOR * in; } static int FACTOR; {")))
        .as("a field makes all of the class count")
        .isNotEqualTo(digest("Main::wide", fieldAnd("return 5 * in;")))
        .isNotEqualTo(before);
  }

  private static Map<String, String> fieldAnd(String narrow) {
    String main = code(with("Main", "2 * in", "FACTOR * in; } static int FACTOR; {"), "Main");
    return Map.of("Main", main.replace("return in;", narrow));
  }

  @Test
  void aNestedClassDoesNotReachTheOneAroundIt() throws IOException {
    assertThat(digest("Main$Nested", with("Main", "2 * in", "3 * in")))
        .isEqualTo(digest("Main$Nested", Map.of()));
  }

  @Test
  void anObjectIsItsStateAndTheCodeOfWhatItHolds() {
    UserObject one = UserObject.of(new Adder(1));
    assertThat(one).isEqualTo(UserObject.of(new Adder(1)));
    assertThat(one.state()).isNotEqualTo(UserObject.of(new Adder(2)).state());
    assertThat(one.code()).containsExactly(Adder.class.getName());
    assertThat(UserObject.of(new Holder(x -> x + 1)).code())
        .hasSize(2)
        .contains(Holder.class.getName())
        .anyMatch(c -> c.startsWith(getClass().getName() + "::lambda$"));
    assertThatThrownBy(() -> UserObject.of(new Holder(new Plain()::plus)))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("holds a ")
        .hasMessageContaining("not serializable")
        .hasMessageContaining("static nested class");
  }

  private record Adder(int what) implements Serializable {}

  private interface Function extends IntUnaryOperator, Serializable {}

  private record Holder(Function of) implements Serializable {}

  private static final class Plain {
    int plus(int other) {
      return other;
    }
  }

  private static String code(Map<String, String> changed, String name) {
    return changed.getOrDefault(name, String.valueOf(CODE.get(name)));
  }

  private static Map<String, String> with(String name, String old, String now) {
    return Map.of(name, code(Map.of(), name).replace(old, now));
  }

  private String digest(String name, Map<String, String> changed) throws IOException {
    Map<String, String> all = new TreeMap<>(CODE);
    all.putAll(changed);
    Path out = Files.createDirectory(folder.resolve("classes" + System.nanoTime()));
    for (Map.Entry<String, String> source : all.entrySet()) {
      Files.writeString(out.resolve(source.getKey() + ".java"), source.getValue());
    }
    try (Stream<Path> files = Files.list(out)) {
      String[] arguments =
          Stream.concat(
                  Stream.of("-d", out.toString(), "-proc:none", "-g"),
                  files.map(Path::toString).sorted())
              .toArray(String[]::new);
      int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments);
      assertThat(status).isZero();
    }
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {out.toUri().toURL()}, getClass().getClassLoader())) {
      return UserCode.digest(name, loader);
    }
  }
}

package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UserCodeTest {
  @Test
  void changesWithWhatTheClassReachesAndWithNothingElse(@TempDir Path folder) throws Exception {
    String before = digest(folder, "1", "1");

    assertThat(digest(folder, "1", "2")).as("an unrelated class changed").isEqualTo(before);
    assertThat(digest(folder, "2", "1")).as("a class it calls changed").isNotEqualTo(before);
    assertThat(digest(folder, "1", "1")).as("compiled again").isEqualTo(before);
  }

  private String digest(Path folder, String reached, String unrelated) throws Exception {
    Path out = Files.createDirectories(folder.resolve("classes" + System.nanoTime()));
    compile(out, "Net", "class Net { int units() { return Sizes.units(); } }");
    compile(out, "Sizes", "class Sizes { static int units() { return " + reached + "; } }");
    compile(out, "Other", "class Other { static int units() { return " + unrelated + "; } }");
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {out.toUri().toURL()}, getClass().getClassLoader())) {
      return UserCode.digest("Net", loader);
    }
  }

  private void compile(Path out, String name, String code) throws IOException {
    // Both sources of a pair are compiled together, so each may name the other.
    sources.removeIf(s -> s.name.equals(name));
    sources.add(new Source(name, code));
    boolean ok =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                new java.io.StringWriter(),
                null,
                null,
                List.of("-d", out.toString(), "-proc:none"),
                null,
                List.copyOf(sources))
            .call();
    if (!ok && sources.size() > 1) {
      throw new IOException(String.format(Locale.ROOT, "%s does not compile", name));
    }
  }

  private final List<Source> sources = new java.util.ArrayList<>();

  private static final class Source extends javax.tools.SimpleJavaFileObject {
    private final String name;
    private final String code;

    Source(String name, String code) {
      super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
      this.name = name;
      this.code = code;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }
}

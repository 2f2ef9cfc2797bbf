package dev.headwater.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project outside the clone: begun, built against what was installed, run and traced. */
final class OutsideIT {
  private static final Path DIST = Path.of(property("headwater.dist"));
  private static final String VERSION = property("headwater.version");

  /** What a user's build needs of this one. */
  private static final List<String> MODULES =
      List.of(
          "bom",
          ".",
          "catalog",
          "lineage",
          "transforms",
          "transforms/columns",
          "transforms/data",
          "transforms/djl",
          "transforms/kafka",
          "s3",
          "pipelines",
          "runners",
          "junit");

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  @Test
  void aProjectIsBegunBuiltRunAndTraced() throws Exception {
    // Neither Maven nor the clone is on the way of the installed command.
    String said = headwater(folder, "init", "shop", "--java");
    assertThat(said).contains("Written to shop:", "pom.xml", "headwater trace returned");
    Path shop = folder.resolve("shop");
    assertThat(headwater(shop, "test")).contains("1 test passed");

    String classPath = build(shop);
    assertThat(names(classPath, ":"))
        .as("the BOM gives a user's build the jars that the command has")
        .isEqualTo(names(Files.readString(DIST.resolve("lib/classpath")), ":"));

    String ran = java(shop, shop.resolve("target/classes") + ":" + classPath);
    assertThat(ran).contains("5,000 kept, 0 letters", "returned@1 -> champion");

    assertThat(headwater(shop, "trace", "returned")).contains("data/orders.csv");
    // The file declares what the class has run.
    assertThat(headwater(shop, "plan", "--check")).doesNotContain("stale");
  }

  @Test
  void theCommandWorksThroughALinkAndCompletes() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("hw"), DIST.resolve("bin/headwater"));
    assertThat(shell(folder).run(List.of(link.toString(), "version")))
        .contains("headwater " + VERSION);
    String completed =
        shell(folder)
            .run(
                List.of(
                    "bash",
                    "-c",
                    "source <("
                        + link
                        + " completion) && complete -p headwater && COMP_WORDS=(headwater ini)"
                        + " COMP_CWORD=1 && _complete_headwater && echo \"${COMPREPLY[@]}\""));
    assertThat(completed).contains("init");
  }

  /** Builds and tests a user's project; its class path. */
  private String build(Path project) throws Exception {
    Path root = Path.of("..").toAbsolutePath().normalize();
    LocalRepository local =
        LocalRepository.besides(
            Path.of(property("maven.local")), Path.of("target/repository").toAbsolutePath());
    local.install(root, MODULES, VERSION);
    Path written = project.resolve("target/classpath");
    shell(project)
        .run(
            List.of(
                Path.of(property("maven.home"), "bin", "mvn").toString(),
                "-B",
                "-o",
                "-q",
                "-Dmaven.repo.local=" + local.folder(),
                "test",
                "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath",
                "-DincludeScope=runtime",
                "-Dmdep.outputFile=" + written));
    String report =
        Files.readString(project.resolve("target/surefire-reports/shop.ShopProjectTest.txt"));
    assertThat(report).contains("Tests run: 3, Failures: 0, Errors: 0, Skipped: 0");
    return Files.readString(written).strip();
  }

  private static String java(Path project, String classPath) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return shell(project).run(List.of(java, "-Xmx1g", "-cp", classPath, "shop.ShopProject", "run"));
  }

  private static String headwater(Path in, String... verb) throws Exception {
    List<String> line =
        new java.util.ArrayList<>(List.of(DIST.resolve("bin/headwater").toString()));
    line.addAll(Arrays.asList(verb));
    return shell(in).run(line);
  }

  /** PyTorch is unpacked where the other tests have it. */
  private static Shell shell(Path in) {
    String cache = Path.of(System.getProperty("user.home"), ".djl.ai").toString();
    return new Shell(
        in, Map.of("DJL_CACHE_DIR", cache, "JAVA_HOME", System.getProperty("java.home")));
  }

  private static Set<String> names(String classPath, String separator) throws IOException {
    return Arrays.stream(classPath.strip().split(separator, -1))
        .map(entry -> String.valueOf(Path.of(entry).getFileName()))
        .collect(Collectors.toSet());
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }
}

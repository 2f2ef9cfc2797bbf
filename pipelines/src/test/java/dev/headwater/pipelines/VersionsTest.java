package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class VersionsTest {
  private static final Path BOM = Path.of("../bom/pom.xml");

  @Test
  void areThoseOfTheBom() throws IOException {
    String bom = Files.readString(BOM);
    assertThat(bom)
        .contains("<artifactId>headwater-bom</artifactId>\n  <version>" + Versions.HEADWATER + "<");
    Versions.tested()
        .forEach(
            (name, version) ->
                assertThat(bom)
                    .contains("<%1$s.version>%2$s</%1$s.version>".formatted(name, version)));
  }

  @Test
  void standInTheReadme() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    String matrix = readme.substring(readme.indexOf("| Java |"));
    String row = matrix.lines().skip(2).findFirst().orElseThrow();
    assertThat(row).contains(Versions.tested().values());
    assertThat(row).contains(", " + property(BOM, "pytorch.version") + " |");
    assertThat(row).startsWith("| " + Versions.JAVA + " |");
    assertThat(Versions.JAVA + "")
        .isEqualTo(property(Path.of("../pom.xml"), "maven.compiler.release"));
  }

  private static String property(Path pom, String name) throws IOException {
    String text = Files.readString(pom);
    int from = text.indexOf("<" + name + ">") + name.length() + 2;
    return text.substring(from, text.indexOf("</" + name + ">"));
  }
}

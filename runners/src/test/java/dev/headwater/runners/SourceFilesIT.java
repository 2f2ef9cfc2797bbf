package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.pipelines.Launcher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From files of text to tables and letters, as the command does it. */
final class SourceFilesIT {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  private String said = "";

  private void file(String name, String text) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private int headwater(String... verb) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(both, true, StandardCharsets.UTF_8);
    Session session =
        new Session(
            null, () -> ServiceLoader.load(Launcher.Provider.class).findFirst().orElseThrow());
    Screen screen = new Screen(to, to, false, false, false, false);
    List<String> all = new ArrayList<>(List.of(verb));
    all.addAll(List.of("-C", folder.toString()));
    int status = Headwater.execute(screen, session, all.toArray(String[]::new));
    said = both.toString(StandardCharsets.UTF_8);
    return status;
  }

  @Test
  void everyRowIsInTheTableOrAmongTheLetters() throws IOException {
    file(
        "headwater.yaml",
        """
        project: shop
        sources:
          orders_file: in/*.csv
          clicks_file: {files: clicks, format: json}
        tables:
          orders: {from: orders_file, write: append}
          clicks: {from: clicks_file}
        """);
    file("in/a.csv", "id,price\n1,1.5\n2,2.5\n3\n\"4,5\n");
    file("clicks/a.jsonl", "{\"user\":{\"id\":1},\"tags\":[\"a\"]}\n{\"user\":{\"id\":\n");

    assertThat(headwater("run")).as(said).isZero();
    assertThat(said).contains("4 rows   2 kept, 2 letters").contains("2 rows   1 kept, 1 letters");
    assertThat(headwater("letters", "orders")).isZero();
    assertThat(said)
        .contains("it has 1 fields, not 2")
        .contains("a quote is never closed")
        .contains("\"4,5")
        .contains("in/a.csv");
    assertThat(headwater("plan")).isZero();
    assertThat(said).as("the same files again").doesNotContain("runs");

    // The types are the table's by now: what doesn't fit is a letter, a new column comes.
    file("in/b.csv", "id,price,note\n5,cheap,x\n6,6.5,y\n");
    assertThat(headwater("run")).as(said).isZero();
    assertThat(said).contains("2 rows   1 kept, 1 letters");
    assertThat(headwater("head", "orders")).isZero();
    assertThat(said).contains("6.5").contains("note");
    assertThat(headwater("letters", "orders")).isZero();
    assertThat(said).contains("price is no double");

    file("in/c.csv", "id,price\nx,y\nz,w\n");
    assertThat(headwater("run")).isEqualTo(3);
    assertThat(said).contains("all 2 rows");
  }
}

package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that somebody is still writing, and folders that are empty. */
final class SettleIT {
  private static final TableRef ORDERS = TableRef.of("shop", "orders");

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
  }

  private void declare(String write) throws IOException {
    project.yaml(
        """
        project: shop
        sources: {in: {files: data, format: csv, settle: 30s}}
        tables: {orders: {from: in, write: %s}}
        """
            .formatted(write));
  }

  private void file(String name, String text, Duration age) throws IOException {
    Path path = folder.resolve("data").resolve(name);
    Files.writeString(path, text);
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(age)));
  }

  private void runs() {
    assertThat(project.headwater("run")).as(project.said()).isZero();
  }

  @Test
  void aFileIsTakenOnceItHasSettledAndIsAsItWasWhileItIsWrittenAgain() throws IOException {
    declare("mirror");
    file("a.csv", "id\n1\n", Duration.ZERO);
    assertThat(project.headwater("plan", "--check")).as(project.said()).isZero();
    assertThat(project.said()).contains("waits: a file is being written");
    runs();
    assertThat(project.said()).contains("skipped").contains("waits: a file is being written");
    file("a.csv", "id\n1\n", Duration.ofMinutes(1));
    runs();
    assertThat(project.rows(ORDERS)).containsExactly("1");

    file("a.csv", "id\n1\n2", Duration.ZERO);
    file("b.csv", "id\n3\n", Duration.ofMinutes(1));
    runs();
    assertThat(project.rows(ORDERS)).containsExactly("1", "3");
    file("a.csv", "id\n1\n22\n", Duration.ofMinutes(1));
    runs();
    assertThat(project.rows(ORDERS)).containsExactly("1", "22", "3");
  }

  @Test
  void aFolderMayBeEmptyOnceItsFilesAreInTheTable() throws IOException {
    declare("append");
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said()).contains("Cannot read data: there is no such file.");
    file("a.csv", "id\n1\n", Duration.ofMinutes(1));
    runs();
    Files.delete(folder.resolve("data/a.csv"));
    runs();
    assertThat(project.said()).contains("fresh");
    file("b.csv", "id\n2\n", Duration.ofMinutes(1));
    runs();
    assertThat(project.rows(ORDERS)).containsExactly("1", "2");
  }
}

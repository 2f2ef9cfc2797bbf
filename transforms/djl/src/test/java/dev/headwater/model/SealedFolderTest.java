package dev.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedFolderTest {
  private static final Map<String, byte[]> FILES =
      Map.of("a.json", new byte[] {1, 2}, "b.bin", new byte[] {3});
  private static final Set<String> KNOWN = Set.of("a.json", "b.bin");

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  private Path written() throws IOException {
    Path out = folder.resolve("model");
    SealedFolder.write(out, FILES);
    return out;
  }

  @Test
  void readsWhatItWroteAndLeavesNothingElse() throws IOException {
    Path out = written();
    assertThat(SealedFolder.read(out, KNOWN)).containsExactlyInAnyOrderEntriesOf(FILES);
    try (var list = Files.list(folder)) {
      assertThat(list).containsExactly(out);
    }
  }

  @Test
  void refusesAChangedFile() throws IOException {
    Path out = written();
    Files.write(out.resolve("b.bin"), new byte[] {4});
    refused(out, "its b.bin is not what was written");
  }

  @Test
  void refusesAMissingFile() throws IOException {
    Path out = written();
    Files.delete(out.resolve("b.bin"));
    refused(out, "its b.bin is missing");
  }

  @Test
  void refusesCode() throws IOException {
    Path out = written();
    Files.write(out.resolve("Net.java"), new byte[] {4});
    refused(out, "it holds Net.java, which does not belong there");
  }

  @Test
  void refusesAFolderInIt() throws IOException {
    Path out = written();
    Files.createDirectory(out.resolve("libs"));
    refused(out, "it holds libs");
  }

  @Test
  void refusesAManifestThatLeadsOut() throws IOException {
    Path out = written();
    Files.writeString(out.resolve("MANIFEST"), "00  ../secret\n");
    refused(out, "its MANIFEST has the line");
  }

  @Test
  void refusesWhatWasNotFinished() throws IOException {
    Path out = written();
    Files.delete(out.resolve("MANIFEST"));
    refused(out, "it has no MANIFEST");
  }

  private static void refused(Path folder, String why) {
    assertThatThrownBy(() -> SealedFolder.read(folder, KNOWN))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot open " + folder)
        .hasMessageContaining(why)
        .hasMessageContaining("Fix: restore the folder");
  }
}

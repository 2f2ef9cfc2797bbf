package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalFileIOTest {
  private final FileIO io = new LocalFileIO();
  private final Path directory;

  LocalFileIOTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aFileAppearsOnlyWhole() throws IOException {
    Path file = directory.resolve("a b/c.parquet");
    String location = LocalFileIO.location(file);
    try (PositionOutputStream out = io.newOutputFile(location).create()) {
      out.write(bytes("hello"));
      out.flush();
      assertThat(out.getPos()).isEqualTo(5);
      assertThat(file).doesNotExist();
    }
    assertThat(file).hasContent("hello");
    try (var files = Files.list(directory.resolve("a b"))) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aNameThatIsTakenIsNotOverwrittenAndASecondCloseSaysSo() throws IOException {
    String location = LocalFileIO.location(directory.resolve("f"));
    PositionOutputStream slow = io.newOutputFile(location).create();
    slow.write(bytes("slow"));
    try (PositionOutputStream fast = io.newOutputFile(location).create()) {
      fast.write(bytes("fast"));
    }
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(slow::close)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the file exists already");
    }
    assertThat(directory.resolve("f")).hasContent("fast");
    assertThatThrownBy(() -> io.newOutputFile(location).create())
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("File already exists");
    try (PositionOutputStream out = io.newOutputFile(location).createOrOverwrite()) {
      out.write(bytes("new"));
    }
    assertThat(directory.resolve("f")).hasContent("new");
  }

  @Test
  void readsAnywhere() throws IOException {
    Path file = Files.writeString(directory.resolve("f"), "0123456789");
    for (String location : new String[] {"file:" + file, "file://" + file, file.toString()}) {
      try (SeekableInputStream in = io.newInputFile(location).newStream()) {
        in.seek(7);
        assertThat(in.read()).isEqualTo('7');
        assertThat(in.skip(100)).isEqualTo(2);
        assertThat(in.read()).isEqualTo(-1);
        assertThat(in.getPos()).isEqualTo(10);
      }
      assertThat(io.newInputFile(location).getLength()).isEqualTo(10);
    }
  }

  @Test
  void saysThatAFileIsNotThere() {
    String location = LocalFileIO.location(directory.resolve("none"));
    assertThat(io.newInputFile(location).exists()).isFalse();
    assertThatThrownBy(() -> io.newInputFile(location).newStream())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("File does not exist");
    assertThatThrownBy(() -> io.deleteFile(location))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("File does not exist");
  }

  @Test
  void refusesWhatIsNotALocalFile() {
    for (String location : new String[] {"s3://bucket/key", "relative/path", "file://host/path"}) {
      assertThatThrownBy(() -> io.newInputFile(location))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + location + "'");
    }
  }

  @Test
  void travels() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(io);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isInstanceOf(LocalFileIO.class);
    }
  }
}

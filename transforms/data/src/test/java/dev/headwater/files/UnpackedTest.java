package dev.headwater.files;

import static dev.headwater.files.Texts.file;
import static dev.headwater.files.Texts.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.SourceFormat.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packed files, whole, cut and malicious. */
final class UnpackedTest {
  private static final SourceFormat CSV = SourceFormat.of(Kind.CSV);
  private static final byte[] TEXT = "n\n1\n2\n".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder = Path.of("unset");

  private interface Packer {
    OutputStream on(OutputStream out) throws IOException;
  }

  private static byte[] packed(Packer packer, byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream to = packer.on(out)) {
      to.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] zip(byte[]... files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream to = new ZipOutputStream(out)) {
      to.putNextEntry(new ZipEntry("folder/"));
      for (int i = 0; i < files.length; i++) {
        to.putNextEntry(new ZipEntry("folder/" + i + ".csv"));
        to.write(files[i]);
      }
    }
    return out.toByteArray();
  }

  @Test
  void whatIsPackedIsToldByItsBytesNotByItsName() throws IOException {
    byte[] gzip = packed(GZIPOutputStream::new, TEXT);
    byte[] more = packed(GZIPOutputStream::new, "3\n".getBytes(StandardCharsets.UTF_8));
    byte[] twice = Arrays.copyOf(gzip, gzip.length + more.length);
    System.arraycopy(more, 0, twice, gzip.length, more.length);

    assertThat(read(file(folder, "a", gzip), CSV, "n", "int").texts())
        .containsExactly("[1]", "[2]");
    assertThat(read(file(folder, "b", twice), CSV, "n", "int").rows()).hasSize(3);
    byte[] bzip2 = packed(BZip2CompressorOutputStream::new, TEXT);
    assertThat(read(file(folder, "c", bzip2), CSV, "n", "int").rows()).hasSize(2);
    byte[] zstd = packed(com.github.luben.zstd.ZstdOutputStream::new, TEXT);
    assertThat(read(file(folder, "d", zstd), CSV, "n", "int").rows()).hasSize(2);
    assertThat(read(file(folder, "e", zip(TEXT)), CSV, "n", "int").rows()).hasSize(2);
  }

  @Test
  void aCutFileStopsTheRunAndIsNamed() throws IOException {
    byte[] text = "n\n".concat("123456\n".repeat(20_000)).getBytes(StandardCharsets.UTF_8);
    for (Packer packer :
        new Packer[] {
          GZIPOutputStream::new,
          BZip2CompressorOutputStream::new,
          com.github.luben.zstd.ZstdOutputStream::new
        }) {
      byte[] whole = packed(packer, text);
      byte[] cut = Arrays.copyOf(whole, whole.length / 2);
      assertThatThrownBy(() -> read(file(folder, "cut", cut), CSV, "n", "int"))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Cannot read " + folder.resolve("cut"))
          .hasMessageContaining("Fix: replace the file by a whole one");
    }
  }

  @Test
  void bombsAndSeveralFilesInAZipAreRefused() throws IOException {
    byte[] bomb = packed(GZIPOutputStream::new, new byte[300 << 20]);
    assertThatThrownBy(() -> read(file(folder, "bomb.csv.gz", bomb), CSV, "n", "int"))
        .hasMessageContaining("bytes unpack to more than " + Unpacked.FREE)
        .hasMessageContaining("Fix: unpack it yourself");
    assertThatThrownBy(() -> read(file(folder, "two.zip", zip(TEXT, TEXT)), CSV, "n", "int"))
        .hasMessageContaining("it packs several files, one is folder/1.csv");
  }
}

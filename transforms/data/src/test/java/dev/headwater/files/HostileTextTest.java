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
import org.apache.iceberg.io.InputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Text that somebody has broken, by mistake or on purpose: every row is read or told. */
final class HostileTextTest {
  private static final SourceFormat CSV = SourceFormat.of(Kind.CSV);
  private static final SourceFormat JSON = SourceFormat.of(Kind.JSON);
  private static final int BOMB = 300 << 20;

  @TempDir private Path folder = Path.of("unset");

  /** Ways to pack a stream. */
  enum Packing {
    GZIP,
    ZSTD,
    BZIP2,
    ZIP;

    OutputStream on(OutputStream out) throws IOException {
      return switch (this) {
        case GZIP -> new GZIPOutputStream(out);
        case ZSTD -> new com.github.luben.zstd.ZstdOutputStream(out);
        case BZIP2 -> new BZip2CompressorOutputStream(out);
        case ZIP -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          zip.putNextEntry(new ZipEntry("a.csv"));
          yield zip;
        }
      };
    }
  }

  private static byte[] packed(Packing how, byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream to = how.on(out)) {
      to.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] rows(int n) {
    StringBuilder text = new StringBuilder("n,s\n");
    for (int i = 0; i < n; i++) {
      text.append(i).append(",row ").append(i * 7919L % 1000).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void aBombIsRefusedBeforeItFillsTheMemory(Packing how) throws IOException {
    byte[] zeros = new byte[BOMB];
    Arrays.fill(zeros, (byte) '\n');
    InputFile bomb = file(folder, "bomb", packed(how, zeros));
    assertThat(bomb.getLength()).isLessThan(BOMB / 200);
    assertThatThrownBy(() -> read(bomb, CSV, "n", "int"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("bytes unpack to more than " + Unpacked.FREE)
        .hasMessageContaining("Fix: unpack it yourself");
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void whatIsPackedTwiceIsNotUnpackedTwice(Packing how) throws IOException {
    byte[] inner = packed(Packing.GZIP, rows(1_000));
    InputFile nested = file(folder, "nested", packed(how, inner));
    assertThatThrownBy(() -> read(nested, CSV, "n", "int", "s", "string"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot read " + nested.location());
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void wherePackedBytesAreCutOrTurnedTheFileIsNamed(Packing how) throws IOException {
    byte[] whole = packed(how, rows(5_000));
    int told = 0;
    for (int i = 1; i < 8; i += 3) {
      byte[] cut = Arrays.copyOf(whole, whole.length * i / 8);
      assertThatThrownBy(() -> read(file(folder, "cut", cut), CSV, "n", "int", "s", "string"))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Cannot read " + folder.resolve("cut"));
      byte[] turned = whole.clone();
      turned[whole.length * i / 8] ^= 0x55;
      try {
        Texts.Read read = read(file(folder, "turned", turned), CSV, "n", "int", "s", "string");
        // Zstd's frames here have no checksum; what is read is still rows or letters.
        assertThat(how).isEqualTo(Packing.ZSTD);
        assertThat(read.rows().size() + read.bad().size()).isPositive();
      } catch (HeadwaterException e) {
        told++;
        assertThat(e).hasMessageContaining("Cannot read " + folder.resolve("turned"));
      }
    }
    assertThat(told).isGreaterThan(how == Packing.ZSTD ? -1 : 2);
  }

  @Test
  void oddUnicodeIsKeptOrALetterNeverChanged() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.write("n,s\n".getBytes(StandardCharsets.UTF_8));
    text.write(new byte[] {'1', ',', 'a', 0, 'b', '\n'});
    text.write("2,\uFEFFmark\n3,\u202Eover\u0301\n4,\uFFFD\n".getBytes(StandardCharsets.UTF_8));
    text.write(new byte[] {'5', ',', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '\n'}); // half a pair
    text.write(new byte[] {'6', ',', (byte) 0xc0, (byte) 0x80, '\n'}); // a NUL in two bytes
    text.write(new byte[] {'7', ',', (byte) 0xf5, (byte) 0x80, (byte) 0x80, (byte) 0x80, '\n'});
    text.write("8,\uD83D\uDE80\n".getBytes(StandardCharsets.UTF_8));

    Texts.Read csv =
        read(file(folder, "a.csv", text.toByteArray()), CSV, "n", "int", "s", "string");
    assertThat(csv.texts())
        .containsExactly(
            "[1, a\u0000b]",
            "[2, \uFEFFmark]",
            "[3, \u202Eover\u0301]",
            "[4, \uFFFD]",
            "[8, \uD83D\uDE80]");
    assertThat(csv.codes()).containsExactly("encoding", "encoding", "encoding");

    String lines =
        """
        {"s":"a\\u0000b"}
        {"s":"\\ud83d\\ude80"}
        {"s":"\\ude80"}
        {"s":"\\ud83d x"}
        {"\\u0073":"escaped key"}
        """;
    Texts.Read json = read(file(folder, "a.jsonl", lines), JSON, "s", "string");
    assertThat(json.texts()).containsExactly("[a\u0000b]", "[\uD83D\uDE80]", "[escaped key]");
    assertThat(json.codes()).containsExactly("encoding", "encoding");
  }

  @Test
  void nestingAMillionDeepCostsItsRowOnly() {
    String deep = "[".repeat(1_000_000);
    String text = "{\"n\":1}\n{\"n\":" + deep + "\n{\"n\":{\"a\":" + deep + "}}\n{\"n\":2}\n";
    Texts.Read read = read(file(folder, "a.jsonl", text), JSON, "n", "int");
    assertThat(read.texts()).containsExactly("[1]", "[2]");
    assertThat(read.bad()).hasSize(2);
    SourceFormat found =
        Infer.columns(java.util.List.of(file(folder, "b.jsonl", text)), JSON, true);
    assertThat(found.columns()).hasSize(1);
  }

  @Test
  void quotingThatBreaksInTheMiddleTakesNoGoodRowAlong() {
    StringBuilder text = new StringBuilder("n,s\n");
    for (int i = 0; i < 20_000; i++) {
      text.append(i).append(i == 9_999 ? ",\"open" : ",\"a \"\"b\"\"\"").append('\n');
    }
    Texts.Read read = read(file(folder, "a.csv", text.toString()), CSV, "n", "int", "s", "string");
    assertThat(read.rows().size() + read.bad().size()).isEqualTo(20_000);
    assertThat(read.raw()).containsExactly("9999,\"open");
  }

  @Test
  void aRowOf64MegabytesPassesWhereItMay() {
    // One after the other: a test's own copies are memory, too.
    largeRow(CSV, "n,s\n1,a\n2,", "\n3,c\n");
    largeRow(JSON, "{\"n\":1}\n{\"s\":\"", "\"}\n{\"n\":3}\n");
  }

  private void largeRow(SourceFormat format, String before, String after) {
    int size = 64 << 20;
    Texts.Read read =
        read(
            file(folder, "large", before + "x".repeat(size) + after),
            format.maxRow(80 << 20),
            "n",
            "int",
            "s",
            "string");
    assertThat(read.bad()).isEmpty();
    assertThat(read.rows()).hasSize(3);
    assertThat(String.valueOf(read.rows().get(1).get(1))).hasSize(size);
  }

  @Test
  void tenThousandColumnsAreReadRowByRow() {
    StringBuilder text = new StringBuilder();
    String[] columns = new String[20_000];
    for (int i = 0; i < 10_000; i++) {
      text.append(i == 0 ? "c" : ",c").append(i);
      columns[2 * i] = "c" + i;
      columns[2 * i + 1] = i % 2 == 0 ? "long" : "string";
    }
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < 20; row++) {
      text.append('\n');
      lines.append('{');
      for (int i = 0; i < 10_000; i++) {
        text.append(i == 0 ? "" : ",").append(row == 7 && i == 0 ? "x" : "" + i);
        lines.append(i == 0 ? "" : ",").append("\"c").append(i).append("\":").append(i);
      }
      lines.append("}\n");
    }
    Texts.Read csv = read(file(folder, "a.csv", text.append('\n').toString()), CSV, columns);
    assertThat(csv.rows()).hasSize(19);
    assertThat(csv.codes()).containsExactly("type");
    Texts.Read json = read(file(folder, "a.jsonl", lines.toString()), JSON, columns);
    assertThat(json.rows()).hasSize(20);
  }
}

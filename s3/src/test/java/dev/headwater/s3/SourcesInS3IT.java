package dev.headwater.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SchemeFileIO;
import dev.headwater.files.Decoded;
import dev.headwater.files.RowSource;
import dev.headwater.files.SourceFormat;
import dev.headwater.files.SourceFormat.Kind;
import dev.headwater.files.TextFile;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.table.FileSplit;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Source files in S3: found by folders and globs, told apart, read in ranges. */
@Isolated("counts all requests of this process")
final class SourcesInS3IT {
  private static final Path NOWHERE = Path.of("/");

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private static S3Server server;

  @SuppressWarnings("NullAway.Init")
  private static SchemeFileIO io;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    server = new S3Server();
    Path secret = Files.writeString(folder.resolve("secret"), "key");
    io =
        SchemeFileIO.of(
            server.in(CatalogConfig.embedded(folder.resolve("catalog")), "file/" + secret));
    server.put("in/a.csv", csv(3));
    server.put("in/b.csv.gz", gzip(csv(4)));
    server.put("in/c.jsonl", "{\"id\":1}\n{\"id\":\n".getBytes(StandardCharsets.UTF_8));
    server.put("in/deep/er/d.csv", csv(5));
    server.put("in/.hidden.csv", csv(1));
    server.put("in/", new byte[0]);
    server.put("in/odd [1] ü{}.csv", csv(2));
    server.put("other/in.csv", csv(6));
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop();
  }

  private static byte[] csv(int rows) {
    StringBuilder text = new StringBuilder("id,word\n");
    for (int i = 0; i < rows; i++) {
      text.append(i).append(",w").append(i).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] bytes) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream to = new GZIPOutputStream(out)) {
      to.write(bytes);
    }
    return out.toByteArray();
  }

  private static List<String> keys(String pattern) {
    return SourceFiles.of(io, NOWHERE, pattern, Kind.CSV).stream()
        .map(file -> file.path().substring("s3://lake/".length()))
        .toList();
  }

  @Test
  void foldersGlobsAndOddNames() {
    assertThat(keys("s3://lake/in/a.csv")).containsExactly("in/a.csv");
    assertThat(keys("s3://lake/in"))
        .containsExactly("in/a.csv", "in/b.csv.gz", "in/odd [1] ü{}.csv");
    assertThat(keys("s3://lake/in/")).hasSize(3);
    assertThat(keys("s3://lake/in/*.csv")).containsExactly("in/a.csv", "in/odd [1] ü{}.csv");
    assertThat(keys("s3://lake/{in,other}/**/*.csv"))
        .containsExactly("in/a.csv", "in/deep/er/d.csv", "in/odd [1] ü{}.csv", "other/in.csv");
    assertThat(keys("s3://lake/{in,other}/[ai]*.csv")).containsExactly("in/a.csv", "other/in.csv");
    assertThatThrownBy(() -> keys("s3://lake/in/x*.csv"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot read s3://lake/in/x*.csv: there is no such file")
        .hasMessageContaining("Fix: ");
    assertThatThrownBy(() -> keys("s3://no-such-bucket/*.csv"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot list s3://no-such-bucket/*.csv: ")
        .hasMessageContaining("check the bucket");
  }

  @Test
  void aNewUploadIsAnotherVersionAndTheSameContentIsNot() {
    server.put("v/a.csv", csv(3));
    SourceFile before = SourceFiles.of(io, NOWHERE, "s3://lake/v/a.csv", Kind.CSV).get(0);
    server.put("v/a.csv", csv(3));
    SourceFile again = SourceFiles.of(io, NOWHERE, "s3://lake/v/*.csv", Kind.CSV).get(0);
    server.put("v/a.csv", "id,word\n0,w0\n1,w1\n2,w3\n".getBytes(StandardCharsets.UTF_8));
    SourceFile other = SourceFiles.of(io, NOWHERE, "s3://lake/v", Kind.CSV).get(0);

    assertThat(before.version()).startsWith("etag:").hasSizeGreaterThan(10);
    assertThat(again.version()).isEqualTo(before.version());
    assertThat(other.size()).isEqualTo(before.size());
    assertThat(other.version()).isNotEqualTo(before.version());
  }

  @Test
  void packedAndPlainTextIsReadInRanges() throws Exception {
    StringBuilder large = new StringBuilder("id,word\n");
    for (int i = 0; large.length() < 5 << 20; i++) {
      large.append(i).append(",\"a, b\nc\"\n");
    }
    byte[] bytes = large.toString().getBytes(StandardCharsets.UTF_8);
    server.put("large/a.csv", bytes);
    SourceFormat format = SourceFormat.of(Kind.CSV);
    List<SourceFile> files =
        SourceFiles.of(io, NOWHERE, "s3://lake/{in,large}/[ab].csv*", Kind.CSV);
    Sources sources = Sources.of(io, files, format, null);
    assertThat(sources.schema().columns()).hasSize(2);
    long rows = 0;
    for (FileSplit split : sources.splits()) {
      rows += count(split, sources.format());
    }
    long all = large.chars().filter(c -> c == '"').count() / 2;
    assertThat(rows).isEqualTo(3 + 4 + all);

    TextFile file = TextFile.of(io.newInputFile("s3://lake/large/a.csv"), sources.format());
    List<Long> starts = file.pieces(1 << 20);
    assertThat(starts).hasSizeGreaterThan(3);
    Requests.forget();
    try (RowSource piece =
        file.rows(sources.schema(), starts.get(1), starts.get(2) - starts.get(1))) {
      long of = 0;
      while (piece.hasNext()) {
        of += piece.next().count();
      }
      assertThat(of).isBetween(10_000L, 200_000L);
    }
    assertThat(Requests.seen("GetObject")).as("its header, and itself").hasSizeLessThan(6);
  }

  @Test
  void badRowsOfJsonAreTold() throws Exception {
    List<SourceFile> files = SourceFiles.of(io, NOWHERE, "s3://lake/in", Kind.JSON);
    Sources sources = Sources.of(io, files, SourceFormat.of(Kind.JSON), null);
    FileSplit split = sources.splits().get(0);
    assertThat(count(split, sources.format())).isEqualTo(2);
  }

  private static long count(FileSplit split, SourceFormat format) throws Exception {
    long rows = 0;
    try (RowSource source =
        TextFile.of(io.newInputFile(split.path()), format)
            .rows(format.schema(), split.start(), split.length())) {
      while (source.hasNext()) {
        Decoded decoded = source.next();
        rows += decoded.count();
      }
    }
    return rows;
  }
}

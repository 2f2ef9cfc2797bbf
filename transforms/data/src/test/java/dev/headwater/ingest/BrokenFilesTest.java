package dev.headwater.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SchemeFileIO;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.files.Decoded;
import dev.headwater.files.RowSource;
import dev.headwater.files.SourceFormat;
import dev.headwater.table.FileSplit;
import dev.headwater.table.SplitGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.orc.CompressionKind;
import org.apache.orc.OrcConf;
import org.apache.orc.TypeDescription;
import org.apache.orc.Writer;
import org.apache.orc.storage.ql.exec.vector.BytesColumnVector;
import org.apache.orc.storage.ql.exec.vector.ListColumnVector;
import org.apache.orc.storage.ql.exec.vector.LongColumnVector;
import org.apache.orc.storage.ql.exec.vector.VectorizedRowBatch;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of every format with a bit turned, or cut, at many places: each ends as a fault that names
 * the file, or gives as many rows and letters as it says; never in another way.
 */
final class BrokenFilesTest {
  private static final int ROWS = 4_000;
  private static final Schema SCHEMA =
      SchemaBuilder.record("Row")
          .fields()
          .requiredLong("n")
          .optionalString("s")
          .name("a")
          .type()
          .array()
          .items()
          .longType()
          .noDefault()
          .endRecord();

  @TempDir private Path folder = Path.of("unset");

  private Path good(String format) throws IOException {
    String[] parts = format.split("\\.", 2);
    Path to = folder.resolve("good." + format);
    switch (parts[0]) {
      case "avro" -> avro(to, parts[1]);
      case "orc" -> orc(to, CompressionKind.valueOf(parts[1]));
      case "parquet" -> parquet(to, CompressionCodecName.valueOf(parts[1]));
      default -> {
        try (OutputStream out = packing(parts[1], Files.newOutputStream(to))) {
          out.write(text(parts[0]).getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    return to;
  }

  private static OutputStream packing(String how, OutputStream out) throws IOException {
    return switch (how) {
      case "gz" -> new GZIPOutputStream(out);
      case "zst" -> new com.github.luben.zstd.ZstdOutputStream(out).setChecksum(true);
      case "bz2" -> new BZip2CompressorOutputStream(out);
      case "zip" -> {
        ZipOutputStream zip = new ZipOutputStream(out);
        zip.putNextEntry(new ZipEntry("a"));
        yield zip;
      }
      default -> out;
    };
  }

  private static String text(String kind) {
    StringBuilder text = new StringBuilder(kind.equals("csv") ? "n,s\n" : "");
    for (int i = 0; i < ROWS; i++) {
      text.append(
          kind.equals("csv")
              ? i + ",\"row " + i * 7919L % 1000 + "\"\n"
              : "{\"n\":" + i + ",\"s\":\"row " + i * 7919L % 1000 + "\"}\n");
    }
    return text.toString();
  }

  private static GenericRecord record(int i) {
    return new GenericRecordBuilder(SCHEMA)
        .set("n", (long) i)
        .set("s", i % 7 == 0 ? null : "row " + i * 7919L % 1000)
        .set("a", i % 3 == 0 ? List.of() : List.of((long) i, 2L))
        .build();
  }

  private static void avro(Path to, String codec) throws IOException {
    try (DataFileWriter<GenericRecord> out =
        new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA))) {
      out.setCodec(CodecFactory.fromString(codec));
      out.create(SCHEMA, to.toFile());
      for (int i = 0; i < ROWS; i++) {
        out.append(record(i));
      }
    }
  }

  private static void parquet(Path to, CompressionCodecName codec) throws IOException {
    try (ParquetWriter<GenericRecord> out =
        AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(to))
            .withSchema(SCHEMA)
            .withCompressionCodec(codec)
            .withRowGroupRowCountLimit(ROWS / 2)
            .withPageRowCountLimit(300)
            .withConf(
                new PlainParquetConfiguration(
                    Map.of("parquet.avro.write-old-list-structure", "false")))
            .build()) {
      for (int i = 0; i < ROWS; i++) {
        out.write(record(i));
      }
    }
  }

  private static void orc(Path to, CompressionKind kind) throws IOException {
    TypeDescription type = TypeDescription.fromString("struct<n:bigint,s:string,a:array<bigint>>");
    Configuration conf = new Configuration(false);
    OrcConf.STRIPE_ROW_COUNT.setLong(conf, ROWS / 3);
    try (Writer out =
        org.apache.orc.OrcFile.createWriter(
            new org.apache.hadoop.fs.Path(to.toUri()),
            org.apache.orc.OrcFile.writerOptions(conf).setSchema(type).compress(kind))) {
      VectorizedRowBatch batch = type.createRowBatch(1_000);
      for (int i = 0; i < ROWS; i++) {
        int row = batch.size++;
        ((LongColumnVector) batch.cols[0]).vector[row] = i;
        byte[] text = ("row " + i * 7919L % 1000).getBytes(StandardCharsets.UTF_8);
        ((BytesColumnVector) batch.cols[1]).setVal(row, text);
        ListColumnVector list = (ListColumnVector) batch.cols[2];
        list.offsets[row] = list.childCount;
        list.lengths[row] = i % 3;
        list.childCount += i % 3;
        list.child.ensureSize(list.childCount, true);
        Arrays.fill(
            ((LongColumnVector) list.child).vector, (int) list.offsets[row], list.childCount, i);
        if (batch.size == 1_000) {
          out.addRowBatch(batch);
          batch.reset();
        }
      }
    }
  }

  /** What a file gives: its rows as texts, its letters' number, how many it says it has. */
  private record Read(List<String> rows, long letters, long said) {}

  private static SourceFormat format(String format) {
    return SourceFormat.of(
        switch (format.substring(0, format.indexOf('.'))) {
          case "avro" -> SourceFormat.Kind.AVRO;
          case "orc" -> SourceFormat.Kind.ORC;
          case "parquet" -> SourceFormat.Kind.PARQUET;
          case "csv" -> SourceFormat.Kind.CSV;
          default -> SourceFormat.Kind.JSON;
        });
  }

  /** As an ingest does it. */
  private static Read read(Path file, SourceFormat format) throws IOException {
    SchemeFileIO io = new SchemeFileIO();
    Sources sources = Sources.of(io, List.of(SourceFiles.of(file)), format, null);
    List<String> rows = new ArrayList<>();
    long letters = 0;
    for (SplitGroup group : sources.groups(1 << 14, 2)) {
      for (FileSplit split : group.splits()) {
        try (RowSource from = SourceRows.open(io, split, sources.format(), sources.schema())) {
          while (from.hasNext()) {
            Decoded decoded = from.next();
            texts(decoded.rows(), rows);
            letters += decoded.bad().size();
          }
        }
      }
    }
    return new Read(rows, letters, sources.rows());
  }

  private static void texts(RowBatch batch, List<String> out) {
    for (int row = 0; row < batch.size(); row++) {
      List<String> cells = new ArrayList<>();
      for (int c = 0; c < batch.columns().size(); c++) {
        cells.add(
            String.valueOf(
                Values.of(batch.column(c), batch.schema().columns().get(c).type(), row)));
      }
      out.add(String.join(" ", cells));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "parquet.UNCOMPRESSED",
        "parquet.SNAPPY",
        "parquet.ZSTD",
        "orc.NONE",
        "orc.SNAPPY",
        "orc.ZSTD",
        "avro.null",
        "avro.deflate",
        "avro.snappy",
        "avro.zstandard",
        "avro.bzip2",
        "csv.plain",
        "csv.gz",
        "csv.zst",
        "csv.bz2",
        "csv.zip",
        "json.plain",
        "json.gz"
      })
  void everyTurnedBitAndEveryCutIsAFaultThatNamesTheFileOrLeavesTheRows(String format)
      throws IOException {
    byte[] bytes = Files.readAllBytes(good(format));
    SourceFormat as = format(format);
    Read whole = read(folder.resolve("good." + format), as);
    assertThat(whole.rows()).hasSize(ROWS);
    Path broken = folder.resolve("broken." + format);
    Random random = new Random(format.hashCode());
    int faults = 0;
    int tries = Integer.getInteger("broken.tries", 24);
    for (int i = 0; i < tries; i++) {
      byte[] copy = bytes.clone();
      if (i % 4 == 0) {
        copy = Arrays.copyOf(copy, random.nextInt(copy.length));
      } else {
        // The ends of files say most.
        int from = i % 4 == 1 ? copy.length - Math.min(copy.length, 600) : 0;
        copy[from + random.nextInt(copy.length - from)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(broken, copy);
      try {
        Read read = read(broken, as);
        boolean text = format.startsWith("csv") || format.startsWith("json");
        if (!text) {
          assertThat((long) read.rows().size()).isEqualTo(read.said());
        } else if (format.endsWith("plain")) {
          assertThat(read.rows().size() + read.letters()).isLessThanOrEqualTo(ROWS + 2L);
        } else {
          assertThat(read.rows()).as("checksums").isEqualTo(whole.rows());
        }
      } catch (HeadwaterException e) {
        assertThat(e.kind()).isEqualTo(HeadwaterException.Kind.DATA);
        assertThat(e.what()).startsWith("Cannot read " + broken).hasLineCount(1);
        faults++;
      }
    }
    assertThat(faults).isGreaterThan(format.endsWith("plain") ? -1 : tries / 4);
  }

  /** Values of a Parquet file that its writer has summed up are never other ones. */
  @Test
  void pagesOfParquetAreWhatTheirChecksumsSay() throws IOException {
    byte[] bytes = Files.readAllBytes(good("parquet.UNCOMPRESSED"));
    Path broken = folder.resolve("broken.parquet");
    byte[] text = "row 919".getBytes(StandardCharsets.UTF_8);
    int found = 0;
    for (int at = 0; at < bytes.length - text.length; at++) {
      if (Arrays.equals(bytes, at, at + text.length, text, 0, text.length) && found++ < 3) {
        byte[] copy = bytes.clone();
        copy[at + 4] = '8';
        Files.write(broken, copy);
        assertThatThrownBy(() -> read(broken, format("parquet.")))
            .isInstanceOf(HeadwaterException.class)
            .hasMessageContaining("Cannot read " + broken + ": the row group at byte ");
      }
    }
    assertThat(found).isPositive();
  }

  /** Files that were put together of packed ones, as {@code cat} does it. */
  @ParameterizedTest
  @ValueSource(strings = {"gz", "zst", "bz2"})
  void allPartsOfAPackedFileAreRead(String how) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Random random = new Random(3);
    int rows = 0;
    for (int part = 0; part < 60; part++) {
      StringBuilder text = new StringBuilder(part == 0 ? "n,s\n" : "");
      for (int i = 0; i < 50 + part % 7; i++) {
        text.append(rows++).append(',').append(Long.toHexString(random.nextLong())).append('\n');
      }
      try (OutputStream out = packing(how, all)) {
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
    Path file = folder.resolve("parts.csv." + how);
    Files.write(file, all.toByteArray());
    assertThat(read(file, format("csv.")).rows()).hasSize(rows);

    all.write("no packed bytes".getBytes(StandardCharsets.UTF_8));
    Files.write(file, all.toByteArray());
    assertThatThrownBy(() -> read(file, format("csv.")))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot read " + file);
  }

  @Test
  void aFileThatIsCutWhileItIsReadIsAFault() throws IOException {
    Path file = folder.resolve("a.csv");
    Files.writeString(file, text("csv").repeat(40));
    SchemeFileIO io = new SchemeFileIO();
    Sources sources =
        Sources.of(io, List.of(SourceFiles.of(file)), format("csv.").maxRow(1 << 20), null);
    FileSplit split = sources.groups(1 << 30, 1).get(0).splits().get(0);
    try (RowSource rows = SourceRows.open(io, split, sources.format(), sources.schema())) {
      rows.next();
      try (var channel =
          java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
        channel.truncate(Files.size(file) - 100);
      }
      Files.delete(file);
      assertThatThrownBy(() -> rows.forEachRemaining(each -> {}))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Cannot read " + file + ": it ends at byte ");
    }
  }
}

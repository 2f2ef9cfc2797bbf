package dev.headwater.ingest;

import dev.headwater.avro.AvroFile;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.commit.Arrival;
import dev.headwater.catalog.commit.Evolution;
import dev.headwater.catalog.commit.Misfit;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.files.FileShape;
import dev.headwater.files.SourceFormat;
import dev.headwater.orc.OrcFile;
import dev.headwater.parquet.FileSchema;
import dev.headwater.parquet.ParquetFile;
import dev.headwater.table.FileSplit;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * What is known of source files before they are read: the schema of all together, their rows, and
 * how they are dealt out. Of Parquet files their footers say it, of text a sample.
 *
 * @param format how they are read; of text with its columns
 * @param arrivals each file's own columns
 * @param rows the rows of all files; of text about so many
 */
public record Sources(
    List<SourceFile> files,
    SourceFormat format,
    List<Arrival> arrivals,
    long rows,
    List<FileSplit> splits) {
  private static final long BYTES_OF_SKETCHES = 256L << 20;

  /** Of one column of many values; of more columns than these only counts are kept. */
  private static final long BYTES_OF_SKETCH = 100 << 10;

  private static final int FULL_COLUMNS = 100;

  /**
   * Reads the footers.
   *
   * @throws HeadwaterException DATA if a file cannot be read
   */
  public static Sources of(FileIO io, List<SourceFile> files) {
    List<FileSplit> splits = new ArrayList<>();
    List<Arrival> arrivals = new ArrayList<>();
    long rows = 0;
    for (SourceFile source : files) {
      InputFile input = io.newInputFile(source.path());
      try (ParquetFile file = ParquetFile.open(input)) {
        splits.addAll(FileSplit.of(input, file));
        rows += file.rows();
        Schema schema = schema(source, file);
        Set<String> nulls = new HashSet<>();
        schema.columns().forEach(column -> nulls.add(column.name()));
        nulls.removeAll(file.full());
        arrivals.add(new Arrival(source.path(), schema, nulls));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Sources(
        List.copyOf(files),
        SourceFormat.of(SourceFormat.Kind.PARQUET),
        List.copyOf(arrivals),
        rows,
        List.copyOf(splits));
  }

  /**
   * Every column of every file, in the first file's order, all optional.
   *
   * @throws HeadwaterException DATA if the files' columns differ in type
   */
  public Schema schema() {
    Evolution together = Evolution.anew(null, arrivals, SchemaPolicy.DEFAULT);
    if (!together.misfits().isEmpty()) {
      throw new HeadwaterException(
          Kind.DATA,
          "The source's files do not fit together: "
              + String.join("; ", together.misfits().stream().map(Misfit::sentence).toList())
              + ".",
          "give the files one type for each column, or make them two sources.");
    }
    return together.columns();
  }

  /**
   * Files of any format.
   *
   * @param format as declared; without columns they are found out
   * @param known columns that have a type already, by name: those of the table that the rows are
   *     for; null if there is none
   * @throws HeadwaterException DATA if a file cannot be read
   */
  public static Sources of(
      FileIO io, List<SourceFile> files, SourceFormat format, @Nullable Schema known) {
    return switch (format.kind()) {
      case PARQUET -> of(io, files);
      case CSV, JSON -> TextSources.of(io, files, format, known);
      case AVRO, ORC -> shaped(io, files, format);
    };
  }

  /** Files that say themselves what they hold. */
  private static Sources shaped(FileIO io, List<SourceFile> files, SourceFormat format) {
    List<FileSplit> splits = new ArrayList<>();
    List<Arrival> arrivals = new ArrayList<>();
    long rows = 0;
    for (SourceFile source : files) {
      InputFile input = io.newInputFile(source.path());
      FileShape shape = shape(input, format.kind());
      rows += shape.rows();
      arrivals.add(new Arrival(source.path(), shape.schema(), shape.nulls()));
      for (FileShape.Piece piece : shape.pieces()) {
        splits.add(FileSplit.of(source.path(), input.getLength(), piece));
      }
    }
    return new Sources(List.copyOf(files), format, arrivals, rows, splits);
  }

  private static FileShape shape(InputFile input, SourceFormat.Kind kind) {
    try {
      if (kind == SourceFormat.Kind.ORC) {
        try (OrcFile orc = OrcFile.open(input)) {
          return orc.shape();
        }
      }
      try (AvroFile avro = AvroFile.open(input)) {
        return avro.shape();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The row groups, gathered for workers. Each group's sketches wait for all others: so that they
   * take at most about {@value #BYTES_OF_SKETCHES} bytes together, groups of large inputs and of
   * many columns are larger than was asked for.
   */
  public List<SplitGroup> groups(long targetBytes, int minGroups) {
    if (splits.isEmpty()) {
      return List.of();
    }
    int columns =
        arrivals.stream().mapToInt(file -> file.schema().columns().size()).max().orElse(1);
    long sketches = BYTES_OF_SKETCH * Math.max(1, Math.min(columns, FULL_COLUMNS));
    long most = Math.max(minGroups, BYTES_OF_SKETCHES / sketches);
    long total = splits.stream().mapToLong(FileSplit::length).sum();
    return Splits.group(splits, Math.max(targetBytes, (total + most - 1) / most), minGroups);
  }

  private static Schema schema(SourceFile source, ParquetFile file) {
    try {
      return FileSchema.of(file.schema());
    } catch (IllegalArgumentException e) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot read " + source.path() + ": " + e.getMessage() + ".",
          "write that column with another type.",
          e);
    }
  }
}

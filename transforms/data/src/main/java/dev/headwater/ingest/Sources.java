package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.commit.Arrival;
import dev.headwater.catalog.commit.Evolution;
import dev.headwater.catalog.commit.Misfit;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.table.FileSchema;
import dev.headwater.table.FileSplit;
import dev.headwater.table.ParquetFile;
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

/**
 * What the footers of source files say: the schema of all together, their rows, and how they are
 * dealt out.
 *
 * @param arrivals each file's own columns
 * @param rows the rows of all files
 */
public record Sources(
    List<SourceFile> files, List<Arrival> arrivals, long rows, List<FileSplit> splits) {

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
        splits.addAll(file.splits());
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
    return new Sources(List.copyOf(files), List.copyOf(arrivals), rows, List.copyOf(splits));
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

  /** The row groups, gathered for workers. */
  public List<SplitGroup> groups(long targetBytes, int minGroups) {
    return splits.isEmpty() ? List.of() : Splits.group(splits, targetBytes, minGroups);
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

package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.commit.Arrival;
import dev.headwater.files.Infer;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.files.TextFile;
import dev.headwater.table.FileSplit;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What is known of CSV and JSON files before they are read. */
final class TextSources {
  /** Larger files are cut. */
  private static final long PIECE = 32L << 20;

  private TextSources() {}

  static Sources of(
      FileIO io, List<SourceFile> files, SourceFormat format, @Nullable Schema known) {
    List<InputFile> inputs = files.stream().map(file -> io.newInputFile(file.path())).toList();
    SourceFormat full = format;
    if (format.columns().isEmpty()) {
      full = typed(Infer.columns(inputs, format, false), known);
    }
    if (full.columns().isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "Cannot read " + files.get(0).path() + ": no column was found in it.",
          "declare the source's columns, or leave out files that are empty.");
    }
    List<FileSplit> splits = new ArrayList<>();
    long rows = 0;
    for (int i = 0; i < inputs.size(); i++) {
      InputFile input = inputs.get(i);
      TextFile text = TextFile.of(input, full);
      long size = input.getLength();
      rows += text.estimatedRows();
      List<Long> starts = text.pieces(PIECE);
      for (int p = 0; p < starts.size(); p++) {
        long start = starts.get(p);
        long end = p + 1 < starts.size() ? starts.get(p + 1) : size;
        if (end > start) {
          splits.add(FileSplit.of(files.get(i).path(), size, start, end - start));
        }
      }
    }
    Schema schema = full.schema();
    List<Arrival> arrivals =
        files.stream().map(file -> Arrival.byRow(file.path(), schema)).toList();
    return new Sources(List.copyOf(files), full, arrivals, rows, splits);
  }

  /** What the table has keeps its type: a file that doesn't fit has letters. */
  private static SourceFormat typed(SourceFormat found, @Nullable Schema known) {
    if (known == null) {
      return found;
    }
    List<SourceColumn> out = new ArrayList<>();
    for (SourceColumn column : found.columns()) {
      Types.NestedField field = known.asStruct().field(column.name());
      out.add(
          field == null ? column : SourceColumn.of(column.name(), field.type(), column.format()));
    }
    return found.columns(out);
  }
}

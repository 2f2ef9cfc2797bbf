package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.table.FileSchema;
import dev.headwater.table.FileSplit;
import dev.headwater.table.ParquetFile;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What the footers of source files say: the schema of all together, their rows, and how they are
 * dealt out.
 *
 * @param schema every column of every file, in the first file's order, all optional
 * @param rows the rows of all files
 */
public record Sources(List<SourceFile> files, Schema schema, long rows, List<FileSplit> splits) {

  /**
   * Reads the footers.
   *
   * @throws HeadwaterException DATA if a file cannot be read, or the files' columns differ in type
   */
  public static Sources of(FileIO io, List<SourceFile> files) {
    List<FileSplit> splits = new ArrayList<>();
    List<Types.NestedField> merged = new ArrayList<>();
    List<String> differences = new ArrayList<>();
    TreeMap<String, String> firstSeen = new TreeMap<>();
    long rows = 0;
    for (SourceFile source : files) {
      InputFile input = io.newInputFile(source.path());
      try (ParquetFile file = ParquetFile.open(input)) {
        splits.addAll(file.splits());
        rows += file.rows();
        for (Types.NestedField field : schema(source, file).columns()) {
          merge(merged, field, source, firstSeen, differences);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (!differences.isEmpty()) {
      throw new HeadwaterException(
          Kind.DATA,
          "The source's files do not fit together: " + String.join("; ", differences) + ".",
          "give the files one type for each column, or make them two sources.");
    }
    Schema schema = TypeUtil.assignIncreasingFreshIds(new Schema(renumbered(merged)));
    return new Sources(List.copyOf(files), schema, rows, List.copyOf(splits));
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

  private static void merge(
      List<Types.NestedField> merged,
      Types.NestedField field,
      SourceFile source,
      TreeMap<String, String> firstSeen,
      List<String> differences) {
    for (int i = 0; i < merged.size(); i++) {
      Types.NestedField known = merged.get(i);
      if (known.name().equals(field.name())) {
        Type both = widest(known.type(), field.type());
        if (both == null) {
          differences.add(
              "column "
                  + field.name()
                  + " is "
                  + field.type()
                  + " in "
                  + source.path()
                  + ", but "
                  + known.type()
                  + " in "
                  + firstSeen.get(field.name()));
        } else {
          merged.set(i, Types.NestedField.optional(known.fieldId(), known.name(), both));
        }
        return;
      }
    }
    merged.add(field);
    firstSeen.put(field.name(), source.path());
  }

  private static @Nullable Type widest(Type a, Type b) {
    if (!a.isPrimitiveType() || !b.isPrimitiveType()) {
      return a.toString().replaceAll("\\d+: ", "").equals(b.toString().replaceAll("\\d+: ", ""))
          ? a
          : null;
    }
    if (a.equals(b) || TypeUtil.isPromotionAllowed(b, a.asPrimitiveType())) {
      return a;
    }
    if (a.typeId() == TypeID.DATE || b.typeId() == TypeID.DATE) {
      return null;
    }
    return TypeUtil.isPromotionAllowed(a, b.asPrimitiveType()) ? b : null;
  }

  /** Each column alone has the ids of its own file; together they must not collide. */
  private static List<Types.NestedField> renumbered(List<Types.NestedField> fields) {
    java.util.concurrent.atomic.AtomicInteger next =
        new java.util.concurrent.atomic.AtomicInteger();
    List<Types.NestedField> out = new ArrayList<>();
    for (Types.NestedField field : fields) {
      out.add(TypeUtil.assignFreshIds(new Schema(field), next::incrementAndGet).columns().get(0));
    }
    return out;
  }
}

package dev.headwater.files;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/** Files of a test, and what is read of them. */
final class Texts {
  private Texts() {}

  /** All rows of a file as lists of values, with their positions, and its bad rows. */
  record Read(List<List<@Nullable Object>> rows, List<Long> positions, List<BadRow> bad) {
    List<String> codes() {
      return bad.stream().map(BadRow::code).toList();
    }

    List<String> raw() {
      return bad.stream().map(b -> new String(b.raw(), StandardCharsets.UTF_8)).toList();
    }

    List<String> texts() {
      return rows.stream().map(List::toString).toList();
    }
  }

  static InputFile file(Path folder, String name, byte[] bytes) {
    Path path = folder.resolve(name);
    try {
      java.nio.file.Files.write(path, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Files.localInput(path.toString());
  }

  static InputFile file(Path folder, String name, String text) {
    return file(folder, name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads with these columns, as {@code name type name type ...}. */
  static Read read(InputFile file, SourceFormat format, String... columns) {
    List<SourceColumn> all = new ArrayList<>();
    for (int i = 0; i < columns.length; i += 2) {
      all.add(new SourceColumn(columns[i], columns[i + 1], null));
    }
    SourceFormat full = columns.length == 0 ? format : format.columns(all);
    return read(TextFile.of(file, full).rows(full.schema()));
  }

  static Read read(RowSource from) {
    Read out = new Read(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try (from) {
      while (from.hasNext()) {
        Decoded decoded = from.next();
        RowBatch batch = decoded.rows();
        int columns = batch.columns().size();
        for (int row = 0; row < batch.size(); row++) {
          List<@Nullable Object> values = new ArrayList<>();
          for (int i = 0; i < columns; i++) {
            values.add(
                plain(Values.of(batch.column(i), batch.schema().columns().get(i).type(), row)));
          }
          out.rows().add(values);
          out.positions().add(decoded.position(row));
        }
        out.bad().addAll(decoded.bad());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Object[] struct) {
      List<@Nullable Object> out = new ArrayList<>();
      for (Object field : struct) {
        out.add(plain(field));
      }
      return out;
    }
    return value;
  }
}

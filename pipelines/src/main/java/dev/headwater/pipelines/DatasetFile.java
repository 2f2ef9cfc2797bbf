package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.parquet.PlainFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** A file that rows are written to for others: there whole, or not at all. One thread. */
final class DatasetFile implements AutoCloseable {
  private static final int ROW_GROUP = 64 << 20;

  private final Path to;
  private final Path part;
  private final Schema schema;
  private final @Nullable PlainFile parquet;
  private final @Nullable BufferedWriter csv;

  private DatasetFile(Path to, Path part, Schema schema) throws IOException {
    this.to = to;
    this.part = part;
    this.schema = schema;
    boolean columns = parquet(to);
    this.parquet = columns ? PlainFile.create(part, schema, ROW_GROUP) : null;
    this.csv = columns ? null : Files.newBufferedWriter(part);
    if (csv != null) {
      line(i -> schema.columns().get(i).name());
    }
  }

  private static boolean parquet(Path to) {
    return to.toString().toLowerCase(Locale.ROOT).endsWith(".parquet");
  }

  /**
   * Looks whether a file can be written, before there are rows.
   *
   * @throws HeadwaterException USAGE if it is there, or of another format
   */
  static void check(Path to, boolean force) {
    if (!parquet(to) && !to.toString().toLowerCase(Locale.ROOT).endsWith(".csv")) {
      throw wrong(
          "Cannot write " + to + ": it is neither .parquet nor .csv.",
          "name it so: train.parquet.");
    }
    if (Files.isDirectory(to)) {
      throw wrong("Cannot write " + to + ": it is a folder.", "name a file in it.");
    }
    if (Files.exists(to) && !force) {
      throw wrong(
          "There is a file " + to + " already.", "name another one, or replace it: --force.");
    }
    Path folder = to.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw wrong("Cannot write " + to + ": there is no folder " + folder + ".", "make it.");
    }
  }

  private static HeadwaterException wrong(String what, String fix) {
    return new HeadwaterException(HeadwaterException.Kind.USAGE, what, fix);
  }

  /** Begins the file beside where it will be. */
  static DatasetFile create(Path to, Schema schema) throws IOException {
    Path whole = to.toAbsolutePath();
    Path part = whole.resolveSibling("." + whole.getFileName() + "." + UUID.randomUUID());
    return new DatasetFile(whole, part, schema);
  }

  void write(RowBatch batch) throws IOException {
    if (parquet != null) {
      parquet.write(batch);
      return;
    }
    Values[] values = new Values[schema.columns().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Values.of(batch.column(i), schema.columns().get(i).type());
    }
    for (int row = 0; row < batch.size(); row++) {
      int at = row;
      line(i -> TableAnswers.shown(schema.columns().get(i).type(), values[i].at(at)));
    }
  }

  private interface Cell {
    @Nullable Object at(int column);
  }

  /** A line of RFC 4180: null is nothing, an empty text is two quotes. */
  private void line(Cell cells) throws IOException {
    BufferedWriter out = java.util.Objects.requireNonNull(csv);
    for (int i = 0; i < schema.columns().size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      Object value = cells.at(i);
      if (value != null) {
        out.write(quoted(value.toString()));
      }
    }
    out.write("\r\n");
  }

  private static String quoted(String text) {
    boolean plain = !text.isEmpty() && text.chars().noneMatch(c -> c == ',' || c == '"' || c < ' ');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** Ends the file and puts it in its place. */
  void finish() throws IOException {
    if (parquet != null) {
      parquet.finish();
    } else if (csv != null) {
      csv.close();
    }
    Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() {
    try {
      if (parquet != null) {
        parquet.close();
      } else if (csv != null) {
        csv.close();
      }
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

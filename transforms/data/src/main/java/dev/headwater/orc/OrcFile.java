package dev.headwater.orc;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.FileShape;
import dev.headwater.files.RowSource;
import dev.headwater.files.SourceFault;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.InputFile;
import org.apache.orc.Reader;
import org.apache.orc.StripeInformation;

/**
 * An open ORC file whose footer is read. Its faults are exceptions of kind DATA that name the file,
 * and the stripe by its first byte.
 */
public final class OrcFile implements Closeable {
  private final String path;
  private final Reader reader;

  private OrcFile(String path, Reader reader) {
    this.path = path;
    this.reader = reader;
  }

  /**
   * Opens a file.
   *
   * @throws HeadwaterException DATA if it is missing, no ORC file, or damaged
   */
  public static OrcFile open(InputFile file) {
    try {
      OrcInput input = new OrcInput(file);
      Reader reader =
          org.apache.orc.OrcFile.createReader(
              OrcInput.PATH,
              org.apache.orc.OrcFile.readerOptions(new Configuration(false))
                  .filesystem(input)
                  .maxLength(file.getLength())
                  .useUTCTimestamp(true)
                  .convertToProlepticGregorian(true));
      long rows = reader.getStripes().stream().mapToLong(StripeInformation::getNumberOfRows).sum();
      if (rows != reader.getNumberOfRows()) {
        throw new IOException("its stripes disagree with its number of rows");
      }
      return new OrcFile(file.location(), reader);
    } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
      // A damaged footer may ask for any amount of memory, or nest without end.
      throw e instanceof Exception fault
          ? SourceFault.of(file.location(), fault)
          : SourceFault.of(file.location(), "its footer is damaged", new IOException(e));
    }
  }

  /**
   * Its columns, and where its stripes lie.
   *
   * @throws HeadwaterException DATA if no table can hold its rows
   */
  public FileShape shape() {
    Schema schema;
    try {
      schema = OrcTypes.of(reader.getSchema());
    } catch (IllegalArgumentException e) {
      throw SourceFault.of(path, String.valueOf(e.getMessage()), "write it with another schema.");
    }
    List<FileShape.Piece> pieces = new ArrayList<>();
    long before = 0;
    for (StripeInformation stripe : reader.getStripes()) {
      pieces.add(
          new FileShape.Piece(
              stripe.getOffset(), stripe.getLength(), before, stripe.getNumberOfRows()));
      before += stripe.getNumberOfRows();
    }
    Set<String> nulls = new HashSet<>();
    for (int i = 0; i < schema.columns().size(); i++) {
      int id = reader.getSchema().getChildren().get(i).getId();
      if (reader.getStatistics()[id].hasNull()) {
        nulls.add(schema.columns().get(i).name());
      }
    }
    return new FileShape(schema, nulls, pieces);
  }

  /**
   * The rows of the stripes that begin within these bytes.
   *
   * @param columns the columns to read, by name; one that the file lacks is null
   */
  public RowSource rows(Schema columns, long start, long length) {
    try {
      return new OrcStripes(path, reader, columns, start, length);
    } catch (IOException | RuntimeException e) {
      throw SourceFault.of(path, e);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}

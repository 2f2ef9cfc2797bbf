package dev.headwater.parquet;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.commit.FileCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;

/** A file is there, is as long as its metadata says, and its footer counts the same rows. */
public final class FooterCheck implements FileCheck {
  private static final long serialVersionUID = 1;

  @Override
  public void check(FileIO io, DataFile file) {
    InputFile input = io.newInputFile(file.location());
    long rows;
    try (ParquetFile open = ParquetFile.open(input)) {
      rows = open.rows();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (input.getLength() != file.fileSizeInBytes() || rows != file.recordCount()) {
      throw new HeadwaterException(
          Kind.FAILED,
          "Cannot commit "
              + file.location()
              + ": it has "
              + input.getLength()
              + " bytes and "
              + rows
              + " rows, not "
              + file.fileSizeInBytes()
              + " and "
              + file.recordCount()
              + ".",
          "run it again; look after the disk if it happens again.");
    }
  }
}

package dev.headwater.catalog;

import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/** Local files with the faults of whoever uses it at the time, for catalogs that load a class. */
public final class FaultyFiles implements FileIO {
  private static final long serialVersionUID = 1;
  private static volatile FileIO files = new LocalFileIO();

  static void with(Faults faults) {
    files = faults.files(new LocalFileIO());
  }

  @Override
  public InputFile newInputFile(String location) {
    return files.newInputFile(location);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return files.newOutputFile(location);
  }

  @Override
  public void deleteFile(String location) {
    files.deleteFile(location);
  }
}

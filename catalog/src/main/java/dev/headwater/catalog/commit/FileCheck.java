package dev.headwater.catalog.commit;

import java.io.Serializable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.FileIO;

/** Looks once more at a file that is about to be committed. */
@FunctionalInterface
public interface FileCheck extends Serializable {
  /**
   * Returns if the file is what its metadata says.
   *
   * @throws dev.headwater.catalog.HeadwaterException if it is not
   */
  void check(FileIO io, DataFile file);
}

package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.Serializable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;

/** Looks once more at a file that is about to be committed. */
@FunctionalInterface
public interface FileCheck extends Serializable {
  /** The file is there, and as long as its metadata says. */
  FileCheck LENGTH =
      (io, file) -> {
        long length;
        try {
          length = io.newInputFile(file.location()).getLength();
        } catch (NotFoundException e) {
          throw new HeadwaterException(
              Kind.FAILED,
              "Cannot commit %s: the file is not there.".formatted(file.location()),
              "Run again; the files are written anew.",
              e);
        }
        if (length != file.fileSizeInBytes()) {
          throw new HeadwaterException(
              Kind.FAILED,
              "Cannot commit %s: it has %d bytes, %d were written."
                  .formatted(file.location(), length, file.fileSizeInBytes()),
              "Look at the disk, and run again; the files are written anew.");
        }
      };

  /**
   * Returns if the file is what its metadata says.
   *
   * @throws HeadwaterException if it is not; any other exception is taken for a passing fault
   */
  void check(FileIO io, DataFile file);

  /** This check, then another. */
  default FileCheck and(FileCheck next) {
    return (io, file) -> {
      check(io, file);
      next.check(io, file);
    };
  }
}

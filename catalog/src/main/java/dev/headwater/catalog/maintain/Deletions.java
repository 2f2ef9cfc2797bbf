package dev.headwater.catalog.maintain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SupportsBulkOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes files that nobody needs. */
final class Deletions {
  private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);

  private Deletions() {}

  /** Those that could not be deleted; what was gone already is none of them. */
  static List<String> of(FileIO io, Collection<String> paths) {
    List<String> left = new ArrayList<>();
    if (paths.isEmpty()) {
      return left;
    }
    if (io instanceof SupportsBulkOperations bulk) {
      try {
        bulk.deleteFiles(paths);
        return left;
      } catch (BulkDeletionFailureException e) {
        LOG.warn("{} files could not be deleted at once; one by one", e.numberFailedObjects(), e);
      }
    }
    for (String path : paths) {
      try {
        io.deleteFile(path);
      } catch (NotFoundException e) {
        LOG.debug("{} was gone already", path);
      } catch (RuntimeException e) {
        LOG.warn("{} could not be deleted", path, e);
        left.add(path);
      }
    }
    return left;
  }
}

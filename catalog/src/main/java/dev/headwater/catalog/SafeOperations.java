package dev.headwater.catalog;

import dev.headwater.catalog.HeadwaterException.Kind;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.jspecify.annotations.Nullable;

/**
 * A table's operations, which say "unknown" for every failed commit that is not certain to have had
 * no effect: so nobody deletes files that may be in use.
 */
final class SafeOperations implements ForwardingOperations {
  /** How far a catalog's own "conflict" can be trusted. */
  enum Trust {
    /** It is said only when the table was seen not to change. */
    CONFLICTS_ARE_CERTAIN,
    /** A client may have sent a swap twice, and met the first one: the table is asked. */
    ASK,
    /** Nothing may be changed at all. */
    READ_ONLY
  }

  private final TableOperations operations;
  private final Trust trust;

  SafeOperations(TableOperations operations, Trust trust) {
    this.operations = operations;
    this.trust = trust;
  }

  @Override
  public TableOperations operations() {
    return operations;
  }

  @Override
  public TableMetadata current() {
    return MetadataReads.look(operations::current);
  }

  @Override
  public TableMetadata refresh() {
    return MetadataReads.look(operations::refresh);
  }

  @Override
  public void commit(@Nullable TableMetadata base, TableMetadata metadata) {
    if (trust == Trust.READ_ONLY) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot change the table in %s: its catalog is only read from here."
              .formatted(metadata.location()),
          "Set 'access: write' on the catalog, if its tables are yours to change.");
    }
    try {
      operations.commit(base, metadata);
    } catch (CommitFailedException
        | BadRequestException
        | ForbiddenException
        | NotAuthorizedException e) {
      if (trust == Trust.ASK && landed(base, metadata)) {
        return;
      }
      throw e;
    } catch (AlreadyExistsException | CommitStateUnknownException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CommitStateUnknownException(e);
    }
  }

  /** Whether the snapshot that the commit was to bring is in the table after all. */
  private boolean landed(@Nullable TableMetadata base, TableMetadata metadata) {
    Snapshot brought = metadata.currentSnapshot();
    if (brought == null || (base != null && base.snapshot(brought.snapshotId()) != null)) {
      return false;
    }
    try {
      return operations.refresh().snapshot(brought.snapshotId()) != null;
    } catch (RuntimeException e) {
      throw new CommitStateUnknownException(e);
    }
  }
}

package dev.headwater.catalog;

import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.jspecify.annotations.Nullable;

/**
 * A table's operations that are other ones, but for what they override. Data lies where the
 * metadata says that is current here.
 */
public interface ForwardingOperations extends TableOperations {
  /** The other ones. */
  TableOperations operations();

  @Override
  default TableMetadata current() {
    return operations().current();
  }

  @Override
  default TableMetadata refresh() {
    return operations().refresh();
  }

  @Override
  default void commit(@Nullable TableMetadata base, TableMetadata metadata) {
    operations().commit(base, metadata);
  }

  @Override
  default FileIO io() {
    return operations().io();
  }

  @Override
  default EncryptionManager encryption() {
    return operations().encryption();
  }

  @Override
  default String metadataFileLocation(String fileName) {
    return operations().metadataFileLocation(fileName);
  }

  @Override
  default LocationProvider locationProvider() {
    return LocationProviders.locationsFor(current().location(), current().properties());
  }

  @Override
  default TableOperations temp(TableMetadata uncommittedMetadata) {
    return operations().temp(uncommittedMetadata);
  }

  @Override
  default long newSnapshotId() {
    return operations().newSnapshotId();
  }
}

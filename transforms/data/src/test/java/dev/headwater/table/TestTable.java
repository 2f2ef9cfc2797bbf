package dev.headwater.table;

import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.Files;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.io.OutputFile;

/** A table without a catalog: its files are written and read, never committed. */
public final class TestTable implements TableOperations, FileIO {
  private static final long serialVersionUID = 1;
  private final transient TableMetadata metadata;

  public TestTable(
      Schema schema, PartitionSpec spec, String location, Map<String, String> properties) {
    this(schema, spec, SortOrder.unsorted(), location, properties);
  }

  TestTable(
      Schema schema,
      PartitionSpec spec,
      SortOrder order,
      String location,
      Map<String, String> properties) {
    Map<String, String> all = new HashMap<>(properties);
    all.putIfAbsent("format-version", "2");
    this.metadata = TableMetadata.newTableMetadata(schema, spec, order, location, all);
  }

  @Override
  public TableMetadata current() {
    return metadata;
  }

  @Override
  public TableMetadata refresh() {
    return metadata;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata next) {
    throw new UnsupportedOperationException("this table only has files");
  }

  @Override
  public FileIO io() {
    return this;
  }

  @Override
  public String metadataFileLocation(String name) {
    return metadata.location() + "/metadata/" + name;
  }

  @Override
  public LocationProvider locationProvider() {
    return LocationProviders.locationsFor(metadata.location(), metadata.properties());
  }

  @Override
  public InputFile newInputFile(String path) {
    return Files.localInput(path);
  }

  @Override
  public OutputFile newOutputFile(String path) {
    return Files.localOutput(path);
  }

  @Override
  public void deleteFile(String path) {
    throw new UnsupportedOperationException("nothing is deleted here");
  }
}

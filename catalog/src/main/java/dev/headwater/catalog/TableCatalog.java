package dev.headwater.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;

/** The catalog behind table names. */
@SuppressWarnings("DoNotCallSuggester")
public final class TableCatalog implements AutoCloseable {
  private final CatalogConfig config;

  private TableCatalog(CatalogConfig config) {
    this.config = config;
  }

  public static TableCatalog open(CatalogConfig config) {
    return new TableCatalog(config);
  }

  public Table load(TableRef ref) {
    throw new UnsupportedOperationException();
  }

  public Optional<Table> find(TableRef ref) {
    throw new UnsupportedOperationException();
  }

  public Table create(
      TableRef ref,
      Schema schema,
      PartitionSpec spec,
      SortOrder order,
      Map<String, String> properties) {
    throw new UnsupportedOperationException();
  }

  public List<TableRef> list(String namespace) {
    throw new UnsupportedOperationException();
  }

  public CatalogConfig config() {
    return config;
  }

  @Override
  public void close() {}
}

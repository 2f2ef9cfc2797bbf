package dev.headwater.pipelines;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.project.Keep;
import dev.headwater.pipelines.project.Partition;
import dev.headwater.pipelines.project.Sort;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.table.Routes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;

/** Tables that a route makes on the way, each as the one is declared that its rows are from. */
record RoutedTables(List<String> partition, List<String> sort, Map<String, String> properties)
    implements Routes.Create {
  private static final long serialVersionUID = 1;

  RoutedTables {
    partition = new ArrayList<>(partition);
    sort = new ArrayList<>(sort);
    properties = new HashMap<>(properties);
  }

  static RoutedTables of(TableDecl table, Keep keep) {
    return new RoutedTables(
        table.partition().stream().map(Partition::toString).toList(),
        keep.sort().stream().map(Sort::toString).toList(),
        keep.settings().whole());
  }

  @Override
  public PartitionSpec spec(String table, Schema schema) {
    return Partition.spec(schema, partition.stream().map(Partition::parse).toList());
  }

  @Override
  public Table create(TableCatalog open, TableRef ref, Schema schema) {
    return open.create(
        ref,
        schema,
        spec(ref.name(), schema),
        Sort.order(schema, sort.stream().map(Sort::parse).toList()),
        properties);
  }
}

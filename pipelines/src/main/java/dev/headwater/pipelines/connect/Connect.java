package dev.headwater.pipelines.connect;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.iceberg.Table;

/** What opens a project's catalog in another tool. */
public final class Connect {
  /** The tools that are known. */
  public enum Client {
    PYICEBERG,
    DUCKDB,
    SPARK,
    TRINO;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private Connect() {}

  /**
   * The text for a tool.
   *
   * @param catalog opened where there are tables to look at
   * @param tables the project's tables in this catalog; those that are there are shown
   * @throws dev.headwater.catalog.HeadwaterException USAGE if the tool opens no such catalog
   */
  public static String text(
      Client client, CatalogConfig config, Supplier<TableCatalog> catalog, List<TableRef> tables) {
    Connection connection = Connection.of(config);
    List<TableRef> there =
        tables.stream()
            .filter(ref -> catalog.get().find(ref).map(Table::currentSnapshot).isPresent())
            .toList();
    String first =
        there.isEmpty()
            ? "<namespace>.<table>"
            : there.get(0).namespace() + "." + there.get(0).name();
    return switch (client) {
      case PYICEBERG -> Snippets.pyiceberg(connection, first);
      case SPARK -> Snippets.spark(connection, first);
      case TRINO -> Snippets.trino(connection, first);
      case DUCKDB -> connection.rest() ? Duck.server(connection, first) : views(catalog, there);
    };
  }

  private static String views(Supplier<TableCatalog> catalog, List<TableRef> tables) {
    List<String> views = new ArrayList<>();
    for (TableRef ref : tables) {
      views.add(Duck.view(ref, catalog.get().load(ref)));
    }
    boolean extension = views.stream().anyMatch(view -> view.contains("iceberg_scan("));
    return "-- The tables as they are now: ask again after a run.\n"
        + (extension ? "install iceberg;\nload iceberg;\n" : "")
        + String.join("", views);
  }

  /** Where the secrets are that it needs, by property. */
  public static List<String> secrets(CatalogConfig config) {
    return List.copyOf(Connection.of(config).secrets().values());
  }
}

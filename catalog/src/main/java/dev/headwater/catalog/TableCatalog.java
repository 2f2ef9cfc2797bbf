package dev.headwater.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * The catalog behind table names: SQLite and local files, or PostgreSQL. Its tables can be changed
 * through Iceberg's own interfaces too; no failure of theirs deletes what may be in use. Safe for
 * use by several threads and processes.
 */
public final class TableCatalog implements AutoCloseable {
  private static final int OPEN_ATTEMPTS = 5;

  private final CatalogConfig config;
  private final SafeJdbcCatalog catalog;
  private final FileIO io;

  private TableCatalog(CatalogConfig config, SafeJdbcCatalog catalog, FileIO io) {
    this.config = config;
    this.catalog = catalog;
    this.io = io;
  }

  /**
   * Connects, and creates the catalog's own tables where they are missing.
   *
   * @throws HeadwaterException UNREACHABLE if the database is locked, damaged or does not answer
   */
  public static TableCatalog open(CatalogConfig config) {
    return open(config, Database.source(config), new LocalFileIO());
  }

  static TableCatalog open(CatalogConfig config, Database.Source source, FileIO io) {
    Map<String, String> properties = new HashMap<>();
    properties.put(CatalogProperties.URI, config.where());
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, warehouse(config));
    properties.put("jdbc.schema-version", "V1");
    for (int attempt = 1; ; attempt++) {
      Database database = new Database(config, source);
      try {
        SafeJdbcCatalog catalog = new SafeJdbcCatalog(io, database);
        catalog.initialize(config.name(), properties);
        return new TableCatalog(config, catalog, io);
      } catch (RuntimeException e) {
        database.close();
        // Of two processes that create the same tables at once, one fails and finds them next time.
        if (attempt == OPEN_ATTEMPTS || !raced(e)) {
          throw DatabaseTrouble.find(config, "open catalog '" + config.name() + "'", e)
              .orElseThrow(() -> e);
        }
      }
    }
  }

  private static boolean raced(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("already exists") || message.contains("duplicate")) {
        return true;
      }
    }
    return false;
  }

  private static String warehouse(CatalogConfig config) {
    String warehouse = config.properties().get(CatalogConfig.WAREHOUSE);
    if (warehouse == null || !warehouse.startsWith("file:/")) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Catalog '%s' has no local warehouse: %s.".formatted(config.name(), warehouse),
          "Set 'warehouse' to an absolute location, file:///path/to/warehouse.");
    }
    return LocalFileIO.location(LocalFileIO.path(warehouse));
  }

  /**
   * A table in its newest state.
   *
   * @throws HeadwaterException FAILED if there is none of this name
   */
  public Table load(TableRef ref) {
    return find(ref)
        .orElseThrow(
            () ->
                new HeadwaterException(
                    Kind.FAILED,
                    "Cannot find table %s in catalog %s.".formatted(ref, config.where()),
                    "Check the name, or run what creates it."));
  }

  public Optional<Table> find(TableRef ref) {
    checkCatalog(ref);
    return answer(
        "read table " + ref,
        () -> {
          try {
            return Optional.of(catalog.loadTable(ref.identifier()));
          } catch (NoSuchTableException e) {
            return Optional.empty();
          }
        });
  }

  /**
   * A new table. It has no snapshot yet.
   *
   * @throws HeadwaterException REFUSED if there is one of this name
   */
  public Table create(
      TableRef ref,
      Schema schema,
      PartitionSpec spec,
      SortOrder order,
      Map<String, String> properties) {
    checkCatalog(ref);
    TableIdentifier id = ref.identifier();
    Map<String, String> all = new HashMap<>(properties);
    all.putIfAbsent(TableProperties.FORMAT_VERSION, "2");
    TableMetadata metadata =
        TableMetadata.newTableMetadata(schema, spec, order, catalog.location(id), all);
    RuntimeException failure = tryCreate(ref, metadata);
    // Whatever was said: the table is ours if it has our id.
    Optional<Table> found = find(ref);
    if (found.isPresent() && found.get().uuid().toString().equals(metadata.uuid())) {
      return found.get();
    }
    if (found.isPresent()) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot create table %s: catalog %s has one of this name.".formatted(ref, config.where()),
          "Use the one that is there, or choose another name.",
          failure);
    }
    throw DatabaseTrouble.find(
            config, "create table " + ref, failure == null ? new IllegalStateException() : failure)
        .orElseGet(
            () ->
                new HeadwaterException(
                    Kind.FAILED,
                    "Cannot create table %s in %s.".formatted(ref, metadata.location()),
                    "Look at the cause, and run again.",
                    failure));
  }

  private @Nullable RuntimeException tryCreate(TableRef ref, TableMetadata metadata) {
    try {
      TableOperations operations = catalog.operations(ref.identifier());
      if (operations.current() != null) {
        return new AlreadyExistsException("Table already exists: %s", ref);
      }
      operations.commit(null, metadata);
      return null;
    } catch (AlreadyExistsException | CommitFailedException | CommitStateUnknownException e) {
      return e;
    } catch (RuntimeException e) {
      throw DatabaseTrouble.find(config, "create table " + ref, e).orElseThrow(() -> e);
    }
  }

  /** The tables of a namespace, by name. */
  public List<TableRef> list(String namespace) {
    return answer(
        "list the tables of " + namespace,
        () -> {
          try {
            return catalog.listTables(Namespace.of(namespace)).stream()
                .map(id -> new TableRef(config.name(), namespace, id.name()))
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
          } catch (NoSuchNamespaceException e) {
            return List.of();
          }
        });
  }

  public CatalogConfig config() {
    return config;
  }

  /** What reads and writes the tables' files, and the sources beside them. */
  public FileIO io() {
    return io;
  }

  @Override
  public void close() {
    catalog.close();
  }

  private void checkCatalog(TableRef ref) {
    if (!ref.catalog().equals(config.name())) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Table %s is not in catalog '%s'.".formatted(ref, config.name()),
          "Open catalog '%s'.".formatted(ref.catalog()));
    }
  }

  private <T> T answer(String doing, Supplier<T> question) {
    try {
      return question.get();
    } catch (MetadataReads.Unreadable e) {
      throw unreadable(doing, e.location(), e.reason());
    } catch (NotFoundException e) {
      throw new HeadwaterException(
          Kind.FAILED,
          "Cannot %s: its metadata is gone (%s).".formatted(doing, e.getMessage()),
          "Put the file back from a copy of the warehouse.",
          e);
    } catch (UncheckedIOException e) {
      throw new HeadwaterException(
          Kind.UNREACHABLE,
          "Cannot %s: its metadata cannot be read (%s).".formatted(doing, e.getMessage()),
          "See that the warehouse is there and readable for this user.",
          e);
    } catch (RuntimeException e) {
      throw DatabaseTrouble.find(config, doing, e).orElseThrow(() -> e);
    }
  }

  private static HeadwaterException unreadable(
      String doing, String location, RuntimeException reason) {
    if (reason instanceof UncheckedIOException
        && !(reason.getCause() instanceof JsonProcessingException)) {
      return new HeadwaterException(
          Kind.UNREACHABLE,
          "Cannot %s: its metadata cannot be read (%s).".formatted(doing, said(reason)),
          "See that the warehouse is there and readable for this user.",
          reason);
    }
    return new HeadwaterException(
        Kind.REFUSED,
        "Cannot %s: its metadata file %s is damaged (%s).".formatted(doing, location, said(reason)),
        "Put that file back from a copy of the warehouse.",
        reason);
  }

  private static String said(RuntimeException reason) {
    Throwable cause = reason.getCause();
    if (cause instanceof JsonProcessingException json) {
      return json.getOriginalMessage();
    }
    return String.valueOf((cause == null ? reason : cause).getMessage());
  }
}

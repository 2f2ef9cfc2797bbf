package dev.headwater.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.iceberg.BaseMetastoreCatalog;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * The catalog behind table names: SQLite or PostgreSQL, a server that speaks Iceberg's REST
 * protocol, or any other that Iceberg knows. Its tables can be changed through Iceberg's own
 * interfaces too; no failure of theirs deletes what may be in use. Safe for use by several threads
 * and processes.
 */
public final class TableCatalog implements AutoCloseable {
  private final CatalogConfig config;
  private final Catalog catalog;
  private final FileIO io;

  private TableCatalog(CatalogConfig config, Catalog catalog, FileIO io) {
    this.config = config;
    this.catalog = catalog;
    this.io = io;
  }

  /**
   * Connects; in a database, creates the catalog's own tables where they are missing.
   *
   * @throws HeadwaterException UNREACHABLE if the database is locked or damaged, or if it or the
   *     server does not answer; REFUSED if the server does not accept who asks
   */
  public static TableCatalog open(CatalogConfig config) {
    FileIO files = Catalogs.files(config);
    return new TableCatalog(config, Catalogs.open(config, files), files);
  }

  static TableCatalog open(CatalogConfig config, Database.Source source, FileIO io) {
    return new TableCatalog(config, Catalogs.jdbc(config, source, io), io);
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
            return Optional.of(safe(catalog.loadTable(ref.identifier())));
          } catch (NoSuchTableException | NoSuchNamespaceException e) {
            return Optional.empty();
          }
        });
  }

  /** Tables of Iceberg's JDBC catalog are made safe where it makes them; others here. */
  private Table safe(Table table) {
    boolean ours = catalog instanceof SafeJdbcCatalog && !config.readOnly();
    // A table that its server plans the scans of stays what it is: the committer does without.
    if (ours || table.getClass() != BaseTable.class) {
      return table;
    }
    BaseTable base = (BaseTable) table;
    SafeOperations.Trust trust =
        config.readOnly() ? SafeOperations.Trust.READ_ONLY : SafeOperations.Trust.ASK;
    return new BaseTable(
        new SafeOperations(base.operations(), trust), base.name(), base.reporter());
  }

  /**
   * A new table. It has no snapshot yet. The catalog says where it lies; a namespace that is
   * missing is created.
   *
   * @throws HeadwaterException REFUSED if there is one of this name, or if the catalog is only read
   */
  public Table create(
      TableRef ref,
      Schema schema,
      PartitionSpec spec,
      SortOrder order,
      Map<String, String> properties) {
    checkCatalog(ref);
    checkWritable("create table " + ref);
    Map<String, String> all = new HashMap<>(properties);
    all.putIfAbsent(TableProperties.FORMAT_VERSION, "2");
    Creation creation = new Creation(catalog, ref, schema, spec, order, all);
    RuntimeException failure = answer("create table " + ref, () -> creation.run());
    // Whatever was said: the table is ours if it has our id.
    Optional<Table> found = find(ref);
    if (found.isPresent() && found.get().uuid().equals(creation.uuid())) {
      return found.get();
    }
    if (found.isPresent()) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot create table %s: catalog %s has one of this name.".formatted(ref, config.where()),
          "Use the one that is there, or choose another name.",
          failure);
    }
    throw Trouble.find(
            config, "create table " + ref, failure == null ? new IllegalStateException() : failure)
        .orElseGet(
            () ->
                new HeadwaterException(
                    Kind.FAILED,
                    "Cannot create table %s in catalog %s.".formatted(ref, config.where()),
                    "Look at the cause, and run again.",
                    failure));
  }

  /**
   * Where a table that is not there yet will lie. Empty where only its creation tells: in catalogs
   * behind a server, and in those that give each table a place of its own.
   */
  public Optional<String> place(TableRef ref) {
    checkCatalog(ref);
    if (!(catalog instanceof BaseMetastoreCatalog)) {
      return Optional.empty();
    }
    return answer(
        "tell where table " + ref + " will lie",
        () -> {
          String place = planned(ref);
          return place.equals(planned(ref)) ? Optional.of(place) : Optional.empty();
        });
  }

  /** Of a table that is prepared, and not created. */
  private String planned(TableRef ref) {
    return catalog
        .buildTable(ref.identifier(), new Schema())
        .createTransaction()
        .table()
        .location();
  }

  /** The tables of a namespace, by name. */
  public List<TableRef> list(String namespace) {
    return answer(
        "list the tables of " + namespace,
        () -> {
          try {
            return catalog.listTables(TableRef.levels(namespace)).stream()
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

  /** Closes the connections; tables that were loaded before can still be read. */
  @Override
  public void close() {
    if (catalog instanceof Closeable open) {
      try {
        open.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Refuses what would change a table of a catalog that is only read.
   *
   * @throws HeadwaterException REFUSED if it is
   */
  public void checkWritable(String doing) {
    if (config.readOnly()) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot %s: catalog '%s' is only read from here.".formatted(doing, config.name()),
          "Set 'access: write' on the catalog, if its tables are yours to change.");
    }
  }

  private void checkCatalog(TableRef ref) {
    if (!ref.catalog().equals(config.name())) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Table %s is not in catalog '%s'.".formatted(ref, config.name()),
          "Open catalog '%s'.".formatted(ref.catalog()));
    }
  }

  private <T extends @Nullable Object> T answer(String doing, Supplier<T> question) {
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
      throw Trouble.find(config, doing, e).orElseThrow(() -> e);
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

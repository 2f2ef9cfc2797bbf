package dev.headwater.pipelines.testing;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.pipelines.project.Given;
import dev.headwater.pipelines.project.Isolated;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.SourceDecl;
import dev.headwater.pipelines.project.TestDecl;
import dev.headwater.pipelines.project.ViewDecl;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Types;

/** A test's own folder, with a project in it that has what is given and nothing else. */
final class Sandbox {
  private static final String FILES = "given";
  private static final long GROUP_BYTES = 32L << 20;

  private final Path folder;
  private final Project whole;
  private final TestDecl test;

  Sandbox(Path folder, Project whole, TestDecl test) {
    this.folder = folder;
    this.whole = whole;
    this.test = test;
  }

  /** Writes down what is given; what then is to run. */
  Isolated fill() throws IOException {
    Files.createDirectories(folder.resolve(".headwater"));
    Files.createDirectories(folder.resolve(FILES));
    Map<String, SourceDecl> sources = new LinkedHashMap<>();
    try (TableCatalog catalog = catalog()) {
      for (Map.Entry<String, Given> each : test.given().entrySet()) {
        String name = each.getKey();
        Given given = each.getValue();
        if (Isolated.fills(whole, name)) {
          sources.put(name, source(catalog, name, given));
        } else if (given.rows() == null) {
          sources.put(name, new SourceDecl(name, List.of(file(name, "csv", given)), csv(given)));
        } else {
          write(catalog, whole.name(), name, GivenColumns.of(whole, name, given, place()), given);
        }
      }
      if (!test.asked().isEmpty()) {
        asked(catalog);
      }
    }
    boolean limits = test.expected().fails() != null;
    Isolated alone = Isolated.of(whole, test, folder, sources, limits);
    contracts(alone.project(), limits);
    return alone;
  }

  private String place() {
    return test.place();
  }

  /** As its source reads it: texts as they are, other files as Parquet. */
  private SourceDecl source(TableCatalog catalog, String name, Given given) throws IOException {
    SourceDecl declared = Objects.requireNonNull(whole.sources().get(name));
    SourceFormat format = declared.format();
    if (given.rows() == null) {
      String ending = format.kind().word();
      return new SourceDecl(name, List.of(file(name, ending, given)), format);
    }
    if (declared.kafka() == null && format.kind().isText()) {
      String text = GivenText.of(format, given.rows());
      return new SourceDecl(
          name, List.of(file(name, format.kind().word(), Given.of(text), format)), format);
    }
    Schema schema = GivenColumns.of(whole, name, given, place());
    List<DataFile> files = write(catalog, FILES, name, schema, given);
    List<String> paths =
        files.stream().map(f -> Path.of(URI.create(f.location())).toString()).toList();
    return new SourceDecl(name, paths, SourceFormat.of(SourceFormat.Kind.PARQUET));
  }

  private static SourceFormat csv(Given given) {
    SourceFormat.Kind kind =
        given.file() == null ? null : SourceFormat.Kind.ofName(given.file().toString());
    List<SourceColumn> columns = given.columns();
    return SourceFormat.of(kind == null ? SourceFormat.Kind.CSV : kind).columns(columns);
  }

  private String file(String name, String ending, Given given) throws IOException {
    return file(name, ending, given, SourceFormat.of(SourceFormat.Kind.CSV));
  }

  private String file(String name, String ending, Given given, SourceFormat format)
      throws IOException {
    if (given.file() != null) {
      return given.file().toString();
    }
    Path file = folder.resolve(FILES).resolve(name + "." + ending);
    String text = Objects.requireNonNull(given.text());
    Files.writeString(file, text, Charset.forName(format.encoding()));
    return file.toString();
  }

  /** Keys are of the types that the view's table has, if that is given. */
  private void asked(TableCatalog catalog) throws IOException {
    ViewDecl view = Objects.requireNonNull(whole.features().get(test.target().name()));
    TableRef from = new TableRef(TableRef.DEFAULT_CATALOG, whole.name(), view.from());
    List<SourceColumn> columns = new ArrayList<>();
    Optional<Table> table = catalog.find(from);
    for (Types.NestedField field :
        table.map(t -> t.schema().columns()).orElse(List.<Types.NestedField>of())) {
      if (view.key().contains(field.name()) || view.time().equals(field.name())) {
        columns.add(SourceColumn.of(field.name(), field.type(), null));
      }
    }
    Given given = new Given(0, columns, test.asked(), null, null);
    Schema schema = GivenColumns.of(whole, view.name(), given, place());
    write(catalog, whole.name(), Isolated.ASKED, schema, given);
  }

  private List<DataFile> write(
      TableCatalog catalog, String namespace, String name, Schema schema, Given given)
      throws IOException {
    Table table =
        catalog.create(
            new TableRef(TableRef.DEFAULT_CATALOG, namespace, name),
            schema,
            PartitionSpec.unpartitioned(),
            SortOrder.unsorted(),
            Map.of());
    try (BatchWriter writer = BatchWriter.open(table, FILES, "test")) {
      writer.accept(
          TypedRows.of(
              table.schema(), Objects.requireNonNull(given.rows()), place() + ", given " + name));
      List<DataFile> files = writer.finish();
      AppendFiles append = table.newAppend();
      files.forEach(append::appendFile);
      append.commit();
      return files;
    }
  }

  /** Contracts as they are; few rows say nothing about how many may be bad. */
  private void contracts(Project alone, boolean limits) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    alone.tables().keySet().forEach(name -> contract(name, files));
    alone.derived().keySet().forEach(name -> contract(name, files));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path to = folder.resolve(Isolated.contract(file.getKey()));
      Files.createDirectories(Objects.requireNonNull(to.getParent()));
      String text = Files.readString(whole.origin().folder().resolve(file.getValue()));
      Files.writeString(to, limits ? text : text.replaceAll("(?m)^max_bad_(share|rows) *:.*$", ""));
    }
  }

  private void contract(String table, Map<String, String> files) {
    String own =
        whole.tables().containsKey(table)
            ? whole.tables().get(table).contract()
            : whole.derived().containsKey(table) ? whole.derived().get(table).contract() : null;
    if (own != null) {
      files.put(table, own);
    }
  }

  /** The rows of a table that the run has made; none if it isn't there. */
  Rows rows(String name) throws IOException {
    try (TableCatalog catalog = catalog()) {
      TableRef ref = new TableRef(TableRef.DEFAULT_CATALOG, whole.name(), name);
      Table table = catalog.find(ref).orElse(null);
      if (table == null || table.currentSnapshot() == null) {
        return new Rows(table == null ? new Schema() : table.schema(), List.of());
      }
      SnapshotRef now = new SnapshotRef(ref, table.uuid(), table.currentSnapshot().snapshotId());
      List<RowBatch> batches = new ArrayList<>();
      for (SplitGroup group : Splits.of(table, now, null, GROUP_BYTES, 1)) {
        try (CloseableIterator<RowBatch> rows = group.open(table, table.schema(), null)) {
          rows.forEachRemaining(batches::add);
        }
      }
      return new Rows(table.schema(), batches);
    }
  }

  /** A table's rows. */
  record Rows(Schema schema, List<RowBatch> batches) {
    long count() {
      return batches.stream().mapToLong(RowBatch::size).sum();
    }
  }

  private TableCatalog catalog() {
    return TableCatalog.open(CatalogConfig.embedded(folder.resolve(".headwater")));
  }
}

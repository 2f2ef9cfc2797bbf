package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Entry;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.pipelines.Launcher;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/** A project in a folder, and the command over it as its user has it. */
final class TestProject {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private String said = "";
  private Consumer<String> listener = line -> {};

  TestProject(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("data"));
  }

  Path folder() {
    return folder;
  }

  /** What the command printed last. */
  String said() {
    return said;
  }

  void yaml(String text) throws IOException {
    Files.writeString(folder.resolve("headwater.yaml"), text);
  }

  /** Who hears each line while the command is at work, in the thread that prints it. */
  void listen(Consumer<String> to) {
    listener = to;
  }

  int headwater(String... verb) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    PrintStream to =
        new PrintStream(both, true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            super.println(line);
            listener.accept(line);
          }
        };
    Session session =
        new Session(
            null, () -> ServiceLoader.load(Launcher.Provider.class).findFirst().orElseThrow());
    Screen screen = new Screen(to, to, false, false, false, false);
    List<String> all = new ArrayList<>(List.of(verb));
    all.addAll(List.of("-C", folder.toString()));
    int status = Headwater.execute(screen, session, all.toArray(String[]::new));
    said = both.toString(StandardCharsets.UTF_8);
    return status;
  }

  /** Writes {@code data/<name>.parquet}. */
  void file(String name, Schema schema, @Nullable Object[]... rows) throws IOException {
    write(folder.resolve("data/" + name + ".parquet"), schema, rows);
  }

  static void write(Path to, Schema schema, @Nullable Object[]... rows) throws IOException {
    Path work = Files.createTempDirectory(to.toAbsolutePath().getParent(), "work");
    TableMetadata metadata =
        TableMetadata.newTableMetadata(
            schema, PartitionSpec.unpartitioned(), work.toUri().toString(), Map.of());
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(work))) {
      FileIO io = catalog.io();
      Table table =
          new BaseTable(
              new StaticTableOperations(
                  metadata, io, LocationProviders.locationsFor(metadata.location(), Map.of())),
              "work");
      RowBatchBuilder batch = new RowBatchBuilder(table.schema());
      for (@Nullable Object[] row : rows) {
        batch.append(row);
      }
      try (BatchWriter out = BatchWriter.open(table, "s", "r")) {
        out.accept(batch.build());
        Path written = Path.of(URI.create(out.finish().get(0).location()));
        Files.move(written, to, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  static @Nullable Object[] row(@Nullable Object... values) {
    return values;
  }

  TableCatalog catalog() {
    return TableCatalog.open(CatalogConfig.embedded(folder.resolve(".headwater")));
  }

  /** The lineage events that wait for a server, in their order. */
  List<JsonNode> events() {
    List<JsonNode> events = new ArrayList<>();
    try (Registry registry = Registry.open(CatalogConfig.embedded(folder.resolve(".headwater")))) {
      for (Entry entry : registry.journal().pending(100_000)) {
        events.add(JSON.readTree(entry.payload()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return events;
  }

  /** Those of a job. */
  List<JsonNode> events(String job) {
    return events().stream().filter(e -> e.at("/job/name").asText().equals(job)).toList();
  }

  /** The rows of a table of the project's, each with all its values, sorted. */
  List<String> rows(TableRef ref) throws IOException {
    try (TableCatalog catalog = catalog()) {
      return rows(catalog.load(ref), ref);
    }
  }

  static List<String> rows(Table table, TableRef ref) throws IOException {
    List<String> out = inOrder(table, ref);
    out.sort(null);
    return out;
  }

  /** The rows as they lie in the files. */
  static List<String> inOrder(Table table, TableRef ref) throws IOException {
    List<String> out = new ArrayList<>();
    if (table.currentSnapshot() == null) {
      return out;
    }
    SnapshotRef now = new SnapshotRef(ref, table.uuid(), table.currentSnapshot().snapshotId());
    for (SplitGroup group : Splits.of(table, now, null, 1 << 20, 1)) {
      try (var batches = group.open(table.io(), table.schema(), null)) {
        batches.forEachRemaining(batch -> texts(batch, out));
      }
    }
    return out;
  }

  private static void texts(RowBatch batch, List<String> out) {
    for (int row = 0; row < batch.size(); row++) {
      List<String> cells = new ArrayList<>();
      for (int c = 0; c < batch.columns().size(); c++) {
        cells.add(
            String.valueOf(
                Values.of(batch.column(c), batch.schema().columns().get(c).type(), row)));
      }
      out.add(String.join(" ", cells));
    }
  }
}

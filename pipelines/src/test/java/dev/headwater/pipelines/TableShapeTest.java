package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Arrival;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Evolution;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.Settings;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.pipelines.project.Keep;
import dev.headwater.pipelines.project.Maintain;
import dev.headwater.pipelines.project.Sort;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.Snapshots;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TableShapeTest {
  private static final TableRef REF = TableRef.of("demo", "rides");
  private static final Schema NUMBERS =
      new Schema(NestedField.optional(1, "a", Types.LongType.get()));
  private static final Schema TEXTS =
      new Schema(
          NestedField.optional(1, "a", Types.StringType.get()),
          NestedField.optional(2, "b", Types.LongType.get()));
  private static final PartitionSpec BY_B = PartitionSpec.builderFor(TEXTS).identity("b").build();

  @TempDir private Path folder = Path.of("unset");
  private TableCatalog catalog;

  @BeforeEach
  void open() {
    catalog = TableCatalog.open(CatalogConfig.embedded(folder));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void aRunThatDiesBetweenItsRowsAndItsCommitLeavesColumnsAndRowsAsTheyWere() throws Exception {
    TableShape first = TableShape.exactly(catalog, REF, NUMBERS, PartitionSpec.unpartitioned());
    assertThat(first.shape()).isNull();
    SnapshotRef before = commit("r1", first, write(first, 1L));

    TableShape next = TableShape.exactly(catalog, REF, TEXTS, BY_B);
    write(next, "one", 7L);
    // Here it dies.
    Table table = catalog.load(REF);
    assertThat(table.schema().columns()).hasSize(1);
    assertThat(table.spec().isUnpartitioned()).isTrue();
    assertThat(rows()).containsExactly("[1]");

    TableShape again = TableShape.exactly(catalog, REF, TEXTS, BY_B);
    commit("r2", again, write(again, "one", 7L));
    table = catalog.load(REF);
    assertThat(table.schema().columns()).extracting(NestedField::name).containsExactly("a", "b");
    assertThat(table.schema().findField("a").fieldId()).as("another type, another id").isEqualTo(2);
    assertThat(table.spec().fields()).hasSize(1);
    assertThat(rows()).containsExactly("[one, 7]");
    assertThat(Snapshots.schema(table, before).sameSchema(NUMBERS)).isTrue();
    assertThat(TableShape.exactly(catalog, REF, TEXTS, BY_B).shape()).isNull();
  }

  @Test
  void columnsThatCameWithNewFilesAreThereOnlyOnceTheFilesAre() throws Exception {
    TableShape first = TableShape.exactly(catalog, REF, NUMBERS, PartitionSpec.unpartitioned());
    commit("r1", first, write(first, 1L));
    Schema more =
        new Schema(
            NestedField.optional(1, "a", Types.LongType.get()),
            NestedField.optional(2, "c", Types.StringType.get()));

    TableShape grown =
        TableShape.atLeast(catalog, REF, more, List.of(), Settings.NONE, SchemaPolicy.DEFAULT);
    DataFile file = write(grown, 2L, "two");
    assertThat(catalog.load(REF).schema().columns()).hasSize(1);
    new Committer(catalog)
        .commit(
            Change.append(REF, Token.ofRun("s", "r2", List.of()), List.of(file))
                .shape(grown.shape()));
    assertThat(rows()).containsExactlyInAnyOrder("[1, null]", "[2, two]");
    assertThat(
            TableShape.atLeast(catalog, REF, more, List.of(), Settings.NONE, SchemaPolicy.DEFAULT)
                .shape())
        .isNull();
    assertThat(
            TableShape.atLeast(
                    catalog, REF, NUMBERS, List.of(), Settings.NONE, SchemaPolicy.DEFAULT)
                .shape())
        .isNull();
  }

  @Test
  void settingsComeWithTheRowsOrByThemselvesAndGoBackWhenNoLongerDeclared() throws Exception {
    Settings sorted = settings(Map.of("write.target-file-size-bytes", "1000"), "a desc");
    TableShape first =
        TableShape.exactly(catalog, REF, NUMBERS, PartitionSpec.unpartitioned(), sorted);
    commit("r1", first, write(first, 1L));
    catalog.load(REF).updateProperties().set("owner", "somebody").commit();
    assertThat(sorted.lacking(REF, catalog.load(REF))).isEmpty();
    assertThat(catalog.load(REF).sortOrder().fields()).hasSize(1);

    Settings other =
        settings(Map.of("write.parquet.compression-codec", "gzip", "format-version", "3"));
    TableShape next =
        TableShape.exactly(catalog, REF, NUMBERS, PartitionSpec.unpartitioned(), other);
    DataFile file = write(next, 2L);
    assertThat(catalog.load(REF).sortOrder().isSorted()).as("not before its rows").isTrue();
    commit("r2", next, file);
    Table table = catalog.load(REF);
    assertThat(table.sortOrder().isSorted()).isFalse();
    assertThat(table.properties())
        .containsEntry("write.parquet.compression-codec", "gzip")
        .containsEntry("owner", "somebody")
        .doesNotContainKey("write.target-file-size-bytes");
    assertThat(TableUtil.formatVersion(table)).isEqualTo(3);

    assertThat(sorted.lacking(REF, table))
        .containsExactly(
            "write.target-file-size-bytes = 1000", "no write.parquet.compression-codec", "sort");
    long snapshot = table.currentSnapshot().snapshotId();
    sorted.settle(catalog, REF);
    sorted.settle(catalog, REF);
    table = catalog.load(REF);
    assertThat(sorted.lacking(REF, table)).isEmpty();
    assertThat(table.currentSnapshot().snapshotId()).isEqualTo(snapshot);
    Settings.NONE.settle(catalog, REF);
    assertThat(catalog.load(REF).properties())
        .doesNotContainKey("write.target-file-size-bytes")
        .doesNotContainKey(Settings.DECLARED);
    assertThat(catalog.load(REF).sortOrder().isSorted()).isFalse();
  }

  @Test
  void anOrderThatTheColumnsDoNotGiveAndALowerVersionAreRefused() {
    assertThatThrownBy(
            () ->
                TableShape.exactly(
                    catalog,
                    REF,
                    NUMBERS,
                    PartitionSpec.unpartitioned(),
                    settings(Map.of(), "day(a)")))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot sort table demo.rides as declared:")
        .hasMessageContaining(
            "Fix: name columns that it has, and transforms that their types take");
    TableShape.exactly(catalog, REF, NUMBERS, PartitionSpec.unpartitioned());
    assertThatThrownBy(() -> settings(Map.of("format-version", "1")).settle(catalog, REF))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot give table demo.rides the format version 1: it has 2.");
  }

  private static Settings settings(Map<String, String> properties, String... sort) {
    return new Keep("default", Maintain.NONE, properties, Stream.of(sort).map(Sort::parse).toList())
        .settings();
  }

  @Test
  void filesThatDoNotFitTheTableAreNamed() {
    TableShape.exactly(catalog, REF, NUMBERS, PartitionSpec.unpartitioned());
    Arrival file = new Arrival("new.parquet", TEXTS, Set.of("a", "b"));
    Evolution to = Evolution.of(catalog.load(REF), List.of(file), SchemaPolicy.DEFAULT);
    assertThatThrownBy(() -> to.orStop("table rides", "tables.rides.schema"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("The rows do not fit table rides: column a is string in new.parquet,")
        .hasMessageContaining("but long in the table.");
  }

  private SnapshotRef commit(String run, TableShape into, DataFile file) {
    return new Committer(catalog)
        .commit(
            Change.replace(REF, Token.ofRun("s", run, List.of()), List.of(file))
                .shape(into.shape()))
        .snapshot()
        .orElseThrow();
  }

  private static DataFile write(TableShape into, Object... values) throws IOException {
    Schema schema = into.table().schema();
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      ColumnBuilder column = ColumnBuilder.of(schema.columns().get(i).type());
      column.append(values[i]);
      columns.add(column.build());
    }
    try (BatchWriter out = BatchWriter.open(into.table(), "s", "r")) {
      out.accept(RowBatch.of(schema, 1, columns));
      return out.finish().get(0);
    }
  }

  private List<String> rows() {
    Table table = catalog.load(REF);
    SnapshotRef now = new SnapshotRef(REF, table.uuid(), table.currentSnapshot().snapshotId());
    List<String> out = new ArrayList<>();
    for (SplitGroup group : Splits.of(table, now, null, 1 << 20, 1)) {
      try (var batches = group.open(table.io(), table.schema(), null)) {
        batches.forEachRemaining(batch -> out.addAll(texts(batch)));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return out;
  }

  private static List<String> texts(RowBatch batch) {
    List<String> out = new ArrayList<>();
    for (int row = 0; row < batch.size(); row++) {
      List<String> cells = new ArrayList<>();
      for (int c = 0; c < batch.columns().size(); c++) {
        Values values = Values.of(batch.column(c), batch.schema().columns().get(c).type());
        cells.add(String.valueOf(values.at(row)));
      }
      out.add(cells.toString());
    }
    return out;
  }
}

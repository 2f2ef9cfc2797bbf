package dev.headwater.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.SketchTable;
import dev.headwater.table.TablesOnDisk;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.datasketches.memory.Memory;
import org.apache.datasketches.theta.CompactSketch;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.Puffin;
import org.apache.iceberg.puffin.PuffinReader;
import org.apache.iceberg.puffin.StandardBlobTypes;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.Pair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sketches that lie beside a table's snapshots. */
final class TableProfileTest {
  private static final TableRef REF = TableRef.of("test", "t");
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "word", Types.StringType.get()),
          Types.NestedField.optional(
              3, "list", Types.ListType.ofOptional(4, Types.LongType.get())));

  @TempDir private Path folder = Path.of("unset");
  private TableCatalog catalog;
  private int runs;

  @BeforeEach
  void open() {
    catalog = TableCatalog.open(CatalogConfig.embedded(folder));
    catalog.create(REF, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private record Rows(List<DataFile> files, TableSketch sketch) {}

  private Rows write(Table table, long from, long to) throws Exception {
    try (BatchWriter writer = BatchWriter.open(table, "test", "r" + runs++).sketching()) {
      RowBatchBuilder batch = new RowBatchBuilder(SCHEMA);
      for (long id = from; id < to; id++) {
        batch.append(id, id % 2 == 0 ? "even" : null, List.of(id));
      }
      writer.accept(batch.build());
      return new Rows(writer.finish(), writer.sketch());
    }
  }

  private long append(long from, long to) throws Exception {
    return commit(true, from, to);
  }

  private long replace(long from, long to) throws Exception {
    return commit(false, from, to);
  }

  /** Rows with these ids, added or instead of all others. */
  private long commit(boolean append, long from, long to) throws Exception {
    Rows rows = write(catalog.load(REF), from, to);
    Token token = Token.ofRun("test", "r" + runs, List.of());
    Change change =
        append ? Change.append(REF, token, rows.files()) : Change.replace(REF, token, rows.files());
    Long id =
        new Committer(catalog).commit(change, new SketchStatistics(rows.sketch())).snapshotId();
    return Objects.requireNonNull(id);
  }

  private Table table() {
    return catalog.load(REF);
  }

  private static ColumnSummary ids(TableProfile profile) {
    return profile.column("id", 3).orElseThrow();
  }

  private static StatisticsFile statistics(Table table, long snapshot) {
    return table.statisticsFiles().stream()
        .filter(file -> file.snapshotId() == snapshot)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void comeWithTheirSnapshotInOneStep() throws Exception {
    long first = append(0, 1_000);
    long second = append(1_000, 3_000);
    TableProfile all = TableProfile.of(table(), second);
    assertThat(all.rows()).isEqualTo(3_000);
    assertThat(all.missing()).isEmpty();
    assertThat(all.deletions()).isFalse();
    assertThat(ids(all).min()).isEqualTo(0L);
    assertThat(ids(all).max()).isEqualTo(2_999L);
    assertThat(ids(all).mean()).isCloseTo(1_499.5, within(1e-9));
    assertThat(all.column("word", 3).orElseThrow().nulls()).isEqualTo(1_500);
    assertThat(all.column("list", 3)).isEmpty();
    assertThat(TableProfile.of(table(), first).rows()).isEqualTo(1_000);
    TableProfile since = TableProfile.of(table(), first, second);
    assertThat(ids(since).min()).isEqualTo(1_000L);
    assertThat(since.rows()).isEqualTo(2_000);
    // Created, and two commits: no metadata of its own for the statistics.
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(f -> f.toString().endsWith(".metadata.json"))).hasSize(3);
    }
  }

  @Test
  void otherEnginesReadTheDistinctValuesOfTheWholeTable() throws Exception {
    append(0, 10_000);
    long last = append(5_000, 20_000);
    StatisticsFile file = statistics(table(), last);
    var ids =
        file.blobMetadata().stream()
            .filter(b -> b.type().equals(StandardBlobTypes.APACHE_DATASKETCHES_THETA_V1))
            .filter(b -> b.fields().equals(List.of(1)))
            .findFirst()
            .orElseThrow();
    long ndv = Long.parseLong(Objects.requireNonNull(ids.properties().get("ndv")));
    assertThat(ndv).isBetween(19_000L, 21_000L);
    assertThat(ids.sourceSnapshotId()).isEqualTo(last);
    assertThat(file.blobMetadata())
        .as("PyIceberg refuses a table with a type that it does not know")
        .allMatch(b -> b.type().equals(StandardBlobTypes.APACHE_DATASKETCHES_THETA_V1));
    try (PuffinReader reader = Puffin.read(table().io().newInputFile(file.path())).build()) {
      List<BlobMetadata> theta =
          reader.fileMetadata().blobs().stream()
              .filter(b -> b.type().equals(StandardBlobTypes.APACHE_DATASKETCHES_THETA_V1))
              .toList();
      assertThat(theta)
          .extracting(BlobMetadata::inputFields)
          .containsExactly(List.of(1), List.of(2));
      for (Pair<BlobMetadata, ByteBuffer> blob : reader.readAll(theta)) {
        byte[] bytes = new byte[blob.second().remaining()];
        blob.second().get(bytes);
        CompactSketch sketch = CompactSketch.heapify(Memory.wrap(bytes));
        assertThat(Math.round(sketch.getEstimate()))
            .isEqualTo(Long.parseLong(blob.first().properties().get("ndv")));
      }
    }
  }

  @Test
  void beginAnewWhereNoRowIsLeft() throws Exception {
    long first = append(0, 1_000);
    append(1_000, 2_000);
    replace(5_000, 5_010);
    long last = append(6_000, 6_005);
    assertThat(TableProfile.of(table(), last).rows()).isEqualTo(15);
    assertThat(ids(TableProfile.of(table(), last)).min()).isEqualTo(5_000L);
    assertThat(TableProfile.of(table(), first, last).rows()).isEqualTo(15);
    assertThat(TableProfile.of(table(), last).deletions()).isFalse();
  }

  @Test
  void nameWhatOthersAdded() throws Exception {
    append(0, 1_000);
    Table table = table();
    table.newAppend().appendFile(write(table, 1_000, 1_500).files().get(0)).commit();
    long others = table.currentSnapshot().snapshotId();
    long last = append(1_500, 1_600);
    TableProfile profile = TableProfile.of(table(), last);
    assertThat(profile.missing()).containsExactly(others);
    assertThat(profile.rows()).isEqualTo(1_100);
    assertThat(statistics(table(), last).blobMetadata())
        .as("too few distinct values would be told")
        .noneMatch(b -> b.type().equals(StandardBlobTypes.APACHE_DATASKETCHES_THETA_V1));
    long whole = replace(0, 10);
    assertThat(TableProfile.of(table(), whole).missing()).isEmpty();
  }

  @Test
  void stayWhereFilesAreRewritten() throws Exception {
    append(0, 1_000);
    Table table = table();
    DataFile old;
    try (var files = table.newScan().planFiles()) {
      old = files.iterator().next().file();
    }
    DataFile again = write(table, 0, 1_000).files().get(0);
    table.newRewrite().deleteFile(old).addFile(again).commit();
    long compacted = table.currentSnapshot().snapshotId();
    assertThat(TableProfile.of(table(), compacted).missing()).isEmpty();
    assertThat(TableProfile.of(table(), compacted).rows()).isEqualTo(1_000);
    long last = append(1_000, 1_500);
    assertThat(TableProfile.of(table(), last).missing()).isEmpty();
    assertThat(TableProfile.of(table(), last).deletions()).isFalse();
    assertThat(TableProfile.of(table(), compacted, last).rows()).isEqualTo(500);
    assertThat(statistics(table(), last).blobMetadata())
        .anyMatch(b -> b.type().equals(StandardBlobTypes.APACHE_DATASKETCHES_THETA_V1));
  }

  @Test
  void sayThatRowsWereDeleted() throws Exception {
    long first = append(0, 1_000);
    append(1_000, 1_500);
    Table table = table();
    table.newDelete().deleteFromRowFilter(Expressions.lessThan("id", 1_000L)).commit();
    long last = table.currentSnapshot().snapshotId();
    assertThat(TableProfile.of(table(), last).deletions()).isTrue();
    assertThat(TableProfile.of(table(), last).rows()).isEqualTo(1_500);
    assertThat(TableProfile.of(table(), first, last).deletions()).isTrue();
    table.newDelete().deleteFromRowFilter(Expressions.alwaysTrue()).commit();
    long empty = table.currentSnapshot().snapshotId();
    assertThat(TableProfile.of(table(), empty).rows()).isZero();
    assertThat(TableProfile.of(table(), empty).deletions()).isFalse();
  }

  @Test
  void aRewriteOfAllFilesDoesNotBeginAnew() throws Exception {
    append(0, 1_000);
    Table table = table();
    Rows added = write(table, 1_000, 1_010);
    List<DataFile> files = new ArrayList<>(added.files());
    files.addAll(write(table, 0, 990).files());
    List<DataFile> old = new ArrayList<>();
    try (var tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> old.add(task.file()));
    }
    Change rewrite =
        Change.of(
                REF,
                new Edit.Rewrite(
                    table.currentSnapshot().snapshotId(),
                    old,
                    List.of(),
                    Expressions.alwaysFalse()),
                Token.ofRun("test", "rewrite", List.of()),
                files)
            .summary(Map.of("headwater.fact.rows_carried", "990"));
    Long last =
        new Committer(catalog).commit(rewrite, new SketchStatistics(added.sketch())).snapshotId();

    TableProfile profile = TableProfile.of(table(), Objects.requireNonNull(last));
    assertThat(table().currentSnapshot().summary())
        .containsEntry("added-records", "1000")
        .containsEntry("total-records", "1000");
    assertThat(profile.rows()).as("all that came, the ten that went too").isEqualTo(1_010);
    assertThat(profile.deletions()).isTrue();
    assertThat(profile.missing()).isEmpty();
  }

  @Test
  void areTakenAnewOfTheRowsThatAreThere() throws Exception {
    long first = append(0, 1_000);
    Table table = table();
    table.newAppend().appendFile(write(table, 1_000, 1_500).files().get(0)).commit();
    table.newDelete().deleteFromRowFilter(Expressions.lessThan("id", 1_000L)).commit();
    long appended = append(2_000, 2_100);
    SnapshotRef now = new SnapshotRef(REF, table.uuid(), appended);
    assertThat(TableProfile.of(table(), appended).missing()).hasSize(1);

    assertThat(TablesOnDisk.run("sketch", SketchTable.of(catalog.config(), now, 2), 2))
        .containsExactly(600L);

    TableProfile profile = TableProfile.of(table(), appended);
    assertThat(profile.rows()).isEqualTo(600);
    assertThat(profile.missing()).isEmpty();
    assertThat(profile.deletions()).isFalse();
    assertThat(ids(profile).min()).isEqualTo(1_000L);
    assertThat(ids(profile).spread()).isNotNull();
    assertThat(statistics(table(), appended).blobMetadata())
        .filteredOn(b -> b.type().equals(StandardBlobTypes.APACHE_DATASKETCHES_THETA_V1))
        .anyMatch(b -> "600".equals(b.properties().get("ndv")));
    TableProfile since = TableProfile.of(table(), table().snapshot(appended).parentId(), appended);
    assertThat(since.rows()).as("what the commit added is still known").isEqualTo(100);
    assertThat(TableProfile.of(table(), first).rows()).isEqualTo(1_000);
    long last = append(3_000, 3_010);
    assertThat(TableProfile.of(table(), last).rows()).isEqualTo(610);
    assertThat(TableProfile.of(table(), last).missing()).isEmpty();
  }

  @Test
  void areExpiredWithTheirSnapshot() throws Exception {
    long first = append(0, 1_000);
    String file = statistics(table(), first).path();
    long last = append(1_000, 1_500);
    assertThat(table().io().newInputFile(file).exists()).isTrue();
    table().expireSnapshots().expireSnapshotId(first).commit();
    assertThat(table().statisticsFiles())
        .extracting(StatisticsFile::snapshotId)
        .containsExactly(last);
    assertThat(table().io().newInputFile(file).exists()).isFalse();
    assertThat(TableProfile.of(table(), last).rows()).isEqualTo(1_500);
    assertThat(TableProfile.of(table(), last).missing()).isEmpty();
    assertThatThrownBy(() -> TableProfile.of(table(), first, last))
        .hasMessageContaining("snapshot " + first + " is not before " + last);
  }

  @Test
  void anUnreadableFileIsNoneAndStopsNoCommit() throws Exception {
    long first = append(0, 1_000);
    table().io().deleteFile(statistics(table(), first).path());
    assertThat(TableProfile.of(table(), first).missing()).containsExactly(first);
    long last = append(1_000, 1_500);
    assertThat(TableProfile.of(table(), last).missing()).containsExactly(first);
    assertThat(TableProfile.of(table(), last).rows()).isEqualTo(500);
  }

  @Test
  void aTableMayBeWithout() throws Exception {
    Table table = table();
    table.updateProperties().set(SketchSettings.DEFAULT, "none").commit();
    append(0, 10);
    assertThat(table().statisticsFiles()).isEmpty();
  }
}

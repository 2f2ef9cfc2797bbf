package dev.headwater.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.Column;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.StructColumn;
import dev.headwater.columns.Values;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.ForeignTable;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import dev.headwater.table.TablesOnDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that deletes of every kind took out stay out, and the delete files go with the files. */
final class CompactDeletesTest {
  private static final TableRef REF = TableRef.of("demo", "rides");
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(
              2,
              "place",
              Types.StructType.of(
                  Types.NestedField.optional(3, "town", Types.StringType.get()),
                  Types.NestedField.optional(4, "gate", Types.IntegerType.get()))));
  private static final int FILES = 4;
  private static final int ROWS = 20;

  /** What takes rows out. */
  enum Kind {
    POSITIONS,
    EQUALITY,
    VECTORS
  }

  private final Path folder;
  private TableCatalog catalog;

  CompactDeletesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void open() {
    catalog = TableCatalog.open(CatalogConfig.embedded(folder));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  /** Files of ids 0 to 19, 20 to 39, ..., of which 3, 4 and 25 are deleted. */
  private void create(Kind kind) throws IOException {
    catalog.create(
        REF,
        SCHEMA,
        PartitionSpec.unpartitioned(),
        SortOrder.unsorted(),
        Map.of("format-version", kind == Kind.VECTORS ? "3" : "2"));
    for (int file = 0; file < FILES; file++) {
      append((long) file * ROWS, ROWS);
    }
    List<DataFile> files = files();
    switch (kind) {
      case POSITIONS ->
          foreign()
              .deletePositions(
                  files.subList(0, 2), new long[][] {{3, 4}, {5}}, FileFormat.PARQUET, null);
      case EQUALITY -> deleteEqual(3, 4, 25);
      case VECTORS -> foreign().deleteByVectors(files.subList(0, 2), new long[][] {{3, 4}, {5}});
    }
    assertThat(ids()).hasSize(77).doesNotContain(3L, 4L, 25L);
    assertThat(deletes()).isNotEmpty();
  }

  private void append(long from, int rows) throws IOException {
    RowBatchBuilder batch = new RowBatchBuilder(SCHEMA);
    for (long id = from; id < from + rows; id++) {
      Object[] place = id % 7 == 0 ? null : new Object[] {id % 5 == 0 ? null : "t" + id % 5, 1};
      batch.append(id, place);
    }
    Table table = catalog.load(REF);
    try (BatchWriter writer = BatchWriter.open(table, "test", "r" + from)) {
      writer.accept(batch.build());
      var append = table.newAppend();
      writer.finish().forEach(append::appendFile);
      append.commit();
    }
  }

  private void deleteEqual(long... ids) throws IOException {
    RowBatchBuilder gone = new RowBatchBuilder(SCHEMA.select("id"));
    LongStream.of(ids).forEach(gone::append);
    foreign().deleteEqual(gone.build(), FileFormat.PARQUET, null);
  }

  private ForeignTable foreign() {
    return new ForeignTable(catalog.load(REF));
  }

  private SnapshotRef snapshot() {
    Table now = catalog.load(REF);
    return new SnapshotRef(REF, now.uuid(), now.currentSnapshot().snapshotId());
  }

  private static CompactRule all(@Nullable Expression where, SortOrder order) {
    return new CompactRule(where, order, true, 0, 1);
  }

  private CompactPlan plan(CompactRule rule) {
    return CompactPlan.of(catalog.load(REF), snapshot(), rule);
  }

  private void run(CompactPlan plan, CompactRule rule, String run) {
    Token token = Token.ofRun("compact.rides", run, List.of("in"));
    CompactTable step =
        CompactTable.of(plan, catalog.load(REF), rule, catalog.config(), token, Map.of())
            .spill(folder.resolve("scratch").toString(), 2);
    try {
      assertThat(TablesOnDisk.run("compact", step, 2)).hasSize(1);
    } catch (Pipeline.PipelineExecutionException e) {
      throw e.getCause() instanceof HeadwaterException cause ? cause : e;
    }
  }

  private List<FileScanTask> tasks() throws IOException {
    List<FileScanTask> out = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = catalog.load(REF).newScan().planFiles()) {
      tasks.forEach(out::add);
    }
    return out;
  }

  private List<DataFile> files() throws IOException {
    return tasks().stream()
        .map(task -> task.file().copy())
        .sorted(Comparator.comparing(DataFile::dataSequenceNumber))
        .toList();
  }

  private List<String> deletes() throws IOException {
    return tasks().stream()
        .flatMap(task -> task.deletes().stream())
        .map(file -> file.location())
        .distinct()
        .toList();
  }

  /** The rows' ids, in the order of files and rows. */
  private List<Long> ids() throws IOException {
    List<Long> out = new ArrayList<>();
    Table now = catalog.load(REF);
    for (SplitGroup group : Splits.of(now, snapshot(), null, 1 << 26, 1)) {
      try (var batches = group.open(now.io(), SCHEMA, null)) {
        batches.forEachRemaining(
            batch -> {
              for (long id : ((LongColumn) batch.column(0)).values()) {
                out.add(id);
              }
            });
      }
    }
    return out;
  }

  private void nothingIsDeletedAnyMore() throws IOException {
    assertThat(deletes()).isEmpty();
    Snapshot now = catalog.load(REF).currentSnapshot();
    assertThat(now.deleteManifests(catalog.io()))
        .allMatch(m -> !m.hasAddedFiles() && !m.hasExistingFiles());
    assertThat(now.summary().getOrDefault("total-delete-files", "0")).isEqualTo("0");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void deletedRowsStayOutAndTheirDeleteFilesGo(Kind kind) throws Exception {
    create(kind);
    List<Long> before = ids();
    CompactRule rule = all(null, SortOrder.unsorted());

    run(plan(rule), rule, "c1");

    assertThat(files()).hasSize(1);
    assertThat(ids()).containsExactlyInAnyOrderElementsOf(before);
    nothingIsDeletedAnyMore();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatOtherFilesNeedStays(Kind kind) throws Exception {
    create(kind);
    CompactRule first = all(Expressions.lessThan("id", 20L), SortOrder.unsorted());
    assertThat(plan(first).files()).isEqualTo(1);

    run(plan(first), first, "c1");

    assertThat(new TreeSet<>(ids())).hasSize(77).doesNotContain(3L, 4L, 25L);
    assertThat(deletes()).hasSize(1);
    CompactRule rule = all(null, SortOrder.unsorted());
    run(plan(rule), rule, "c2");
    assertThat(new TreeSet<>(ids())).hasSize(77).doesNotContain(3L, 4L, 25L);
    nothingIsDeletedAnyMore();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aDeleteThatCameMeanwhileMakesItGiveWay(Kind kind) throws Exception {
    create(kind);
    CompactRule rule = all(null, SortOrder.unsorted());
    CompactPlan plan = plan(rule);
    switch (kind) {
      case POSITIONS ->
          foreign()
              .deletePositions(files().subList(3, 4), new long[][] {{0}}, FileFormat.PARQUET, null);
      case EQUALITY -> deleteEqual(60);
      case VECTORS -> foreign().deleteByVectors(files().subList(3, 4), new long[][] {{0}});
    }

    assertThatThrownBy(() -> run(plan, rule, "c1"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("others changed all of them meanwhile");
    assertThat(ids()).hasSize(76).doesNotContain(60L);
    run(plan(rule), rule, "c2");
    assertThat(ids()).hasSize(76).doesNotContain(60L);
    nothingIsDeletedAnyMore();
  }

  @Test
  void rowsAreSortedByAFieldOfAStructThatMayBeMissing() throws Exception {
    create(Kind.EQUALITY);
    List<Long> before = ids();
    SortOrder order = SortOrder.builderFor(SCHEMA).desc("place.town").asc("id").build();
    CompactRule rule = all(null, order);

    run(plan(rule), rule, "c1");

    assertThat(ids()).containsExactlyInAnyOrderElementsOf(before);
    List<String> towns = new ArrayList<>();
    Table now = catalog.load(REF);
    for (SplitGroup group : Splits.of(now, snapshot(), null, 1 << 26, 1)) {
      try (var batches = group.open(now.io(), SCHEMA, null)) {
        batches.forEachRemaining(
            batch -> {
              StructColumn place = (StructColumn) batch.column(1);
              Column town = place.fields().get(0);
              Values values = Values.of(town, Types.StringType.get());
              for (int row = 0; row < batch.size(); row++) {
                towns.add(place.isNull(row) ? "" : String.valueOf(values.at(row)));
              }
            });
      }
    }
    List<String> known = towns.stream().filter(t -> t.startsWith("t")).toList();
    assertThat(known).isSortedAccordingTo(Comparator.reverseOrder()).hasSizeGreaterThan(40);
    assertThat(towns.subList(0, known.size())).isEqualTo(known);
  }
}

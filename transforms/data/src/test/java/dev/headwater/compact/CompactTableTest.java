package dev.headwater.compact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
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
import java.util.Objects;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many files become few, or sorted ones, with the same rows. */
final class CompactTableTest {
  private static final TableRef REF = TableRef.of("demo", "rides");
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.required(2, "day", Types.IntegerType.get()),
          Types.NestedField.optional(3, "name", Types.StringType.get()),
          Types.NestedField.optional(4, "noise", Types.LongType.get()),
          Types.NestedField.optional(
              5, "tags", Types.ListType.ofOptional(6, Types.StringType.get())));

  private final Path folder;
  private TableCatalog catalog;
  private Table table;
  private long nextId;

  CompactTableTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void open() {
    catalog = TableCatalog.open(CatalogConfig.embedded(folder));
    table =
        catalog.create(
            REF,
            SCHEMA,
            PartitionSpec.builderFor(SCHEMA).identity("day").build(),
            SortOrder.builderFor(SCHEMA).asc("name").desc("id").build(),
            Map.of("write.target-file-size-bytes", "100000"));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  /** Each a file a day, in one append. */
  private void append(int files, int rows) throws IOException {
    Random random = new Random(7 + nextId);
    var append = catalog.load(REF).newAppend();
    for (int file = 0; file < files; file++) {
      for (int day = 0; day < 2; day++) {
        RowBatchBuilder batch = new RowBatchBuilder(SCHEMA);
        for (int row = 0; row < rows; row++) {
          String name = random.nextInt(10) == 0 ? null : "name " + random.nextInt(50);
          batch.append(nextId++, day, name, random.nextLong(), List.of("a", "b" + row));
        }
        try (BatchWriter writer = BatchWriter.open(table, "test", "r" + nextId)) {
          writer.accept(batch.build());
          writer.finish().forEach(append::appendFile);
        }
      }
    }
    append.commit();
  }

  private SnapshotRef snapshot() {
    Table now = catalog.load(REF);
    return new SnapshotRef(REF, now.uuid(), now.currentSnapshot().snapshotId());
  }

  private CompactPlan plan(CompactRule rule) {
    return CompactPlan.of(catalog.load(REF), snapshot(), rule);
  }

  private Committed run(CompactPlan plan, CompactRule rule, String run) {
    Token token = Token.ofRun("compact.rides", run, List.of("in"));
    CompactTable step =
        CompactTable.of(plan, catalog.load(REF), rule, catalog.config(), token, Map.of())
            .spill(folder.resolve("scratch").toString(), 2);
    List<Committed> done = TablesOnDisk.run("compact", step, 2);
    assertThat(done).hasSize(1);
    return done.get(0);
  }

  private List<DataFile> files() {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = catalog.load(REF).newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file().copy()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return files;
  }

  private record Line(long id, int day, @Nullable String name, Object noise, Object tags) {}

  private List<Line> rows() throws IOException {
    List<Line> rows = new ArrayList<>();
    Table now = catalog.load(REF);
    for (SplitGroup group : Splits.of(now, snapshot(), null, 1 << 26, 1)) {
      try (var batches = group.open(now.io(), SCHEMA, null)) {
        batches.forEachRemaining(batch -> rows.addAll(lines(batch)));
      }
    }
    rows.sort(Comparator.comparingLong(Line::id));
    return rows;
  }

  private static List<Line> lines(RowBatch batch) {
    List<Line> lines = new ArrayList<>();
    List<Values> values = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      values.add(Values.of(batch.column(i), SCHEMA.columns().get(i).type()));
    }
    for (int row = 0; row < batch.size(); row++) {
      lines.add(
          new Line(
              (Long) Objects.requireNonNull(values.get(0).at(row)),
              (Integer) Objects.requireNonNull(values.get(1).at(row)),
              (String) values.get(2).at(row),
              Objects.requireNonNull(values.get(3).at(row)),
              Objects.requireNonNull(values.get(4).at(row))));
    }
    return lines;
  }

  @Test
  void smallFilesOfAPartitionComeTogetherAndWhatIsAppendedMeanwhileStays() throws Exception {
    append(20, 100);
    List<Line> before = rows();
    CompactRule rule = CompactRule.pack();
    CompactPlan plan = plan(rule);
    assertThat(plan.files()).isEqualTo(40);
    assertThat(plan.rows()).isEqualTo(4_000);
    append(1, 10);

    Committed done = run(plan, rule, "c1");

    assertThat(files()).hasSizeLessThan(12);
    assertThat(rows()).hasSize(4_020).containsAll(before);
    assertThat(done.summary()).containsEntry("headwater.token", "compact.rides/c1");
    assertThat(run(plan, rule, "c1").already()).isTrue();
    assertThat(rows()).hasSize(4_020);
    assertThat(plan(rule).isEmpty()).isTrue();
  }

  @Test
  void onlyFilesThatMayMatchAreRewritten() throws Exception {
    append(10, 10);
    CompactRule rule =
        new CompactRule(Expressions.equal("day", 1), SortOrder.unsorted(), false, 0, 5);
    assertThat(plan(rule).files()).isEqualTo(10);
    run(plan(rule), rule, "c1");
    assertThat(files()).hasSize(11);
    assertThat(rows()).hasSize(200);
  }

  @Test
  void rowsThatWereDeletedDoNotComeBackThoughTheRuleIsOfOthers() throws Exception {
    append(1, 100);
    Table now = catalog.load(REF);
    PartitionData first = new PartitionData(now.spec().partitionType());
    first.set(0, 0);
    RowBatchBuilder gone = new RowBatchBuilder(SCHEMA);
    gone.append(15L, 0, null, null, null);
    new ForeignTable(now).deleteEqual(gone.build().select("id"), FileFormat.PARQUET, first);
    assertThat(rows()).hasSize(199);
    CompactRule rule =
        new CompactRule(Expressions.lessThan("id", 5L), table.sortOrder(), true, 0, 1);
    assertThat(plan(rule).files()).isEqualTo(1);
    run(plan(rule), rule, "c1");
    assertThat(rows()).hasSize(199).noneMatch(line -> line.id() == 15);
  }

  @Test
  void sortedFilesFollowEachOtherAndSayThatTheyAreSorted() throws Exception {
    append(6, 2_000);
    List<Line> before = rows();
    CompactRule rule = new CompactRule(null, table.sortOrder(), true, 25_000, 5);
    CompactPlan plan = plan(rule);

    run(plan, rule, "c1");

    assertThat(rows()).isEqualTo(before);
    assertThat(files()).hasSizeGreaterThan(5).allMatch(f -> Objects.equals(f.sortOrderId(), 1));
    for (int day = 0; day < 2; day++) {
      inOrder(day);
    }
  }

  /** The files of a day, one after the other by their first row, are in order as a whole. */
  private void inOrder(int day) throws IOException {
    List<List<Line>> files = new ArrayList<>();
    Table now = catalog.load(REF);
    for (DataFile file : files()) {
      if (file.partition().get(0, Integer.class) == day) {
        List<Line> lines = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = now.newScan().planFiles()) {
          for (FileScanTask task : tasks) {
            if (task.file().location().equals(file.location())) {
              var splits = Splits.of(now, List.of(task));
              try (var batches = new SplitGroup(splits).open(now.io(), SCHEMA, null)) {
                batches.forEachRemaining(batch -> lines.addAll(lines(batch)));
              }
            }
          }
        }
        files.add(lines);
      }
    }
    Comparator<Line> order =
        Comparator.comparing(Line::name, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Comparator.comparingLong(Line::id).reversed());
    files.sort((a, b) -> order.compare(a.get(0), b.get(0)));
    assertThat(files.stream().flatMap(List::stream).toList()).isSortedAccordingTo(order);
  }
}

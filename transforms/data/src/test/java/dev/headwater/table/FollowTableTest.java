package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.At;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Following a table, snapshot by snapshot and on the DirectRunner; StreamIT's neighbours do Flink.
 */
final class FollowTableTest {
  private static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "at", Types.TimestampType.withoutZone()));
  private static final TableRef REF = TableRef.of("test", "clicks");
  private static final Queue<Long> ROWS = new ConcurrentLinkedQueue<>();
  private static final Queue<Long> COUNTS = new ConcurrentLinkedQueue<>();

  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init")
  private TableCatalog catalog;

  @BeforeEach
  void create() {
    ROWS.clear();
    COUNTS.clear();
    catalog = TableCatalog.open(CatalogConfig.embedded(folder));
    catalog.create(REF, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private List<DataFile> write(long... ids) throws IOException {
    RowBatchBuilder rows = new RowBatchBuilder(SCHEMA);
    for (long id : ids) {
      // The time is the id in seconds.
      rows.append(id, id * 1_000_000);
    }
    try (BatchWriter writer = BatchWriter.open(catalog.load(REF), "test", "r1")) {
      writer.accept(rows.build());
      return writer.finish();
    }
  }

  private long append(long... ids) throws IOException {
    Table table = catalog.load(REF);
    TablesOnDisk.append(table, write(ids));
    return table.currentSnapshot().snapshotId();
  }

  /** All files become one, with the same rows. */
  private void rewrite(long... ids) throws IOException {
    Table table = catalog.load(REF);
    RewriteFiles rewrite = table.newRewrite();
    try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
      files.forEach(task -> rewrite.deleteFile(task.file()));
    }
    write(ids).forEach(rewrite::addFile);
    rewrite.commit();
  }

  private FollowPlan plan(FollowTable.Overwrites how, @Nullable String time) {
    Table now = catalog.load(REF);
    Wanted.Bound all = Wanted.ALL.bind(now.schema());
    return new FollowPlan(
        new SnapshotRef(REF, now.uuid(), -1), now.schema(), all, how, time, 1 << 20);
  }

  /** The ids of what came after a snapshot, with + and - where changes are told. */
  private List<String> after(FollowPlan plan, @Nullable Long last) throws IOException {
    Table now = catalog.load(REF);
    List<String> out = new ArrayList<>();
    for (Snapshot snapshot : plan.after(now, last)) {
      TreeSet<String> rows = new TreeSet<>();
      for (FollowPlan.Piece piece : plan.step(now, snapshot).pieces()) {
        RowChange change = piece.change();
        String sign = change == null ? "" : change.inserted() ? "+" : "-";
        try (CloseableIterator<RowBatch> batches =
            change == null
                ? Objects.requireNonNull(piece.rows()).open(now, SCHEMA, null)
                : change.open(now.io(), SCHEMA, null, null)) {
          batches.forEachRemaining(batch -> ids(batch).forEach(id -> rows.add(sign + id)));
        }
      }
      out.add(String.join(" ", rows));
    }
    return out;
  }

  private static List<Long> ids(RowBatch batch) {
    List<Long> out = new ArrayList<>();
    for (long id : ((LongColumn) batch.column("id")).values()) {
      out.add(id);
    }
    return out;
  }

  @Test
  void everySnapshotBringsItsRowsAndARewriteNone() throws Exception {
    long first = append(1, 2);
    append(3);
    rewrite(1, 2, 3);
    append(4, 5);
    FollowPlan plan = plan(FollowTable.Overwrites.FAIL, "at");
    assertThat(after(plan, null)).containsExactly("1 2", "3", "", "4 5");
    assertThat(after(plan, first)).containsExactly("3", "", "4 5");
    Table now = catalog.load(REF);
    assertThat(plan.after(now, now.currentSnapshot().snapshotId())).isEmpty();
    FollowPlan.Step last = plan.step(now, now.currentSnapshot());
    assertThat(last.least()).isEqualTo(4_000);
    assertThat(last.greatest()).isEqualTo(5_000);
    FollowPlan.Step whole = plan.whole(now, now.currentSnapshot().snapshotId());
    assertThat(whole.least()).isEqualTo(1_000);
    assertThat(whole.greatest()).isEqualTo(5_000);
  }

  @Test
  void whatDeletesRowsIsRefusedOrLeftOutOrTold() throws Exception {
    append(1, 2);
    append(3);
    Table table = catalog.load(REF);
    table.newDelete().deleteFromRowFilter(Expressions.lessThan("id", 3L)).commit();
    append(4);
    assertThatThrownBy(() -> after(plan(FollowTable.Overwrites.FAIL, null), null))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("deletes or replaces rows (operation delete)");
    assertThat(after(plan(FollowTable.Overwrites.SKIP, null), null))
        .containsExactly("1 2", "3", "", "4");
    assertThat(after(plan(FollowTable.Overwrites.CHANGES, null), null))
        .containsExactly("+1 +2", "+3", "-1 -2", "+4");
  }

  @Test
  void whatCannotBeFollowedAnyMoreSaysWhy() throws Exception {
    long first = append(1);
    long second = append(2);
    long third = append(3);
    FollowPlan plan = plan(FollowTable.Overwrites.FAIL, null);
    Table table = catalog.load(REF);
    table.expireSnapshots().expireSnapshotId(first).expireSnapshotId(second).commit();
    // What is done may expire.
    assertThat(after(plan, second)).containsExactly("3");
    assertThatThrownBy(() -> after(plan, first))
        .hasMessageContaining("snapshot " + second + ", which is to be read, has expired");
    assertThatThrownBy(() -> after(plan, null)).hasMessageContaining("has expired");
    long fourth = append(4);
    catalog.load(REF).manageSnapshots().rollbackTo(third).commit();
    append(5);
    assertThatThrownBy(() -> after(plan, fourth)).isInstanceOf(HeadwaterException.class);
    FollowPlan other =
        new FollowPlan(
            new SnapshotRef(REF, UUID.randomUUID(), -1),
            SCHEMA,
            Wanted.ALL.bind(SCHEMA),
            FollowTable.Overwrites.FAIL,
            null,
            1 << 20);
    assertThatThrownBy(() -> after(other, third)).hasMessageContaining("dropped and made anew");
  }

  @Test
  void aCatalogThatIsAwayIsAskedLessAndLess() {
    CatalogConfig away =
        CatalogConfig.postgresql("away", "jdbc:postgresql://127.0.0.1:1/none", folder);
    Follow follow =
        new Follow(
            away,
            plan(FollowTable.Overwrites.FAIL, null),
            FollowPlace.after(null),
            Duration.millis(500),
            Duration.ZERO);
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waits.add(
          follow
              .process(
                  new Reached.Tracker<>(FollowPlace.after(null)),
                  new WatermarkEstimators.Manual(BoundedWindow.TIMESTAMP_MIN_VALUE),
                  new NoOutput())
              .resumeDelay()
              .getMillis());
    }
    assertThat(waits).containsExactly(500L, 1_000L, 2_000L);
  }

  private static final class NoOutput implements DoFn.OutputReceiver<FollowPlan.Piece> {
    @Override
    public org.apache.beam.sdk.values.OutputBuilder<FollowPlan.Piece> builder(
        FollowPlan.Piece piece) {
      throw new AssertionError("nothing is known of the table");
    }
  }

  @Test
  void theStateThenWhatComesEachRowOnceAndWindowsClose() throws Exception {
    append(1, 2);
    append(30);
    DirectOptions options =
        PipelineOptionsFactory.fromArgs("--enforceImmutability=false", "--targetParallelism=2")
            .as(DirectOptions.class);
    options.setBlockOnRun(false);
    Pipeline pipeline = Pipeline.create(options);
    PCollection<Long> rows =
        pipeline
            .apply(
                FollowTable.of(catalog.config(), REF)
                    .time("at", Duration.standardSeconds(10))
                    .every(Duration.millis(200)))
            .apply("Ids", ParDo.of(new Ids()));
    rows.apply(Window.into(FixedWindows.of(Duration.standardMinutes(1))))
        .apply(Combine.globally(Count.<Long>combineFn()).withoutDefaults())
        .apply("Counts", ParDo.of(new Counts()));
    PipelineResult running = pipeline.run();
    try {
      await(() -> ROWS.size() >= 3);
      assertThat(COUNTS).as("the first minute is not over").isEmpty();
      append(40, 61);
      rewrite(1, 2, 30, 40, 61);
      append(75);
      // The watermark is at 65 s now.
      await(() -> !COUNTS.isEmpty());
      assertThat(COUNTS).containsExactly(4L);
      append(200);
      await(() -> ROWS.size() >= 7);
      assertThat(ROWS).containsExactlyInAnyOrder(1L, 2L, 30L, 40L, 61L, 75L, 200L);
    } finally {
      running.cancel();
    }
  }

  private static void await(BooleanSupplier done) throws InterruptedException {
    Instant late = Instant.now().plusSeconds(300);
    while (!done.getAsBoolean()) {
      assertThat(Instant.now()).as("waited for a minute").isBefore(late);
      Thread.sleep(50);
    }
  }

  private static final class Ids extends DoFn<RowBatch, Long> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element RowBatch batch, OutputReceiver<Long> out) {
      Values times = Values.of(batch.column("at"), Types.TimestampType.withoutZone());
      for (int row = 0; row < batch.size(); row++) {
        long id = ((LongColumn) batch.column("id")).values()[row];
        ROWS.add(id);
        long micros = (Long) Objects.requireNonNull(times.at(row));
        out.outputWithTimestamp(id, org.joda.time.Instant.ofEpochMilli(micros / 1_000));
      }
    }
  }

  private static final class Counts extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Long count) {
      COUNTS.add(count);
    }
  }

  @Test
  void whereToBeginIsOneOfItsStates() throws Exception {
    append(1);
    assertThatThrownBy(
            () ->
                Pipeline.create()
                    .apply(FollowTable.of(catalog.config(), REF).after(At.tag("none"))))
        .hasMessageContaining("no state 'tag:none'");
    assertThatThrownBy(
            () ->
                Pipeline.create()
                    .apply(FollowTable.of(catalog.config(), REF).time("id", Duration.ZERO)))
        .hasMessageContaining("no column with dates or timestamps");
  }
}

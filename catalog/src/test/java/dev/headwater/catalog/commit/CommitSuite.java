package dev.headwater.catalog.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.Backend;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What committing means, on every kind of database. */
abstract class CommitSuite {
  private static final TableRef REF = TableRef.of("demo", "rides");

  private final Backend backend;
  private TableCatalog catalog;
  private Committer committer;
  private Table table;

  CommitSuite(Backend backend) {
    this.backend = backend;
  }

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    catalog = TableCatalog.open(backend.fresh(directory));
    committer = new Committer(catalog, FileCheck.LENGTH, Duration.ofMinutes(2));
    table = FakeFiles.create(catalog, REF);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static Token token(String run) {
    return Token.ofRun("sink", run, List.of("input@1"));
  }

  private Committed append(String run, long... ids) {
    return committer.commit(Change.append(REF, token(run), List.of(FakeFiles.write(table, ids))));
  }

  private List<Long> ids() {
    return FakeFiles.ids(catalog.load(REF));
  }

  private List<String> tokens() {
    List<String> tokens = new ArrayList<>();
    catalog.load(REF).snapshots().forEach(s -> tokens.add(s.summary().get(SummaryKeys.TOKEN)));
    return tokens;
  }

  @Test
  void aRunThatWasEndedCommitsNothingMore() {
    append("r1", 1);
    Fence.raise(catalog, REF, "r1");
    assertThat(append("r1", 1).already()).as("what came before is there").isTrue();

    // It is ended between its look at the table and its swap.
    Change late = Change.append(REF, token("r2"), List.of(FakeFiles.write(table, 2)));
    assertThatThrownBy(
            () ->
                committer.commit(
                    late,
                    now -> {
                      Fence.raise(catalog, REF, "r2");
                      var append = now.newAppend();
                      late.files().forEach(append::appendFile);
                      return append;
                    }))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot commit sink/r2 to table demo.rides: the run was ended at ");
    for (int i = 0; i < 25; i++) {
      Fence.raise(catalog, REF, "s" + (10 + i));
    }
    assertThat(catalog.load(REF).properties().keySet())
        .filteredOn(key -> key.startsWith(Fence.ENDED))
        .hasSize(20)
        .contains(Fence.ENDED + "s34");
    append("r3", 3);
    assertThat(ids()).containsExactlyInAnyOrder(1L, 3L);
    Fence.raise(catalog, TableRef.of("demo", "not_there"), "r1");
  }

  @Test
  void appendsOnceHoweverOftenItIsAsked() {
    DataFile file = FakeFiles.write(table, 1, 2);
    Change change =
        Change.append(REF, token("r1"), List.of(file)).summary(Map.of(SummaryKeys.RUN, "r1"));

    Committed first = committer.commit(change);
    append("r2", 3);
    Committed again = committer.commit(change);

    assertThat(first.already()).isFalse();
    assertThat(again.already()).isTrue();
    assertThat(again.snapshot()).isEqualTo(first.snapshot());
    assertThat(again.summary()).containsEntry(SummaryKeys.RUN, "r1");
    assertThat(ids()).containsExactly(1L, 2L, 3L);
    assertThat(tokens()).containsExactly("sink/r1", "sink/r2");
    assertThat(Committer.find(REF, catalog.load(REF), token("r1"))).contains(again);
    assertThat(Committer.find(REF, catalog.load(REF), token("r9"))).isEmpty();
  }

  @Test
  void refusesTheSameRunWithOtherInputs() {
    append("r1", 1);
    Change other =
        Change.append(
            REF, Token.ofRun("sink", "r1", List.of("input@2")), List.of(FakeFiles.write(table, 9)));

    assertThatThrownBy(() -> committer.commit(other))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot commit sink/r1 to table demo.rides")
        .hasMessageContaining("holds it with other inputs")
        .hasMessageContaining("Fix: Begin a new run");
    assertThat(ids()).containsExactly(1L);
  }

  @Test
  void anEmptyAppendLeavesNoSnapshot() {
    Committed nothing = committer.commit(Change.append(REF, token("r1"), List.of()));
    assertThat(nothing.snapshot()).isEmpty();
    assertThat(tokens()).isEmpty();

    Committed one = append("r2", 1);
    Committed after =
        committer.commit(
            Change.append(REF, token("r3"), List.of()).summary(Map.of(SummaryKeys.ROWS_IN, "0")));
    assertThat(after.snapshot()).isEqualTo(one.snapshot());
    assertThat(after.summary()).containsEntry(SummaryKeys.ROWS_IN, "0");
    assertThat(tokens()).containsExactly("sink/r2");
  }

  @Test
  void replacesEveryLiveRowInOneStep() {
    Change first = Change.replace(REF, token("r0"), List.of(FakeFiles.write(table, 7)));
    assertThat(committer.commit(first).already()).isFalse();
    append("r1", 1, 2);
    append("r2", 3);
    Change change = Change.replace(REF, token("r3"), List.of(FakeFiles.write(table, 4, 5)));

    committer.commit(change);
    assertThat(ids()).containsExactly(4L, 5L);
    append("r4", 6);
    assertThat(committer.commit(change).already()).isTrue();
    assertThat(ids()).containsExactly(4L, 5L, 6L);

    committer.commit(Change.replace(REF, token("r5"), List.of()));
    assertThat(ids()).isEmpty();
    int snapshots = tokens().size();
    committer.commit(Change.replace(REF, token("r6"), List.of()));
    assertThat(tokens()).hasSize(snapshots);
  }

  @Test
  void refusesToReplaceWhatMovedOn() {
    long first = append("r1", 1).snapshot().orElseThrow().snapshotId();
    append("r2", 2);
    Change stale =
        Change.replace(REF, token("r3"), List.of(FakeFiles.write(table, 9))).onlyIfCurrent(first);

    assertThatThrownBy(() -> committer.commit(stale))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot replace table demo.rides at snapshot " + first)
        .hasMessageContaining("Fix: Run again");
    assertThat(ids()).containsExactly(1L, 2L);
  }

  @Test
  void overwritesAndDeletesByFilterWhereWholeFilesMatch() {
    TableRef ref = TableRef.of("demo", "parts");
    Table parts = FakeFiles.createPartitioned(catalog, ref);
    committer.commit(
        Change.append(
            ref,
            token("r1"),
            List.of(
                FakeFiles.write(parts, 1, 2),
                FakeFiles.write(parts, 11),
                FakeFiles.write(parts, 21, 22))));
    Edit high = new Edit.Overwrite(Expressions.greaterThanOrEqual("id", 20L));
    committer.commit(Change.of(ref, high, token("r2"), List.of(FakeFiles.write(parts, 23))));
    assertThat(FakeFiles.ids(catalog.load(ref))).containsExactly(1L, 2L, 11L, 23L);

    committer.commit(Change.delete(ref, token("r3"), Expressions.lessThan("id", 10L)));
    assertThat(FakeFiles.ids(catalog.load(ref))).containsExactly(11L, 23L);
    assertThat(catalog.load(ref).currentSnapshot().operation()).isEqualTo("delete");
    long before = catalog.load(ref).currentSnapshot().snapshotId();
    committer.commit(Change.delete(ref, token("r4"), Expressions.equal("id", 500L)));
    assertThat(catalog.load(ref).currentSnapshot().snapshotId()).isEqualTo(before);

    Change partly = Change.delete(ref, token("r5"), Expressions.equal("id", 11L));
    assertThatThrownBy(() -> committer.commit(partly))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("some, but not all, rows match filter")
        .hasMessageContaining("Fix: The table is as it was; rewrite such files");
    assertThat(FakeFiles.ids(catalog.load(ref))).containsExactly(11L, 23L);
  }

  @Test
  void overwritesThePartitionsThatItHasFilesOf() {
    TableRef ref = TableRef.of("demo", "parts");
    Table parts = FakeFiles.createPartitioned(catalog, ref);
    committer.commit(
        Change.append(
            ref, token("r1"), List.of(FakeFiles.write(parts, 1, 2), FakeFiles.write(parts, 11))));
    long base = catalog.load(ref).currentSnapshot().snapshotId();
    Change change =
        Change.of(
            ref, new Edit.OverwritePartitions(), token("r2"), List.of(FakeFiles.write(parts, 3)));
    committer.commit(change);
    assertThat(committer.commit(change).already()).isTrue();
    assertThat(FakeFiles.ids(catalog.load(ref))).containsExactly(3L, 11L);

    Change late =
        Change.of(
            ref,
            new Edit.OverwritePartitions(base, true),
            token("r3"),
            List.of(FakeFiles.write(parts, 4)));
    assertThatThrownBy(() -> committer.commit(late)).isInstanceOf(BaseMovedException.class);
    Change elsewhere =
        Change.of(
            ref,
            new Edit.OverwritePartitions(base, true),
            token("r4"),
            List.of(FakeFiles.write(parts, 12)));
    committer.commit(elsewhere);
    assertThat(FakeFiles.ids(catalog.load(ref))).containsExactly(3L, 12L);
  }

  @Test
  void aRewriteIsRefusedWhenItsFilesOrTheRowsItReadHaveChanged() {
    append("r1", 1, 2);
    append("r2", 3);
    Change change = FakeFiles.exchange(REF, catalog.load(REF), token("r3"), 2, 9);
    Change same = FakeFiles.exchange(REF, catalog.load(REF), token("r4"), 1, 8);
    committer.commit(change);
    assertThat(committer.commit(change).already()).isTrue();
    assertThatThrownBy(() -> committer.commit(same))
        .isInstanceOf(BaseMovedException.class)
        .hasMessageContaining("Cannot commit sink/r4 to table demo.rides: another writer")
        .hasMessageContaining("Fix: Run again, from the table as it is now.");
    committer.commit(FakeFiles.exchange(REF, catalog.load(REF), token("r4"), 1, 8));
    assertThat(ids()).containsExactly(3L, 8L, 9L);

    Change next = FakeFiles.exchange(REF, catalog.load(REF), token("r5"), 3, 4);
    append("r6", 3);
    assertThatThrownBy(() -> committer.commit(next)).isInstanceOf(BaseMovedException.class);
    assertThat(ids()).containsExactly(3L, 3L, 8L, 9L);
  }

  @Test
  void aRewriteIsRefusedWhenARowOfItsFilesWasDeletedMeanwhile() {
    append("r1", 1, 2);
    Change change = FakeFiles.exchange(REF, catalog.load(REF), token("r2"), 2, 9);
    Table now = catalog.load(REF);
    now.newRowDelta()
        .addDeletes(
            FileMetadata.deleteFileBuilder(now.spec())
                .ofEqualityDeletes(1)
                .withPath(now.location() + "/data/gone.parquet")
                .withFormat(FileFormat.PARQUET)
                .withFileSizeInBytes(1)
                .withRecordCount(1)
                .build())
        .commit();
    assertThatThrownBy(() -> committer.commit(change)).isInstanceOf(BaseMovedException.class);
  }

  @Test
  void aRewritePassesWhereOnlyRowsOfOtherFilesWereDeletedMeanwhile() {
    append("r1", 1, 2);
    Change change = FakeFiles.exchange(REF, catalog.load(REF), token("r2"), 2, 9);
    Table now = catalog.load(REF);
    now.newRowDelta()
        .addDeletes(
            FileMetadata.deleteFileBuilder(now.spec())
                .ofPositionDeletes()
                .withPath(now.location() + "/data/gone.parquet")
                .withReferencedDataFile(now.location() + "/data/other.parquet")
                .withFormat(FileFormat.PARQUET)
                .withFileSizeInBytes(1)
                .withRecordCount(1)
                .build())
        .commit();
    assertThat(committer.commit(change).already()).isFalse();
  }

  @Test
  void whoDiedWithTheRightOfWayHoldsOthersUpOnce() {
    RightOfWay.take(catalog, REF, "dead", Duration.ofMillis(200));
    append("r1", 1);
    assertThat(ids()).containsExactly(1L);
    assertThat(catalog.load(REF).properties()).doesNotContainKey(RightOfWay.KEY);
  }

  @Test
  void bringsANewShapeInTheSameStepAsTheFiles() {
    append("r1", 1);
    Schema wanted =
        new Schema(
            Types.NestedField.optional(1, "name", Types.StringType.get()),
            Types.NestedField.required(2, "id", Types.LongType.get()));
    PartitionSpec by = PartitionSpec.builderFor(wanted).bucket("name", 4).build();
    Shape shape = Shape.next(table, wanted, by);
    assertThat(shape.schema().findField("id").fieldId()).isEqualTo(1);
    assertThat(shape.schema().findField("name").fieldId()).isEqualTo(2);

    DataFile file = FakeFiles.write(table, shape.spec(), "name_bucket=1", 2, 3);
    Change change = Change.replace(REF, token("r2"), List.of(file)).shape(shape);
    long before = catalog.load(REF).currentSnapshot().snapshotId();
    assertThat(catalog.load(REF).schema().columns()).hasSize(1);

    Committed done = committer.commit(change);
    committer.commit(change);

    Table after = catalog.load(REF);
    assertThat(after.schema().sameSchema(shape.schema())).isTrue();
    assertThat(after.spec()).isEqualTo(shape.spec());
    assertThat(after.schemas().get(after.snapshot(before).schemaId()))
        .isNotNull()
        .satisfies(old -> assertThat(old.columns()).hasSize(1));
    assertThat(after.currentSnapshot().snapshotId()).isEqualTo(done.snapshotId());
    assertThat(ids()).containsExactly(2L, 3L);
    assertThat(tokens()).containsExactly("sink/r1", "sink/r2");
  }

  @Test
  void aColumnOfAnotherTypeIsANewColumn() {
    Schema text = new Schema(Types.NestedField.optional(1, "id", Types.StringType.get()));
    Shape shape = Shape.next(table, text, PartitionSpec.unpartitioned());
    assertThat(shape.schema().findField("id").fieldId()).isEqualTo(2);
    committer.commit(
        Change.replace(REF, token("r1"), List.of(FakeFiles.write(table, 1))).shape(shape));
    assertThat(catalog.load(REF).schema().findField("id").type()).isEqualTo(Types.StringType.get());
    Shape back = Shape.next(catalog.load(REF), FakeFiles.SCHEMA, PartitionSpec.unpartitioned());
    assertThat(back.schema().findField("id").fieldId()).isEqualTo(3);
  }

  @Test
  void refusesAShapeThatSomebodyElsesChangeHasOvertaken() {
    Schema wanted =
        new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "mine", Types.LongType.get()));
    Shape shape = Shape.next(table, wanted, PartitionSpec.unpartitioned());
    catalog.load(REF).updateSchema().addColumn("theirs", Types.StringType.get()).commit();

    Change change =
        Change.replace(REF, token("r1"), List.of(FakeFiles.write(table, 1))).shape(shape);
    assertThatThrownBy(() -> committer.commit(change))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot give table demo.rides its new columns")
        .hasMessageContaining("Fix: Run again");
  }

  @Test
  void refusesAFileThatIsNotAsItWasWritten() throws Exception {
    DataFile gone = FakeFiles.write(table, 1);
    table.io().deleteFile(gone.location());
    assertThatThrownBy(() -> committer.commit(Change.append(REF, token("r1"), List.of(gone))))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("the file is not there");

    DataFile cut = FakeFiles.write(table, 1, 2);
    Files.writeString(Path.of(java.net.URI.create(cut.location())), "1");
    assertThatThrownBy(() -> committer.commit(Change.append(REF, token("r1"), List.of(cut))))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("it has 1 bytes, 4 were written");
    assertThat(tokens()).isEmpty();
  }

  @Test
  void failsWhenTheRowsDoNotAddUp() {
    Change change =
        Change.append(REF, token("r1"), List.of(FakeFiles.write(table, 1)))
            .summary(Map.of(SummaryKeys.ROWS_IN, "3", SummaryKeys.ROWS_KEPT, "1"));
    assertThatThrownBy(() -> committer.commit(change))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("3 rows came in, but 1 kept + 0 letters + 0 filtered");
    assertThat(tokens()).isEmpty();
  }

  @Test
  void namesATableThatIsNotThere() {
    Change change = Change.append(TableRef.of("demo", "nowhere"), token("r1"), List.of());
    assertThatThrownBy(() -> committer.commit(change))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot find table demo.nowhere");
    assertThatThrownBy(() -> FakeFiles.create(catalog, REF))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("has one of this name");
  }

  @Test
  void createsATableOnceForManyWhoAsk() throws Exception {
    TableRef shared = TableRef.of("demo", "shared");
    List<Callable<String>> work = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      work.add(
          () -> {
            try {
              return FakeFiles.create(catalog, shared).uuid().toString();
            } catch (HeadwaterException e) {
              return e.kind().toString();
            }
          });
    }
    List<String> said = all(work);
    assertThat(said).filteredOn(s -> s.equals("REFUSED")).hasSize(3);
    assertThat(said).contains(catalog.load(shared).uuid().toString());
    assertThat(catalog.list("demo")).containsExactly(REF, shared);
  }

  @Test
  void sixZombiesWithTenTokensMakeTenSnapshots() throws Exception {
    List<List<DataFile>> files = new ArrayList<>();
    for (int t = 0; t < 10; t++) {
      files.add(
          List.of(FakeFiles.write(table, LongStream.range(t * 100L, t * 100L + 100).toArray())));
    }
    List<Callable<Integer>> zombies = new ArrayList<>();
    for (int z = 0; z < 6; z++) {
      int first = z;
      zombies.add(
          () -> {
            int mine = 0;
            for (int i = 0; i < 10; i++) {
              int t = (first * 3 + i) % 10;
              Change change = Change.append(REF, token("r" + t), files.get(t));
              mine += committer.commit(change).already() ? 0 : 1;
            }
            return mine;
          });
    }
    int fresh = all(zombies).stream().mapToInt(Integer::intValue).sum();
    assertThat(fresh).isEqualTo(10);
    assertThat(tokens()).hasSize(10).doesNotHaveDuplicates();
    assertThat(ids()).hasSize(1000).doesNotHaveDuplicates();
  }

  @Test
  void pinsASnapshotForEver() {
    var first = append("r1", 1).snapshot().orElseThrow();
    var second = append("r2", 2).snapshot().orElseThrow();
    Tags tags = new Tags(catalog, Duration.ofMinutes(2));
    tags.pin(first, "model-late-1");
    tags.pin(first, "model-late-1");

    var ref = Objects.requireNonNull(catalog.load(REF).refs().get("model-late-1"));
    assertThat(ref.isTag()).isTrue();
    assertThat(ref.snapshotId()).isEqualTo(first.snapshotId());
    assertThat(ref.maxRefAgeMs()).isEqualTo(Long.MAX_VALUE);
    assertThatThrownBy(() -> tags.pin(second, "model-late-1"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("that name is at snapshot " + first.snapshotId());

    catalog.load(REF).expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    assertThat(catalog.load(REF).snapshot(first.snapshotId())).isNotNull();
    tags.unpin(REF, "model-late-1");
    tags.unpin(REF, "model-late-1");
    assertThat(catalog.load(REF).refs()).doesNotContainKey("model-late-1");
  }

  @Test
  void tablesCreatedWithAnOrderKeepIt() {
    SortOrder order = SortOrder.builderFor(FakeFiles.SCHEMA).asc("id").build();
    Table sorted =
        catalog.create(
            TableRef.of("demo", "sorted"),
            FakeFiles.SCHEMA,
            PartitionSpec.unpartitioned(),
            order,
            Map.of("a", "b"));
    assertThat(sorted.sortOrder().isSorted()).isTrue();
    assertThat(sorted.properties()).containsEntry("a", "b");
    assertThat(sorted.location()).startsWith("file:///");
    Shape shape =
        Shape.next(
            sorted,
            new Schema(Types.NestedField.optional(1, "other", Types.LongType.get())),
            PartitionSpec.unpartitioned());
    assertThat(shape.schema().columns()).hasSize(1);
  }

  private static <T> List<T> all(List<Callable<T>> work) throws Exception {
    var threads = Executors.newFixedThreadPool(work.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(work)) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}

package dev.headwater.catalog.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.Backend;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.FakeFiles;
import dev.headwater.catalog.commit.FileCheck;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.Tags;
import dev.headwater.catalog.commit.Token;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.GenericBlobMetadata;
import org.apache.iceberg.GenericStatisticsFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What maintenance means, on every kind of database. */
abstract class MaintainSuite {
  private static final TableRef REF = TableRef.of("demo", "rides");
  private static final Instant ALL = Instant.parse("2999-01-01T00:00:00Z");

  private final Backend backend;
  private TableCatalog catalog;
  private Committer committer;
  private Table table;

  MaintainSuite(Backend backend) {
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

  private static Token token(String sink, String run) {
    return Token.ofRun(sink, run, List.of("input@1"));
  }

  private Committed append(String sink, String run, long... ids) {
    return committer.commit(
        Change.append(REF, token(sink, run), List.of(FakeFiles.write(table, ids))));
  }

  private Committed replace(String sink, String run, long... ids) {
    return committer.commit(
        Change.replace(REF, token(sink, run), List.of(FakeFiles.write(table, ids))));
  }

  private static ExpiryRule rule(int keep) {
    return new ExpiryRule(ALL, keep, Map.of());
  }

  private Expiry.Expired expire(ExpiryRule rule) {
    return new Expiry(catalog, Duration.ofMinutes(2)).expire(REF, rule);
  }

  private List<Long> ids() {
    return FakeFiles.ids(catalog.load(REF));
  }

  private static long id(Committed committed) {
    return Objects.requireNonNull(committed.snapshotId());
  }

  private List<Long> snapshots() {
    List<Long> all = new ArrayList<>();
    catalog.load(REF).snapshots().forEach(s -> all.add(s.snapshotId()));
    return all;
  }

  private List<DataFile> files() {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = catalog.load(REF).newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file().copyWithoutStats()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return files;
  }

  @Test
  void expiryKeepsTagsTheNewestOfEachSinkWhatIsPinnedAndWhatIsYoung() {
    Committed tagged = append("a", "r1", 1);
    Committed oldSink = append("b", "r1", 2);
    Committed pinned = append("a", "r2", 3);
    Committed gone = append("a", "r3", 4);
    Committed newest = append("a", "r4", 5);
    new Tags(catalog).pin(tagged.snapshot().orElseThrow(), "model/late/1");

    ExpiryRule rule = new ExpiryRule(ALL, 1, Map.of(id(pinned), "run 7 reads it"));
    Expiry.Expired planned = new Expiry(catalog).plan(REF, rule);
    assertThat(snapshots()).hasSize(5);
    Expiry.Expired done = expire(rule);

    assertThat(done.snapshots()).extracting(Snapshot::snapshotId).containsExactly(id(gone));
    assertThat(done.files()).isEqualTo(planned.files()).containsEntry("manifest lists", 1);
    assertThat(done.kept())
        .containsEntry(id(tagged), "tag model/late/1")
        .containsEntry(id(oldSink), "newest of b")
        .containsEntry(id(pinned), "run 7 reads it");
    assertThat(done.kept().get(id(newest))).contains("branch main", "newest of a");
    assertThat(done.left()).isEmpty();
    assertThat(snapshots()).containsExactly(id(tagged), id(oldSink), id(pinned), id(newest));
    assertThat(ids()).containsExactly(1L, 2L, 3L, 4L, 5L);

    Instant past = Instant.now().minusSeconds(60);
    assertThat(expire(new ExpiryRule(past, 1, Map.of())).snapshots()).isEmpty();
  }

  @Test
  void tokensAreKnownOverTheGapsOfAnExpiry() {
    append("b", "r1", 1);
    for (int i = 0; i < 4; i++) {
      append("a", "r" + i, 10 + i);
    }
    assertThat(expire(rule(1)).snapshots()).hasSize(3);
    append("a", "r9", 20);
    assertThat(append("b", "r1", 99).already()).isTrue();
    assertThat(append("a", "r3", 99).already()).isTrue();

    assertThat(expire(rule(1)).snapshots()).hasSize(1);
    assertThat(append("b", "r1", 99).already()).isTrue();
    assertThat(History.of(catalog.load(REF))).hasSize(2);
    assertThat(ids()).containsExactly(1L, 10L, 11L, 12L, 13L, 20L);
  }

  @Test
  void expiryDeletesWhatOnlyExpiredSnapshotsHad() {
    Committed first = append("a", "r1", 1, 2);
    String old = files().get(0).location();
    replace("a", "r2", 3);
    String kept = files().get(0).location();
    replace("a", "r3", 4);
    catalog.load(REF).manageSnapshots().createTag("keep", snapshots().get(1)).commit();
    Table now = catalog.load(REF);
    String statistics = statistics(now, id(first));

    Expiry.Expired done = expire(rule(1));

    assertThat(done.files()).containsEntry("data", 1).containsEntry("statistics", 1);
    assertThat(now.io().newInputFile(old).exists()).isFalse();
    assertThat(now.io().newInputFile(statistics).exists()).isFalse();
    assertThat(now.io().newInputFile(kept).exists()).isTrue();
    assertThat(ids()).containsExactly(4L);
    everyFileIsThere();
  }

  @Test
  void deleteFilesExpireAndAreOrphansAsDataFilesDo() {
    append("a", "r1", 1, 2);
    String data = files().get(0).location();
    String first = deletes("d1", data);
    String second = deletes("d2", data);
    Orphans orphans = new Orphans(catalog);
    assertThat(orphans.find(REF, ALL, Set.of())).isEmpty();
    replace("a", "r2", 3);
    String third = deletes("d3", files().get(0).location());

    assertThat(expire(rule(1)).files()).containsEntry("data", 1).containsEntry("deletes", 2);

    for (String gone : List.of(data, first, second)) {
      assertThat(table.io().newInputFile(gone).exists()).as(gone).isFalse();
    }
    assertThat(table.io().newInputFile(third).exists()).isTrue();
    touch(table, table.location() + "/data/lost-deletes.parquet");
    assertThat(orphans.find(REF, ALL, Set.of())).hasSize(1);
    everyFileIsThere();
  }

  /** A delete file of a data file, that says nothing; in a commit of its own. */
  private String deletes(String run, String data) {
    String path = table.location() + "/data/" + run + "-deletes.parquet";
    touch(table, path);
    DeleteFile file =
        FileMetadata.deleteFileBuilder(table.spec())
            .ofPositionDeletes()
            .withPath(path)
            .withReferencedDataFile(data)
            .withFileSizeInBytes(1)
            .withRecordCount(1)
            .build();
    committer.commit(
        Change.append(REF, token("d", run), List.of()), now -> now.newRowDelta().addDeletes(file));
    return path;
  }

  private static String statistics(Table table, long snapshot) {
    String path = table.location() + "/metadata/" + UUID.randomUUID() + ".stats";
    touch(table, path);
    table
        .updateStatistics()
        .setStatistics(
            new GenericStatisticsFile(
                snapshot,
                path,
                1,
                1,
                List.of(new GenericBlobMetadata("x", snapshot, 1, List.of(1), Map.of()))))
        .commit();
    return path;
  }

  private static void touch(Table table, String path) {
    try (OutputStream out = table.io().newOutputFile(path).create()) {
      out.write(1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void everyFileIsThere() {
    Table now = catalog.load(REF);
    for (Snapshot snapshot : now.snapshots()) {
      snapshot
          .allManifests(now.io())
          .forEach(m -> assertThat(now.io().newInputFile(m.path()).exists()).isTrue());
      try (CloseableIterable<FileScanTask> tasks =
          now.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
        tasks.forEach(
            t -> assertThat(now.io().newInputFile(t.file().location()).exists()).isTrue());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private Rewrite.Group group(List<DataFile> before, long... ids) {
    return new Rewrite.Group(before, Map.of(), List.of(FakeFiles.write(table, ids)));
  }

  private Committed rewrite(String run, Rewrite rewrite) {
    return committer.commit(rewrite.change(token("compact", run)), rewrite);
  }

  @Test
  void aRewriteKeepsTheRowsAndThoseThatComeMeanwhile() {
    append("a", "r1", 1);
    long start = id(append("a", "r2", 2));
    Rewrite rewrite = Rewrite.of(REF, start, List.of(group(files(), 1, 2)));
    append("a", "r3", 3);

    Committed done = rewrite("c1", rewrite);

    assertThat(ids()).containsExactly(1L, 2L, 3L);
    assertThat(files()).hasSize(2);
    assertThat(rewrite("c1", rewrite).already()).isTrue();
    assertThat(rewrite("c1", rewrite).snapshot()).isEqualTo(done.snapshot());
    assertThat(append("a", "r1", 99).already()).isTrue();
    assertThat(expire(rule(1)).snapshots()).hasSize(2);
    assertThat(append("a", "r3", 99).already()).isTrue();
    assertThat(ids()).containsExactly(1L, 2L, 3L);
    everyFileIsThere();
  }

  @Test
  void aRewriteLeavesOutWhatOthersChangedMeanwhile() {
    append("a", "r1", 1);
    List<DataFile> first = files();
    long start = id(append("a", "r2", 2));
    List<DataFile> second = new ArrayList<>(files());
    second.removeIf(f -> f.location().equals(first.get(0).location()));
    Rewrite rewrite = Rewrite.of(REF, start, List.of(group(first, 1), group(second, 2)));
    catalog.load(REF).newDelete().deleteFile(first.get(0)).commit();

    rewrite("c1", rewrite);

    assertThat(rewrite.kept()).hasSize(1);
    assertThat(ids()).containsExactly(2L);
    Rewrite late = Rewrite.of(REF, start, List.of(group(first, 1)));
    assertThatThrownBy(() -> rewrite("c2", late))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("others changed all of them");
    assertThat(ids()).containsExactly(2L);
  }

  @Test
  void orphansAreOldUnreferencedAndOfNoOpenRun() {
    Committed first = append("a", "r1", 1);
    replace("a", "r2", 2);
    new Tags(catalog).pin(first.snapshot().orElseThrow(), "model/late/1");
    statistics(catalog.load(REF), id(first));
    FakeFiles.write(table, 3);
    String open = table.location() + "/data/a/0193-open/x.parquet";
    touch(table, open);
    Orphans orphans = new Orphans(catalog);

    assertThat(orphans.find(REF, Instant.now().minusSeconds(3_600), Set.of())).isEmpty();
    List<Orphans.Orphan> found = orphans.find(REF, ALL, Set.of("0193-open"));
    assertThat(found).hasSize(1);
    assertThat(orphans.find(REF, ALL, Set.of())).hasSize(2);
    assertThat(orphans.delete(REF, found)).isEmpty();
    assertThat(table.io().newInputFile(found.get(0).location()).exists()).isFalse();
    assertThat(orphans.find(REF, ALL, Set.of("0193-open"))).isEmpty();
    assertThat(ids()).containsExactly(2L);
    everyFileIsThere();
  }

  @Test
  void orphansAreNoFilesOfATableInsideThisOnesFolder() {
    append("a", "r1", 1);
    TableRef inner = TableRef.of("demo", "inner");
    FakeFiles.create(catalog, inner);
    Table moved = catalog.load(inner);
    moved.updateLocation().setLocation(table.location() + "/inner").commit();
    FakeFiles.write(catalog.load(inner), 7);
    assertThat(new Orphans(catalog).find(REF, ALL, Set.of())).isEmpty();
  }

  @Test
  void manifestsAreRewrittenOnceAndOnlyWhereTheyAreMany() {
    assertThat(new Manifests(catalog, committer).count(REF).isTooMany()).isFalse();
    for (int i = 0; i < 5; i++) {
      table.refresh();
      table.newFastAppend().appendFile(FakeFiles.write(table, i)).commit();
    }
    Manifests manifests = new Manifests(catalog, committer);
    assertThat(manifests.count(REF).manifests()).isEqualTo(5);
    Committed done = manifests.rewrite(REF, token("manifests", "m1"), Map.of()).orElseThrow();
    assertThat(manifests.count(REF).manifests()).isEqualTo(1);
    assertThat(manifests.rewrite(REF, token("manifests", "m1"), Map.of()).orElseThrow().snapshot())
        .isEqualTo(done.snapshot());
    assertThat(manifests.rewrite(REF, token("manifests", "m2"), Map.of())).isEmpty();
    assertThat(ids()).containsExactly(0L, 1L, 2L, 3L, 4L);
  }
}

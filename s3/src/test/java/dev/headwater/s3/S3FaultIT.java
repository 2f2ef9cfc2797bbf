package dev.headwater.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.At;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.FileCheck;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Every single call to S3 that a run makes, writing data, committing and reading, goes wrong once:
 * before it took effect or after, by a status, in the middle of the answer, only for a moment or
 * for all attempts of Amazon's client, with and without another writer at that moment. Then the
 * same run is done again.
 */
final class S3FaultIT {
  private static final Schema SCHEMA =
      new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final S3Server server = new S3Server();
  private final TableCatalog catalog;
  private int tables;

  S3FaultIT(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "key");
    CatalogConfig config =
        server
            .in(CatalogConfig.embedded(folder.resolve("catalog")), "file/" + secret)
            .with("s3.retry.num-retries", "3")
            .with("s3.retry.min-wait-ms", "1")
            .with("s3.retry.max-wait-ms", "5");
    catalog = TableCatalog.open(config);
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
    server.stop();
  }

  @ParameterizedTest
  @CsvSource({
    "BEFORE, false, false",
    "BEFORE, true, true",
    "AFTER, false, true",
    "AFTER, true, true",
    "SAYS_500, true, true",
    "SAYS_503, true, true",
    "BREAKS_OFF, false, false",
  })
  void isCommittedOnceWhicheverCallGoesWrong(S3Faults.Kind kind, boolean lasts, boolean rival)
      throws Exception {
    int call = 0;
    boolean met = true;
    int failed = 0;
    while (met) {
      call++;
      TableRef ref = TableRef.of("demo", "t" + tables++);
      catalog.create(ref, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
      append(ref, "first", 1, 2);
      Runnable meanwhile =
          () -> {
            if (rival) {
              append(ref, "rival", 5);
            }
          };
      S3Faults.arm(call, new S3Faults.Fault(kind, lasts), meanwhile);
      try {
        append(ref, "ours", 3, 4);
        assertThat(read(ref)).contains(3L, 4L);
      } catch (HeadwaterException | UncheckedIOException | SdkException e) {
        failed++;
      }
      met = S3Faults.disarm();
      Committed again = append(ref, "ours", 3, 4);

      String what = kind + " at call " + call;
      assertThat(again.summary()).as(what).isNotEmpty();
      check(ref, met && rival ? List.of(1L, 2L, 3L, 4L, 5L) : List.of(1L, 2L, 3L, 4L), what);
    }
    assertThat(call).as("calls of a run").isGreaterThan(10);
    assertThat(failed > 0).as("a run fails").isEqualTo(lasts);
  }

  /** What a run does: it writes files, if it has not committed, and commits them. */
  private Committed append(TableRef ref, String run, long... ids) {
    Token token = Token.ofRun("sink", run, List.of("in"));
    Table table = catalog.load(ref);
    RowBatchBuilder batch = new RowBatchBuilder(SCHEMA);
    for (long id : ids) {
      batch.append(id);
    }
    try (BatchWriter writer = BatchWriter.open(table, "sink", run)) {
      writer.accept(batch.build());
      List<DataFile> files = writer.finish();
      return new Committer(catalog, FileCheck.LENGTH, PATIENCE)
          .commit(Change.append(ref, token, files));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Long> read(TableRef ref) {
    Table table = catalog.load(ref);
    List<Long> ids = new ArrayList<>();
    var snapshot = At.current().pin(table, ref);
    for (var group : Splits.of(table, snapshot, null, 1 << 26, 1)) {
      try (var batches = group.open(table.io(), SCHEMA, null)) {
        while (batches.hasNext()) {
          RowBatch batch = batches.next();
          for (long id : ((LongColumn) batch.column("id")).values()) {
            ids.add(id);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    ids.sort(null);
    return ids;
  }

  /** Each row once, one snapshot a token, no file twice, all of them there. */
  private void check(TableRef ref, List<Long> ids, String what) throws IOException {
    assertThat(read(ref)).as(what).isEqualTo(ids);
    Table table = catalog.load(ref);
    List<String> tokens = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      tokens.add(Objects.requireNonNull(snapshot.summary().get(SummaryKeys.TOKEN)));
      snapshot
          .allManifests(table.io())
          .forEach(m -> assertThat(table.io().newInputFile(m.path()).exists()).as(what).isTrue());
    }
    assertThat(tokens).as(what).hasSize(ids.size() == 5 ? 3 : 2).doesNotHaveDuplicates();
    List<String> paths = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> paths.add(task.file().location()));
    }
    assertThat(paths).as(what).doesNotHaveDuplicates();
  }
}

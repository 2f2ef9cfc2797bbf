package dev.headwater.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.At;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Every single call to S3 that a run makes, writing data and deletes, committing and reading, goes
 * wrong once: before it took effect or after, by a status, in the middle of the answer, only for a
 * moment or for all attempts of Amazon's client, with and without another writer at that moment.
 * Then the same run is done again. Every third call in a case, another third in the next, or all
 * with {@code -Dheadwater.s3.every=1}.
 */
@Execution(ExecutionMode.CONCURRENT)
final class S3FaultIT {
  private static final int EVERY = Integer.getInteger("headwater.s3.every", 3);

  @SuppressWarnings("NullAway.Init")
  private static S3Server server;

  private final String bucket = "b" + UUID.randomUUID();
  private final TableCatalog catalog;
  private int tables;

  S3FaultIT(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "key");
    server.bucket(bucket);
    catalog =
        TableCatalog.open(
            server
                .in(CatalogConfig.embedded(folder.resolve("catalog")), "file/" + secret)
                .with(CatalogConfig.WAREHOUSE, "s3://" + bucket + "/warehouse")
                .with("s3.retry.num-retries", "3")
                .with("s3.retry.min-wait-ms", "1")
                .with("s3.retry.max-wait-ms", "5"));
  }

  @BeforeAll
  static void start() throws Exception {
    server = new S3Server();
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @ParameterizedTest
  @CsvSource({
    "APPEND, BEFORE, false, false",
    "APPEND, BEFORE, true, true",
    "APPEND, AFTER, false, true",
    "APPEND, AFTER, true, true",
    "APPEND, SAYS_500, true, true",
    "APPEND, SAYS_503, true, true",
    "APPEND, BREAKS_OFF, false, false",
    "PARTITIONS, AFTER, true, true",
    "OVERWRITE, BEFORE, true, true",
    "OVERWRITE, AFTER, true, true",
    "DELETE, AFTER, true, true",
    "DELETE, BREAKS_OFF, false, false",
    "UPSERT, BEFORE, true, true",
    "UPSERT, AFTER, true, true",
    "UPSERT, SAYS_503, true, true",
    "UPSERT, BREAKS_OFF, false, false",
    "COMPACT, BEFORE, true, true",
    "COMPACT, AFTER, true, true",
    "EXPIRE, BEFORE, true, true",
    "EXPIRE, AFTER, true, true",
    "EXPIRE, SAYS_500, true, false",
  })
  void isDoneOnceWhicheverCallGoesWrong(
      S3Work.Kind kind, S3Faults.Kind fault, boolean lasts, boolean rival) throws Exception {
    int failed = 0;
    // Other calls in each case.
    int call = Math.floorMod((kind.name() + fault.name()).hashCode(), EVERY) + 1 - EVERY;
    for (boolean met = true; met; ) {
      call += EVERY;
      TableRef ref = table();
      S3Work work = new S3Work(catalog, ref, kind);
      S3Faults.arm(
          bucket,
          call,
          new S3Faults.Fault(fault, lasts),
          () -> {
            if (rival) {
              append(ref, "rival", 5);
            }
          });
      try {
        work.go();
        read(ref);
      } catch (HeadwaterException | IOException | UncheckedIOException | SdkException e) {
        failed++;
      }
      met = S3Faults.disarm(bucket);
      work.go();
      check(ref, kind, met && rival, "%s: %s at call %d".formatted(kind, fault, call));
    }
    assertThat(call).as("calls of a run").isGreaterThan(10);
    if (!lasts || kind == S3Work.Kind.APPEND) {
      assertThat(failed > 0).as("a run fails").isEqualTo(lasts);
    }
  }

  /** Trying again would not help, and Amazon's client says so with many words. */
  @Test
  void whatMayNotBeWrittenIsToldAtOnce() throws Exception {
    TableRef ref = table();
    S3Work work = new S3Work(catalog, ref, S3Work.Kind.DELETE);
    // The first calls load the table; the commit's own are refused.
    S3Faults.arm(bucket, 4, new S3Faults.Fault(S3Faults.Kind.SAYS_403, true), () -> {});
    long before = System.nanoTime();
    assertThatThrownBy(work::go).isInstanceOf(HeadwaterException.class).hasMessageContaining("403");
    assertThat(System.nanoTime() - before).isLessThan(60_000_000_000L);
    S3Faults.disarm(bucket);
    work.go();
    assertThat(read(ref)).containsExactly("11:0");
  }

  /** With 1 and 2 in one partition's file, 11 in another's, each of a commit. */
  private TableRef table() {
    TableRef ref = TableRef.of("demo", "t" + tables++);
    PartitionSpec spec = PartitionSpec.builderFor(S3Work.SCHEMA).truncate("id", 10).build();
    catalog.create(ref, S3Work.SCHEMA, spec, SortOrder.unsorted(), Map.of());
    append(ref, "first", 1, 2);
    append(ref, "second", 11);
    return ref;
  }

  private void append(TableRef ref, String run, long... ids) {
    try {
      new S3Work(catalog, ref, S3Work.Kind.APPEND).append(run, ids);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows, "id:v". */
  private List<String> read(TableRef ref) {
    Table table = catalog.load(ref);
    List<String> rows = new ArrayList<>();
    var snapshot = At.current().pin(table, ref);
    for (var group : Splits.of(table, snapshot, null, 1 << 26, 1)) {
      try (var batches = group.open(table.io(), S3Work.SCHEMA, null)) {
        while (batches.hasNext()) {
          RowBatch batch = batches.next();
          long[] ids = ((LongColumn) batch.column("id")).values();
          long[] vs = ((LongColumn) batch.column("v")).values();
          for (int i = 0; i < batch.size(); i++) {
            rows.add(ids[i] + ":" + vs[i]);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    rows.sort(null);
    return rows;
  }

  /** What the rows are after a change of the rows that were. */
  private static void apply(S3Work.Kind kind, String run, List<String> rows) {
    switch (run) {
      case "first" -> rows.addAll(List.of("1:0", "2:0"));
      case "second" -> rows.add("11:0");
      case "rival" -> rows.add("5:0");
      default -> {
        switch (kind) {
          case PARTITIONS, OVERWRITE, DELETE -> rows.removeIf(row -> row.indexOf(':') == 1);
          case UPSERT -> {
            rows.removeAll(List.of("2:0", "11:0"));
            rows.addAll(List.of("2:1", "3:1"));
          }
          default -> {}
        }
        if (kind.compareTo(S3Work.Kind.OVERWRITE) <= 0) {
          rows.addAll(List.of("3:1", "4:1"));
        }
      }
    }
  }

  /** The rows are what the snapshots, in order, say; one for a token; all files are there. */
  private void check(TableRef ref, S3Work.Kind kind, boolean rival, String what)
      throws IOException {
    Table table = catalog.load(ref);
    List<String> expected = new ArrayList<>();
    List<String> runs = new ArrayList<>();
    if (kind == S3Work.Kind.EXPIRE) {
      apply(kind, "first", expected);
    }
    for (Snapshot snapshot : table.snapshots()) {
      String token = Objects.requireNonNull(snapshot.summary().get(SummaryKeys.TOKEN));
      runs.add(token.substring(token.indexOf('/') + 1));
      apply(kind, runs.get(runs.size() - 1), expected);
      snapshot
          .allManifests(table.io())
          .forEach(m -> assertThat(table.io().newInputFile(m.path()).exists()).as(what).isTrue());
    }
    expected.sort(null);
    List<String> known = new ArrayList<>(List.of("second"));
    known.add(kind == S3Work.Kind.EXPIRE ? "second" : "first");
    known.add(kind == S3Work.Kind.EXPIRE ? "second" : "ours");
    known.add(rival ? "rival" : "second");
    assertThat(runs).as(what).doesNotHaveDuplicates().hasSameElementsAs(known);
    assertThat(read(ref)).as(what).isEqualTo(expected);
    List<String> paths = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> paths.add(task.file().location()));
    }
    assertThat(paths).as(what).doesNotHaveDuplicates();
  }
}

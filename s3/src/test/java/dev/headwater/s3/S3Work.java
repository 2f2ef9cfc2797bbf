package dev.headwater.s3;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.FileCheck;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.maintain.Expiry;
import dev.headwater.catalog.maintain.ExpiryRule;
import dev.headwater.catalog.maintain.Rewrite;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.table.BatchWriter;
import dev.headwater.upsert.Keyed;
import dev.headwater.upsert.KeyedWriter;
import dev.headwater.upsert.UpsertStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * One change of a table in S3, from the writing of its files to its commit, that may be begun again
 * where it failed: what was sealed before stays sealed. The table has a partition for ten ids.
 */
final class S3Work {
  static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "v", Types.LongType.get()));
  private static final Schema INCOMING =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "v", Types.LongType.get()),
          Types.NestedField.optional(3, "gone", Types.BooleanType.get()));
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** What is done. */
  enum Kind {
    /** 3 and 4 come. */
    APPEND,
    /** 3 and 4 come instead of their partition's rows. */
    PARTITIONS,
    /** 3 and 4 come instead of all rows below 10. */
    OVERWRITE,
    /** Rows below 10 go. */
    DELETE,
    /** 2 is another row, 3 comes, 11 goes. */
    UPSERT,
    /** The files are written anew. */
    COMPACT,
    /** The oldest snapshot goes, with its files. */
    EXPIRE
  }

  private final TableCatalog catalog;
  private final TableRef ref;
  private final Kind kind;
  private @Nullable Keyed keyed;
  private @Nullable Rewrite rewrite;

  S3Work(TableCatalog catalog, TableRef ref, Kind kind) {
    this.catalog = catalog;
    this.ref = ref;
    this.kind = kind;
  }

  /** Does it, or finds that it was done; null for an expiry. */
  @Nullable Committed go() throws IOException {
    Token token = token("ours");
    Edit below10 = new Edit.Overwrite(Expressions.lessThan("id", 10L));
    return switch (kind) {
      case APPEND -> commit(Change.append(ref, token, write("ours", 1, 3, 4)));
      case PARTITIONS ->
          commit(Change.of(ref, new Edit.OverwritePartitions(), token, write("ours", 1, 3, 4)));
      case OVERWRITE -> commit(Change.of(ref, below10, token, write("ours", 1, 3, 4)));
      case DELETE -> commit(Change.of(ref, below10, token, List.of()));
      case UPSERT -> upsert(token);
      case COMPACT -> compact(token);
      case EXPIRE -> {
        new Expiry(catalog, PATIENCE)
            .expire(ref, new ExpiryRule(Instant.now().plusSeconds(60), 1, Map.of()));
        yield null;
      }
    };
  }

  /** Another run appends rows to the table. */
  Committed append(String run, long... ids) throws IOException {
    return commit(Change.append(ref, token(run), write(run, 0, ids)));
  }

  private static Token token(String run) {
    // Another writer is another sink.
    return Token.ofRun(run.equals("rival") ? "other" : "sink", run, List.of("in"));
  }

  private Committed commit(Change change) {
    return new Committer(catalog, FileCheck.LENGTH, PATIENCE).commit(change);
  }

  private List<DataFile> write(String run, long v, long... ids) throws IOException {
    RowBatchBuilder batch = new RowBatchBuilder(SCHEMA);
    for (long id : ids) {
      batch.append(id, v);
    }
    try (BatchWriter writer = BatchWriter.open(catalog.load(ref), "sink", run)) {
      writer.accept(batch.build());
      return writer.finish();
    }
  }

  private Committed upsert(Token token) throws IOException {
    UpsertStream sink =
        UpsertStream.to(catalog.config(), ref, catalog.load(ref), "sink", "ours", "id")
            .deletes("gone");
    Keyed sealed = keyed;
    if (sealed == null) {
      RowBatch batch =
          new RowBatchBuilder(INCOMING)
              .append(2L, 1L, false)
              .append(3L, 1L, false)
              .append(11L, null, true)
              .build();
      try (KeyedWriter writer = sink.writer(0)) {
        writer.accept(batch);
        sealed = Keyed.of(writer.finish());
      }
      keyed = sealed;
    }
    return sink.commit(catalog, sealed, Change.append(ref, token, List.of()));
  }

  /** What {@link S3FaultIT} has put there. */
  private static long[] ids(DataFile file) {
    if (file.partition().get(0, Long.class) == 10) {
      return new long[] {11};
    }
    return file.recordCount() == 2 ? new long[] {1, 2} : new long[] {5};
  }

  private Committed compact(Token token) throws IOException {
    Rewrite sealed = rewrite;
    if (sealed == null) {
      Table table = catalog.load(ref);
      List<Rewrite.Group> groups = new ArrayList<>();
      try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
        for (FileScanTask task : tasks) {
          groups.add(
              new Rewrite.Group(
                  List.of(task.file().copy()), Map.of(), write("ours", 0, ids(task.file()))));
        }
      }
      sealed =
          Rewrite.of(ref, Objects.requireNonNull(table.currentSnapshot()).snapshotId(), groups);
      rewrite = sealed;
    }
    return new Committer(catalog, FileCheck.LENGTH, PATIENCE).commit(sealed.change(token), sealed);
  }
}

package dev.headwater.upsert;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import dev.headwater.table.Written;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A table whose files are rewritten, by upserts and removals. */
abstract class RewriteCase {
  static final TableRef REF = TableRef.of("demo", "rides");
  static final Schema SCHEMA =
      new Schema(
          NestedField.optional(1, "id", Types.LongType.get()),
          NestedField.optional(2, "town", Types.StringType.get()),
          NestedField.optional(3, "at", Types.IntegerType.get()),
          NestedField.optional(4, "value", Types.StringType.get()));

  /** A row of that schema. */
  record Row(long id, String town, @Nullable Integer at, String value) {}

  @TempDir Path folder = Path.of("unset");
  CatalogConfig config;
  TableCatalog catalog;

  @BeforeEach
  void open() {
    config = CatalogConfig.embedded(folder.resolve("catalog"));
    catalog = TableCatalog.open(config);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  final dev.headwater.columns.expr.Expression where(String sql) {
    return dev.headwater.columns.expr.Expression.parse(sql, catalog.load(REF).schema());
  }

  final Committed remove(String run, String sql) {
    Table now = catalog.load(REF);
    Pipeline pipeline = pipeline();
    pipeline
        .apply("remove", new RemoveRows(now, now, where(sql), "sink", run))
        .apply("commit", CommitTable.of(config, rewrite(now, run)));
    execute(pipeline);
    Table then = catalog.load(REF);
    return Committer.find(REF, then, token(run))
        .orElseGet(() -> new Committed(REF, then.uuid(), null, false, Map.of()));
  }

  static Token token(String run) {
    return Token.ofRun("sink", run, List.of("in"));
  }

  static Change rewrite(Table base, String run) {
    Long id = base.currentSnapshot() == null ? null : base.currentSnapshot().snapshotId();
    Edit edit = new Edit.Rewrite(id, List.of(), List.of(), Expressions.alwaysFalse());
    return Change.of(REF, edit, token(run), List.of());
  }

  static Pipeline pipeline() {
    return Pipeline.create(
        PipelineOptionsFactory.fromArgs("--targetParallelism=2", "--enforceImmutability=false")
            .create());
  }

  static void execute(Pipeline pipeline) {
    try {
      pipeline.run().waitUntilFinish();
    } catch (Pipeline.PipelineExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  static Row row(long id, String value) {
    return new Row(id, "t", 1, value);
  }

  final void create(PartitionSpec spec) {
    create(spec, 2);
  }

  final void create(PartitionSpec spec, int version) {
    Map<String, String> how = Map.of("format-version", Integer.toString(version));
    catalog.create(REF, SCHEMA, spec, SortOrder.unsorted(), how);
  }

  final void append(String run, List<Row> rows) throws IOException {
    try (BatchWriter out = BatchWriter.open(catalog.load(REF), "s", run)) {
      out.accept(batch(rows));
      List<DataFile> files = out.finish();
      new Committer(catalog).commit(Change.append(REF, Token.ofRun("s", run, List.of()), files));
    }
  }

  final UpsertSpec spec(
      String run, List<String> key, @Nullable String order, int shards, boolean removes) {
    Table now = catalog.load(REF);
    Spill spill = Spill.in(folder.resolve("scratch").toString(), now.io());
    return new UpsertSpec(now, now, key, order, "sink", run, spill, shards, removes, null);
  }

  final Committed upsert(
      String run, List<String> key, @Nullable String order, List<Row> rows, int shards) {
    return run(spec(run, key, order, shards, false), rows);
  }

  final Committed run(UpsertSpec spec, List<Row> rows) {
    List<RunRef> runs = new ArrayList<>();
    // Two workers, each with a half: the second half's places come after the first's.
    for (int half = 0; half < 2; half++) {
      try (SpillUpsert spill = new SpillUpsert(spec)) {
        int from = half * (rows.size() / 2);
        int to = half == 0 ? rows.size() / 2 : rows.size();
        spill.accept(batch(rows.subList(from, to)), from);
        runs.addAll(spill.finish());
      }
    }
    Pipeline pipeline = pipeline();
    PCollection<Written> in =
        pipeline.apply(
            "in", Create.of(Written.of(List.of(), rows.size(), 0, 0)).withCoder(Written.coder()));
    PCollection<Written> written =
        pipeline.apply(Create.of(runs).withCoder(RunRef.coder())).apply("upsert", new Upsert(spec));
    PCollectionList.of(in)
        .and(written)
        .apply(Flatten.pCollections())
        .apply("commit", CommitTable.of(config, rewrite(spec.base(), spec.run())));
    execute(pipeline);
    return Committer.find(REF, catalog.load(REF), token(spec.run())).orElseThrow();
  }

  static RowBatch batch(List<Row> rows) {
    RowBatchBuilder out = new RowBatchBuilder(SCHEMA);
    for (Row row : rows) {
      out.append(row.id(), row.town(), row.at(), row.value());
    }
    return out.build();
  }

  final List<Row> rows() throws IOException {
    Table table = catalog.load(REF);
    List<Row> out = new ArrayList<>();
    SnapshotRef now = new SnapshotRef(REF, table.uuid(), table.currentSnapshot().snapshotId());
    for (SplitGroup group : Splits.of(table, now, null, 1 << 20, 1)) {
      try (var batches = group.open(table.io(), table.schema(), null)) {
        batches.forEachRemaining(
            batch -> {
              List<Values> values = new ArrayList<>();
              for (int c = 0; c < 4; c++) {
                values.add(Values.of(batch.column(c), SCHEMA.columns().get(c).type()));
              }
              for (int r = 0; r < batch.size(); r++) {
                out.add(
                    new Row(
                        (Long) Objects.requireNonNull(values.get(0).at(r)),
                        (String) Objects.requireNonNull(values.get(1).at(r)),
                        (Integer) values.get(2).at(r),
                        (String) Objects.requireNonNull(values.get(3).at(r))));
              }
            });
      }
    }
    return out;
  }

  final SortedSet<String> paths() throws IOException {
    SortedSet<String> out = new TreeSet<>();
    try (CloseableIterable<FileScanTask> files = catalog.load(REF).newScan().planFiles()) {
      files.forEach(task -> out.add(task.file().location()));
    }
    return out;
  }
}

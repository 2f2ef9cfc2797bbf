package dev.headwater.pipelines;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.BaseCheck;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.kafka.IngestSpec;
import dev.headwater.kafka.decode.Decoders;
import dev.headwater.parquet.FooterCheck;
import dev.headwater.pipelines.project.KafkaDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import dev.headwater.sketch.SketchStatistics;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchSink;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.table.RouteSink;
import dev.headwater.table.Routed;
import dev.headwater.table.Routes;
import dev.headwater.table.Written;
import dev.headwater.upsert.Keyed;
import dev.headwater.upsert.KeyedWriter;
import dev.headwater.upsert.LaterRows;
import dev.headwater.upsert.SpillUpsert;
import dev.headwater.upsert.Upsert;
import dev.headwater.upsert.UpsertSpec;
import dev.headwater.upsert.UpsertStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Rows of letters on their way into the table after all: beside the others, or by their key. */
final class ReplayedRows implements AutoCloseable {
  private final Stages stages;
  private final Target target;
  private final Run run;
  private final TableRef ref;
  private final Table into;
  private final BatchWriter files;
  private final @Nullable UpsertSpec spec;
  private final @Nullable SpillUpsert keyed;
  private final @Nullable UpsertStream changes;
  private final @Nullable KeyedWriter changed;
  private final boolean gone;
  private final @Nullable Expression delete;
  private final @Nullable Routes routes;
  private final @Nullable BatchSink<Routed> routed;

  ReplayedRows(Stages stages, Target target, TableDecl table, Run run, String sink, Table into) {
    this.stages = stages;
    this.target = target;
    this.run = run;
    this.ref = stages.workspace().table(target.name());
    this.into = into;
    String id = run.id().toString();
    this.files = BatchWriter.open(into, sink, id).sorting().sketching();
    this.routes = routes(stages, target, table, sink, run);
    try {
      this.routed = routes == null ? null : RouteSink.factory(routes, id).open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean upsert = table.write().mode() == Write.Mode.UPSERT;
    boolean topic = stages.project().topic(table).isPresent();
    changes = upsert && topic ? new TopicTable(stages, target).keyed(into, sink, id) : null;
    gone =
        stages
            .project()
            .topic(table)
            .filter(kafka -> kafka.format() == KafkaDecl.Format.DEBEZIUM)
            .isPresent();
    delete =
        changes == null || table.write().delete() == null
            ? null
            : Expression.parse(table.write().delete(), into.schema());
    changed = changes == null ? null : changes.writer(0);
    if (upsert && !topic) {
      spec =
          UpsertSpec.of(
                  into,
                  into,
                  table.write().key(),
                  table.write().order(),
                  sink,
                  id,
                  Spill.in(stages.workspace().scratch(run.id()).toUri().toString(), into.io()),
                  stages.engine().workers())
              .deleting(table.write().delete());
      keyed = new SpillUpsert(spec);
    } else {
      spec = null;
      keyed = null;
    }
  }

  /** Where rows go by a column of theirs; null where all come to the one table. */
  static @Nullable Routes routes(
      Stages stages, Target target, TableDecl table, String sink, Run run) {
    if (table.write().route() == null) {
      return null;
    }
    Token token = Token.ofRun(sink, run.id().toString(), List.of());
    Routes routes = new TopicTable(stages, target).routes(token);
    return routes == null ? null : routes.columnsBefore();
  }

  /**
   * Takes rows.
   *
   * @param place the first one's among all; of two with one key the later one stays
   */
  void accept(RowBatch rows, long place) {
    if (keyed != null) {
      keyed.accept(rows, place);
      return;
    }
    try {
      if (changed != null) {
        changed.accept(change(rows), place);
        return;
      }
      if (routed != null) {
        routed.accept(rows);
        return;
      }
      files.accept(rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rows that were mended say nothing of going, unless a condition tells which do. */
  private RowBatch change(RowBatch rows) {
    int id = 1 + rows.schema().highestFieldId();
    if ((!gone && delete == null) || rows.schema().findField(Decoders.GONE) != null) {
      return rows;
    }
    boolean[] those = new boolean[rows.size()];
    if (delete != null) {
      for (int row : delete.select(rows).positions()) {
        those[row] = true;
      }
    }
    return rows.with(
        Types.NestedField.required(id, Decoders.GONE, Types.BooleanType.get()),
        BooleanColumn.of(those, null));
  }

  /**
   * Commits them; without a row nothing.
   *
   * @param upon the files that the table had when the letters were read
   */
  void commit(Token token, Map<String, String> summary, BaseCheck upon) {
    if (changes != null && changed != null) {
      changed(changes, changed, Change.append(ref, token, List.of()).summary(summary));
      return;
    }
    if (keyed != null && spec != null) {
      upsert(keyed, spec, token, summary, upon);
      return;
    }
    if (routed != null && routes != null) {
      decide(routes, routed, Change.append(ref, token, List.of()).summary(summary).upon(upon));
      return;
    }
    Map<String, String> says = new HashMap<>(summary);
    says.put(SummaryKeys.ROWS_IN, Long.toString(files.rows()));
    says.put(SummaryKeys.ROWS_KEPT, Long.toString(files.rows()));
    try {
      Change change = Change.append(ref, token, files.finish()).summary(says).upon(upon);
      new Committer(stages.workspace().catalog(ref), new FooterCheck())
          .commit(change, new SketchStatistics(files.sketch()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void decide(Routes to, BatchSink<Routed> from, Change change) {
    TableCatalog catalog = stages.workspace().catalog(ref);
    LaterRows later = new LaterRows(ref);
    try {
      List<LaterRows.Part> parts = LaterRows.parts(to, from.finish(), Map.of());
      String rows = Long.toString(parts.stream().mapToLong(LaterRows.Part::rows).sum());
      String tables = parts.stream().map(LaterRows.Part::table).collect(Collectors.joining(","));
      Map<String, String> says = new HashMap<>(later.said(catalog, change.token(), parts));
      says.put(IngestSpec.TABLES, tables);
      says.put(SummaryKeys.FACT + IngestSpec.ROUTED, rows);
      says.put(SummaryKeys.ROWS_IN, rows);
      says.put(SummaryKeys.ROWS_FILTERED, rows);
      later.finish(catalog, new Committer(catalog).commit(change.summary(says)).summary());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void changed(UpsertStream by, KeyedWriter writer, Change change) {
    try {
      List<Keyed> all = writer.finish();
      if (!all.isEmpty()) {
        by.commit(stages.workspace().catalog(ref), Keyed.of(all), change);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void upsert(
      SpillUpsert spilled,
      UpsertSpec how,
      Token token,
      Map<String, String> summary,
      BaseCheck upon) {
    List<RunRef> runs = spilled.finish();
    if (spilled.rows() == 0) {
      return;
    }
    Pipeline pipeline = stages.pipeline(target, run.id().toString());
    PCollection<Written> counted =
        pipeline.apply(
            "replay rows",
            Create.of(Written.of(List.of(), spilled.rows(), 0, 0)).withCoder(Written.coder()));
    PCollection<Written> written =
        pipeline
            .apply("replay runs", Create.of(runs).withCoder(RunRef.coder()))
            .apply("replay", new Upsert(how));
    PCollectionList.of(counted)
        .and(written)
        .apply("replay all", Flatten.pCollections())
        .apply(
            "replay commit",
            CommitTable.of(
                    stages.workspace().catalog(ref).config(),
                    Change.of(ref, Edit.Rewrite.of(into), token, List.of()))
                .summary(summary)
                .upon(upon));
    stages.engine().run(pipeline, LetterSettling.STAGE, Engine.Watch.NONE);
  }

  @Override
  public void close() {
    files.close();
    if (keyed != null) {
      keyed.close();
    }
    if (changed != null) {
      changed.close();
    }
    if (routed != null) {
      try {
        routed.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

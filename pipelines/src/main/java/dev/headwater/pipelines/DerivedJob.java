package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.derive.DeriveQuery;
import dev.headwater.derive.DeriveTable;
import dev.headwater.derive.DeriveThrough;
import dev.headwater.pipelines.project.DerivedDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.sort.Spill;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Schema;

/**
 * Pinned tables -> a query, or a transform of the user's -> checked against the contract -> a table
 * and its letters, replaced; of a query that looks at each row alone only new rows, where only such
 * came.
 */
final class DerivedJob extends TableJob {
  private static final String VERSION = "1";

  private final DerivedDecl table;

  DerivedJob(Stages stages, Target target) {
    super(stages, target);
    this.table = Objects.requireNonNull(stages.project().derived().get(target.name()));
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public List<Edge> inputs() {
    return table.from().stream().map(stages::pin).toList();
  }

  @Override
  public Made make(Run run, Watch watch) {
    output.finishLater();
    Pipeline pipeline = stages.pipeline(target, run.id().toString());
    long rows =
        table.sql() == null
            ? through(run, pipeline)
            : table.query().simple() ? select(run, pipeline) : query(run, pipeline);
    try {
      stages.run(pipeline, target, rows, watch);
    } catch (RuntimeException e) {
      throw table.through() == null
          ? e
          : UserSteps.blamed(table.through().java(), "table " + table.name(), e);
    }
    return output.find(run).map(this::made).orElseGet(this::nothing);
  }

  /** Of several tables, or with windows: all rows are read; the rows that it will read. */
  private long query(Run run, Pipeline pipeline) {
    Map<String, DeriveQuery.Input> inputs = new LinkedHashMap<>();
    Map<String, Schema> schemas = new LinkedHashMap<>();
    long rows = 0;
    for (String name : table.from()) {
      Stages.Pinned pinned = stages.pinned(run, name);
      inputs.put(name, new DeriveQuery.Input(pinned.table(), pinned.snapshot()));
      schemas.put(name, pinned.schema());
      rows += pinned.rows();
    }
    QueryPlan plan = Derived.plan(table, schemas);
    DerivedInto into = DerivedInto.of(stages, run, table, output, plan.schema(), false);
    pipeline
        .apply(
            DeriveTable.STAGE,
            new DeriveQuery(plan, inputs, into.writer(), spill(run), stages.engine().workers()))
        .apply(DeriveTable.STAGE + " commit", into.commit());
    return rows;
  }

  private Spill spill(Run run) {
    return Spill.in(
        stages.workspace().scratch(run.id()).toUri().toString(),
        stages.workspace().catalog(output.ref()).io());
  }

  /** Of one table, perhaps only its new rows; the rows that it will read, or -1. */
  private long select(Run run, Pipeline pipeline) {
    String name = table.from().get(0);
    Stages.Pinned source = stages.pinned(run, name);
    var selection = Derived.selection(table, source.schema());
    DerivedSince since = DerivedSince.of(stages, run, table, selection, output, VERSION);
    var after = since.after();
    DerivedInto into =
        DerivedInto.of(stages, run, table, output, selection.schema(), after != null);
    PTransform<PBegin, PCollection<Written>> derive =
        new DeriveTable(
            selection,
            source.table(),
            after == null ? source.snapshot() : stages.exact(run, name),
            after,
            into.writer(),
            spill(run),
            stages.engine().workers());
    pipeline
        .apply(DeriveTable.STAGE, derive)
        .apply(
            DeriveTable.STAGE + " commit",
            into.commit().summary(since.summary()).upon(since.upon()));
    return after == null ? source.rows() : -1;
  }

  private long through(Run run, Pipeline pipeline) {
    List<DeriveThrough.Input> inputs = new ArrayList<>();
    Map<String, Schema> schemas = new LinkedHashMap<>();
    long rows = 0;
    for (String name : table.from()) {
      Stages.Pinned pinned = stages.pinned(run, name);
      schemas.put(name, pinned.schema());
      rows += pinned.rows();
      inputs.add(
          new DeriveThrough.Input(
              name,
              stages.workspace().catalog(pinned.snapshot().table()).config(),
              pinned.snapshot(),
              pinned.schema()));
    }
    DeriveThrough.By by = Derived.by(table);
    DerivedInto into = DerivedInto.of(stages, run, table, output, by.outcome(schemas), false);
    CheckedWriter.Into writer = into.writer();
    pipeline
        .apply(DeriveTable.STAGE, new DeriveThrough(inputs, by, writer))
        .apply(DeriveTable.STAGE + " commit", into.commit());
    return rows;
  }

  @Override
  Made made(Committed committed) {
    long letters = TableOutput.count(committed, SummaryKeys.ROWS_LETTERS);
    boolean more = committed.summary().containsKey(DerivedSince.AFTER);
    return new Made(
        List.of(TableOutput.edge(committed)),
        TableOutput.figures(committed),
        TableOutput.count(committed, SummaryKeys.ROWS_IN),
        Stages.grouped(Stages.kept(committed))
            + (more ? " more, " : " rows, ")
            + Stages.grouped(letters)
            + " letters",
        TableOutput.where(committed));
  }

  /** New rows of which the query chooses none leave the table as it is. */
  private Made nothing() {
    return new Made(List.of(stages.pin(table.name())), Map.of(), 0, "no rows", "");
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterator;

/**
 * Rows of somebody else's table that a model is trained on, kept as a table of the project's own
 * where its snapshots can't be: {@code <model>__pins}, a snapshot for each training.
 */
final class Copies {
  private static final String SINK = "pin.";

  private Copies() {}

  /**
   * Copies what a training reads of its rows' table, once for a run; nothing where another way of
   * keeping is declared. One batch is in memory at a time.
   *
   * @param columns that are read
   * @param where the rows that are read
   */
  static void keep(Stages stages, Run run, Stages.Pinned rows, List<String> columns, String where) {
    Workspace workspace = stages.workspace();
    TableRef from = rows.snapshot().table();
    if (Pins.of(workspace, from) != CatalogDecl.Pin.COPY || find(workspace, run).isPresent()) {
      return;
    }
    Expression wanted = Expression.parse(where, rows.schema());
    Set<String> needed = new LinkedHashSet<>(columns);
    needed.addAll(wanted.columns());
    Schema schema = rows.schema().select(needed);
    TableRef to = ref(workspace, run);
    TableCatalog catalog = workspace.catalog(to);
    TableShape into = TableShape.exactly(catalog, to, schema, PartitionSpec.unpartitioned());
    Token token = token(run);
    Table table = into.table();
    try (BatchWriter out = BatchWriter.open(table, token.sink(), run.id().toString())) {
      for (SplitGroup group :
          Splits.of(rows.table(), rows.snapshot(), null, Stages.GROUP_BYTES, 1)) {
        try (CloseableIterator<RowBatch> batches = group.open(rows.table(), schema, null)) {
          while (batches.hasNext()) {
            RowBatch batch = batches.next();
            out.accept(batch.filter(wanted.select(batch)));
          }
        }
      }
      new Committer(catalog)
          .commit(
              Change.replace(to, token, out.finish())
                  .shape(into.shape())
                  .summary(
                      Map.of(
                          SummaryKeys.RUN,
                          run.id().toString(),
                          SummaryKeys.STAGE,
                          run.stage(),
                          SummaryKeys.TARGET,
                          run.target(),
                          SummaryKeys.FACT + "copy_of",
                          from + "@" + rows.snapshot().snapshotId())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The copy that a training has kept, if it has. */
  static Optional<SnapshotRef> find(Workspace workspace, Run run) {
    if (!run.target().startsWith("model/")) {
      return Optional.empty();
    }
    TableRef ref = ref(workspace, run);
    return workspace
        .catalog(ref)
        .find(ref)
        .flatMap(table -> Committer.find(ref, table, token(run)))
        .flatMap(Committed::snapshot);
  }

  /** The copy of a snapshot that is gone, for whoever trains again from what a run has pinned. */
  static SnapshotRef instead(Workspace workspace, Run run, TableRef of, HeadwaterException gone) {
    return find(workspace, run)
        .filter(copy -> Pins.of(workspace, of) == CatalogDecl.Pin.COPY)
        .orElseThrow(() -> gone);
  }

  private static TableRef ref(Workspace workspace, Run run) {
    String model = run.target().substring(run.target().indexOf('/') + 1);
    return workspace.table(model + "__pins");
  }

  private static Token token(Run run) {
    return Token.ofRun(
        SINK + run.target().replace('/', '.'),
        run.id().toString(),
        run.inputs().stream().map(Edge::toString).toList());
  }
}

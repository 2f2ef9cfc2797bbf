package dev.headwater.pipelines;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.expr.SelectPlan;
import dev.headwater.ingest.UponFiles;
import dev.headwater.pipelines.project.DerivedDecl;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * From where on a run reads its source: the table's own newest commit says how far that one came,
 * and by which declaration.
 *
 * @param after only rows that were appended after this snapshot; null: all
 * @param upon what the commit must find in the table
 * @param summary what the commit's summary says of it
 */
record DerivedSince(@Nullable Long after, UponFiles upon, Map<String, String> summary) {
  /** The fact that tells the source's snapshot after which rows were read, where not all were. */
  static final String AFTER = SummaryKeys.FACT + "source_after";

  private static final String UP_TO = SummaryKeys.FACT + "source_up_to";
  private static final String BY = SummaryKeys.FACT + "source_by";

  /** Of a run that reads one source. */
  static DerivedSince of(
      Stages stages,
      Run run,
      DerivedDecl table,
      SelectPlan selection,
      TableOutput output,
      String version) {
    SnapshotRef source = stages.exact(run, table.from().get(0));
    Optional<Table> own = stages.workspace().catalog(output.ref()).find(output.ref());
    UponFiles upon = UponFiles.of(output.ref(), own, output.sink());
    String by = version + "/" + run.declaration();
    Snapshot newest = own.map(Rewrites::origin).orElse(null);
    Long after = null;
    if (selection.groups() == null && newest != null) {
      Map<String, String> said = newest.summary();
      boolean ours = said.getOrDefault(SummaryKeys.TARGET, "").equals(run.target());
      if (ours && by.equals(said.get(BY))) {
        long last = Long.parseLong(said.get(UP_TO));
        Table from = stages.workspace().catalog(source.table()).load(source.table());
        after = appendedSince(from, source.snapshotId(), last) ? Long.valueOf(last) : null;
      }
    }
    String now = Long.toString(source.snapshotId());
    return new DerivedSince(
        after,
        upon,
        after == null
            ? Map.of(BY, by, UP_TO, now)
            : Map.of(BY, by, UP_TO, now, AFTER, Long.toString(after)));
  }

  /** Whether rows only came since a snapshot; files that were rewritten have the same ones. */
  private static boolean appendedSince(Table table, long now, long since) {
    Snapshot snapshot = table.snapshot(now);
    while (snapshot != null && snapshot.snapshotId() != since) {
      boolean kept =
          snapshot.operation().equals(DataOperations.APPEND)
              || snapshot.operation().equals(DataOperations.REPLACE);
      Long parent = snapshot.parentId();
      snapshot = kept && parent != null ? table.snapshot(parent) : null;
    }
    return snapshot != null;
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.Settings;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.kafka.IngestSpec;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.LaterLetters;
import dev.headwater.upsert.LaterRows;
import dev.headwater.validate.Letters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;

/** The table that a target's runs write: how a run's commit is known, and found again. */
final class TableOutput {
  private final Workspace workspace;
  private final Target target;
  private final TableRef ref;

  TableOutput(Workspace workspace, Target target) {
    this.workspace = workspace;
    this.target = target;
    this.ref = workspace.table(target.name());
  }

  TableRef ref() {
    return ref;
  }

  /** What is declared of the table beside its columns. */
  Settings settings() {
    return workspace.project().keep(target.name()).settings();
  }

  /** What a run's commit is known by; the same inputs and declaration give the same token. */
  Token token(Run run) {
    List<String> inputs = new ArrayList<>(run.inputs().stream().map(Edge::toString).toList());
    inputs.add("declaration " + run.declaration());
    return Token.ofRun(sink(), run.id().toString(), inputs);
  }

  /** The stable name of what writes. */
  String sink() {
    return target.kind().stage() + "." + target.name();
  }

  /** What a commit's summary says of the run that made it. */
  Map<String, String> summary(Run run) {
    Map<String, String> summary = new HashMap<>(new Claims(workspace).summary(ref));
    summary.put(SummaryKeys.RUN, run.id().toString());
    summary.put(SummaryKeys.STAGE, target.kind().stage());
    summary.put(SummaryKeys.TARGET, target.toString());
    return summary;
  }

  /**
   * Brings letters to their table whose rows are in this one, and rows to other tables that this
   * one says they get; doing it again changes nothing.
   */
  void finishLater() {
    TableCatalog catalog = workspace.catalog(ref);
    LaterRows rows = new LaterRows(ref);
    LaterLetters letters = new LaterLetters(ref, Letters.of(ref));
    catalog
        .find(ref)
        .ifPresent(
            now -> {
              rows.finish(catalog, now);
              letters.finish(catalog, now);
            });
  }

  /** The newest snapshots of a commit's run in the other tables that its rows went to. */
  Map<TableRef, Snapshot> others(Committed committed) {
    Map<TableRef, Snapshot> out = new LinkedHashMap<>();
    String run = committed.summary().getOrDefault(SummaryKeys.RUN, "");
    String names = committed.summary().getOrDefault(IngestSpec.TABLES, "");
    for (String name : names.isEmpty() ? new String[0] : names.split(",", -1)) {
      TableRef other = new TableRef(ref.catalog(), ref.namespace(), name);
      workspace
          .catalog(other)
          .find(other)
          .flatMap(
              table ->
                  History.of(table).stream()
                      .filter(s -> run.equals(s.summary().get(SummaryKeys.RUN)))
                      .findFirst())
          .ifPresent(snapshot -> out.put(other, snapshot));
    }
    return out;
  }

  /** The edges to what a commit left in its table, and its run in others. */
  List<Edge> edges(Committed committed) {
    List<Edge> out = new ArrayList<>(List.of(edge(committed)));
    others(committed)
        .forEach(
            (other, snapshot) ->
                out.add(new Edge("table", other.toString(), Long.toString(snapshot.snapshotId()))));
    return out;
  }

  /** The letters' table, made where it isn't there, with the columns that letters have by now. */
  Table letters(Run run) {
    TableCatalog catalog = workspace.catalog(ref);
    TableRef letters = Letters.of(ref);
    TableShape shape =
        TableShape.exactly(catalog, letters, Letters.SCHEMA, PartitionSpec.unpartitioned());
    if (shape.shape() == null) {
      return shape.table();
    }
    Token token = Token.ofRun(sink() + ".letters.columns", run.id().toString(), List.of());
    new Committer(catalog)
        .commit(
            Change.append(letters, token, List.of()).shape(shape.shape()).summary(summary(run)),
            Table::newFastAppend);
    return catalog.load(letters);
  }

  Optional<Committed> find(Run run) {
    return workspace.catalog(ref).find(ref).flatMap(t -> Committer.find(ref, t, token(run)));
  }

  /** Why the snapshot that a finished run wrote no longer stands. */
  Optional<String> lost(Run run) {
    Optional<Table> table = workspace.catalog(ref).find(ref);
    if (table.isEmpty()) {
      return Optional.of("its table is gone");
    }
    String version = run.outputs().isEmpty() ? "" : run.outputs().get(0).version();
    if (version.isEmpty()) {
      return Optional.empty();
    }
    long snapshot = Long.parseLong(version);
    boolean there = History.of(table.get()).stream().anyMatch(s -> s.snapshotId() == snapshot);
    return there ? Optional.empty() : Optional.of("its table was rolled back or made anew");
  }

  /** The edge to what a commit left. */
  static Edge edge(Committed committed) {
    return new Edge(
        "table",
        committed.table().toString(),
        committed.snapshotId() == null ? "" : Long.toString(committed.snapshotId()));
  }

  static String where(Committed committed) {
    return committed.snapshotId() == null
        ? "empty"
        : "snapshot " + StageResult.brief(committed.snapshotId());
  }

  static long count(Committed committed, String key) {
    return Long.parseLong(committed.summary().getOrDefault(key, "0"));
  }

  /** Rows in its table, or in those that they went to. */
  static long kept(Committed committed) {
    return Stages.kept(committed) + routed(committed);
  }

  /** Rows left out on purpose; to the table itself those are others too that went elsewhere. */
  static long filtered(Committed committed) {
    return count(committed, SummaryKeys.ROWS_FILTERED) - routed(committed);
  }

  private static long routed(Committed committed) {
    return count(committed, SummaryKeys.FACT + IngestSpec.ROUTED);
  }

  /** The stage's own facts in a commit's summary that are numbers. */
  static Map<String, Double> figures(Committed committed) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("rows_in", (double) count(committed, SummaryKeys.ROWS_IN));
    figures.put("rows_kept", (double) kept(committed));
    figures.put("rows_letters", (double) count(committed, SummaryKeys.ROWS_LETTERS));
    figures.put("rows_filtered", (double) filtered(committed));
    String written = committed.summary().get(SnapshotSummary.ADDED_FILE_SIZE_PROP);
    if (written != null) {
      figures.put("bytes_written", Double.parseDouble(written));
    }
    committed
        .summary()
        .forEach(
            (key, value) -> {
              if (key.startsWith(SummaryKeys.FACT)
                  && value.matches("-?\\d+(\\.\\d+)?([eE]-?\\d+)?|NaN")) {
                figures.put(key.substring(SummaryKeys.FACT.length()), Double.parseDouble(value));
              }
            });
    return figures;
  }
}

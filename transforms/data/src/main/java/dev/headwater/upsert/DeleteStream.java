package dev.headwater.upsert;

import static org.apache.beam.sdk.values.TypeDescriptors.integers;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import dev.headwater.parquet.FooterCheck;
import dev.headwater.table.AppendStream;
import dev.headwater.table.Intervals;
import dev.headwater.table.StreamCommits;
import dev.headwater.table.TableUse;
import dev.headwater.table.WorkFn;
import dev.headwater.table.WorkerDisk;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.joda.time.Duration;

/**
 * A stream of conditions, {@code "user = 17 and at < date '2001-06-01'"}: the rows of a table for
 * which one of an interval's is true go, in one commit an interval. Unbounded. Conditions are SQL
 * over the table's columns; rows that come after their commit stay. An interval that matches no row
 * commits nothing.
 *
 * <p>Files all of whose rows match go, by their metadata alone where it says so; of others the rows
 * are deleted by position, with deletion vectors in a table of format version 3. Each condition is
 * tried on every row of the files that may match: for thousands of keys an interval take {@link
 * UpsertStream} with {@link UpsertStream#deletes}.
 *
 * <p>Exactly once, as {@link AppendStream} is and under the same conditions: a condition that is
 * seen again after a failure finds its own commit, so rows that came since are not touched. What is
 * no condition over the table's columns fails the job.
 */
public final class DeleteStream extends StreamCommits<PCollection<String>> {
  private static final long serialVersionUID = 1;
  private static final java.time.Duration PATIENCE = java.time.Duration.ofMinutes(10);

  private final CatalogConfig catalog;
  private final TableRef ref;
  private final Table table;
  private final String sink;
  private final String run;
  private final Duration interval;
  private final HashMap<String, String> summary;

  /** An interval's conditions; its id tells it from another one with the same. */
  record Sealed(String id, List<String> conditions) implements Serializable {
    private static final long serialVersionUID = 1;

    Sealed {
      conditions = new ArrayList<>(conditions);
    }

    String where() {
      return conditions.stream().collect(Collectors.joining(") or (", "(", ")"));
    }
  }

  private DeleteStream(
      CatalogConfig catalog,
      TableRef ref,
      Table table,
      String sink,
      String run,
      Duration interval,
      Map<String, String> summary) {
    this.catalog = catalog;
    this.ref = ref;
    this.table = table;
    this.sink = sink;
    this.run = run;
    this.interval = interval;
    this.summary = new HashMap<>(summary);
  }

  /**
   * A commit each ten seconds.
   *
   * @param table the table as {@code catalog} has it
   * @param sink the stable name of what deletes, unique to it
   * @param run the id of the run, a folder of delete files
   * @throws dev.headwater.catalog.HeadwaterException USAGE if the table's format version is 1
   */
  public static DeleteStream from(
      CatalogConfig catalog, TableRef ref, Table table, String sink, String run) {
    DropRows.check(table, "delete rows of " + ref + " in a stream");
    return new DeleteStream(
        catalog,
        ref,
        SerializableTable.copyOf(table),
        sink,
        run,
        Duration.standardSeconds(10),
        Map.of());
  }

  /** How long after the first condition of a commit it is sealed, in processing time. */
  public DeleteStream every(Duration commitInterval) {
    return new DeleteStream(catalog, ref, table, sink, run, commitInterval, summary);
  }

  /** What each snapshot's summary says besides the token and the counts. */
  public DeleteStream summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(summary);
    all.putAll(more);
    return new DeleteStream(catalog, ref, table, sink, run, interval, all);
  }

  @Override
  public PCollection<Committed> expand(PCollection<String> conditions) {
    PCollection<KV<Integer, String>> keyed =
        conditions.apply("OneKey", WithKeys.<Integer, String>of(0).withKeyType(integers()));
    return Intervals.of(keyed, interval)
        .apply("Seal", ParDo.of(new Seal()))
        .setCoder(SerializableCoder.of(Sealed.class))
        .apply("Commit", ParDo.of(new Commit(this)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  /** The sealed conditions, into the table, once. */
  Committed commit(TableCatalog open, Sealed sealed) throws IOException {
    List<String> content = new ArrayList<>(sealed.conditions());
    content.add(sealed.id());
    Token token = Token.ofContent(sink, content);
    Change change = Change.append(ref, token, List.of()).summary(summary);
    Table now = open.load(ref);
    try (WorkerDisk disk = WorkerDisk.open(table.io())) {
      ReplaceWhere gone =
          new ReplaceWhere(sealed.where(), List.of(), sink + "/" + run, disk.spill());
      if (Committer.find(ref, now, token).isEmpty() && !gone.any(now)) {
        Snapshot current = now.currentSnapshot();
        Long id = current == null ? null : current.snapshotId();
        return new Committed(ref, now.uuid(), id, false, change.summary());
      }
      return new Committer(open, new FooterCheck(), PATIENCE).commit(change, gone);
    }
  }

  private static final class Seal extends WorkFn<KV<Integer, Iterable<String>>, Sealed> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<String>> all, OutputReceiver<Sealed> out) {
      Set<String> conditions = new LinkedHashSet<>();
      all.getValue().forEach(conditions::add);
      // A stream's last pane may be empty.
      if (!conditions.isEmpty()) {
        out.output(new Sealed(UUID.randomUUID().toString(), List.copyOf(conditions)));
      }
    }
  }

  private static final class Commit extends WorkFn<Sealed, Committed> {
    private static final long serialVersionUID = 1;
    private final DeleteStream how;

    Commit(DeleteStream how) {
      this.how = how;
    }

    @ProcessElement
    @RequiresStableInput
    public void process(@Element Sealed sealed, OutputReceiver<Committed> out) throws IOException {
      try (TableCatalog open = TableCatalog.open(how.catalog)) {
        out.output(TableUse.wrote(open, how.commit(open, sealed)));
      }
    }
  }
}

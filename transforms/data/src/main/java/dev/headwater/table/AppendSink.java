package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunWriter;
import dev.headwater.sort.Spill;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * A bundle of an append into files of its own. Rows whose columns the table does not have, not even
 * as it is now, wait as they are for the commit, which alone may change the columns. One thread.
 */
final class AppendSink implements BatchSink<Arrived> {
  /** Where rows go; remembers on a worker how it has last seen the table. */
  static final class Factory implements BatchSink.Factory<Arrived> {
    private static final long serialVersionUID = 1;
    private final CatalogConfig catalog;
    private final TableRef ref;
    private final String sink;
    private final String run;
    private final @Nullable SchemaPolicy policy;
    private final boolean before;
    private Table table;

    Factory(
        CatalogConfig catalog,
        TableRef ref,
        Table table,
        String sink,
        String run,
        @Nullable SchemaPolicy policy) {
      this(catalog, ref, table, sink, run, policy, false);
    }

    /**
     * As above.
     *
     * @param before whether columns come before the rows, which never wait then
     */
    Factory(
        CatalogConfig catalog,
        TableRef ref,
        Table table,
        String sink,
        String run,
        @Nullable SchemaPolicy policy,
        boolean before) {
      this.catalog = catalog;
      this.ref = ref;
      this.table = table;
      this.sink = sink;
      this.run = run;
      this.policy = policy;
      this.before = before;
    }

    @Override
    public AppendSink open() {
      return new AppendSink(this);
    }

    /** The table as it was last seen. */
    Table table() {
      return table;
    }

    private void look() {
      try (TableCatalog open = TableCatalog.open(catalog)) {
        table = SerializableTable.copyOf(open.load(ref));
      }
    }

    private void fit(RowBatch named) {
      table = new FittingTable(catalog, ref, table, sink, policy, List.of()).with(named);
    }
  }

  private final Factory how;
  private final Renaming renaming;
  private final List<DataFile> files = new ArrayList<>();
  private final List<Written> done = new ArrayList<>();
  private TableColumns columns;
  private @Nullable BatchWriter writer;
  private @Nullable RunWriter others;
  private @Nullable Schema unfit;

  private AppendSink(Factory how) {
    this.how = how;
    this.renaming = new Renaming(how.policy);
    this.columns = new TableColumns(how.table.schema());
  }

  @Override
  public void accept(RowBatch given) throws IOException {
    RowBatch batch = renaming.of(given);
    if (how.policy == null || fits(batch)) {
      if (writer == null) {
        writer = BatchWriter.open(how.table, how.sink, how.run).sorting().sketching();
      }
      writer.accept(batch);
      return;
    }
    if (others == null) {
      others = new RunWriter(scratch(how.table, how.sink, how.run), 0);
    }
    others.write(0, batch);
  }

  /** Where rows wait for their commit, beside the table's data. */
  static Spill scratch(Table table, String sink, String run) {
    return Spill.in(table.location() + "/scratch/" + sink + "/" + run, table.io());
  }

  /** Somebody may have changed the table since it was last looked at. */
  @SuppressWarnings("ReferenceEquality") // batches of one source share one schema object
  private boolean fits(RowBatch batch) throws IOException {
    if (columns.takes(batch)) {
      return true;
    }
    if (batch.schema() == unfit) {
      return false;
    }
    how.look();
    end();
    if (how.before) {
      how.fit(batch);
    }
    columns = new TableColumns(how.table.schema());
    boolean now = columns.takes(batch);
    unfit = now ? null : batch.schema();
    return now;
  }

  /** About how many bytes of memory its rows take. */
  long held() {
    return writer == null ? 0 : writer.held();
  }

  private void end() throws IOException {
    if (writer != null) {
      try (BatchWriter ended = writer) {
        List<DataFile> some = ended.finish();
        files.addAll(some);
        done.add(Written.of(some, ended.rows(), ended.rows(), 0).sketch(ended.sketch()));
      }
      writer = null;
    }
  }

  @Override
  public List<Arrived> finish() throws IOException {
    end();
    var left = others == null ? List.<dev.headwater.sort.RunRef>of() : others.finish();
    return files.isEmpty() && left.isEmpty()
        ? List.of()
        : List.of(new Arrived(Totals.of(done), left));
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
    }
    if (others != null) {
      others.close();
    }
  }
}

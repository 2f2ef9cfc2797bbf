package dev.headwater.upsert;

import dev.headwater.columns.Bits;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.sort.RunCursor;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.SortedGather;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.Written;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * One shard's incoming rows meet the rows of the table with their keys: which of the table's go,
 * and which of the incoming are written.
 */
final class MeetRows implements AutoCloseable {
  static final RunOrder DROPPED = RunOrder.by(0);
  private static final Schema ROWS =
      new Schema(Types.NestedField.required(1, "__row", Types.LongType.get()));
  private static final int PIECE = 1 << 13;
  private static final long BUFFER_BYTES = 16L << 20;

  private final UpsertSpec spec;
  private final BatchWriter out;
  private final SpillWriter dropped;
  private final SortedGather written;
  private final RunOrder byKey = RunOrder.by(UpsertSpec.KEY);
  private final RunOrder byOrder = RunOrder.by(UpsertSpec.ORDER);
  private final int[] files = new int[PIECE];
  private final long[] rows = new long[PIECE];
  private int size;

  /** Rows of the table that go because of one incoming row. */
  private final List<long[]> same = new ArrayList<>();

  private boolean newer;
  private final @Nullable Expression delete;
  private @Nullable RowBatch looked;
  private Bits gone = Bits.none(0);

  MeetRows(UpsertSpec spec) {
    this.spec = spec;
    this.out = BatchWriter.open(spec.table(), spec.sink(), spec.run()).sorting().sketching();
    this.dropped =
        new SpillWriter(
            spec.spill(), UpsertSpec.DROPPED, DROPPED, BUFFER_BYTES, UnaryOperator.identity());
    String[] names =
        spec.table().schema().columns().stream()
            .map(Types.NestedField::name)
            .toArray(String[]::new);
    this.delete =
        spec.delete() == null ? null : Expression.parse(spec.delete(), spec.table().schema());
    this.written = new SortedGather(batch -> out.accept(batch.select(names)));
  }

  /** Goes through the shard; what is dropped comes as runs by the number of its file. */
  List<RunRef> run(List<RunRef> incoming, List<RunRef> found) throws IOException {
    try (RunCursor in = new RunCursor(RunMerge.open(spec.spill(), incoming, byKey));
        RunCursor old = new RunCursor(RunMerge.open(spec.spill(), found, byKey))) {
      boolean any = old.next();
      while (in.next()) {
        RowBatch batch = in.batch();
        int row = in.row();
        while (any && byKey.compare(old.batch(), old.row(), batch, row) < 0) {
          any = old.next();
        }
        while (any && byKey.compare(old.batch(), old.row(), batch, row) == 0) {
          met(old, batch, row);
          any = old.next();
        }
        decide(batch, row);
      }
    }
    written.flush();
    flush();
    return dropped.finish();
  }

  private void met(RunCursor old, RowBatch batch, int row) {
    RowBatch found = old.batch();
    int at = old.row();
    same.add(
        new long[] {
          ((IntColumn) found.column(UpsertSpec.PLACE)).values()[at],
          ((LongColumn) found.column(UpsertSpec.FIRST_COLUMN)).values()[at]
        });
    newer |= spec.order() != null && byOrder.compare(found, at, batch, row) > 0;
  }

  private void decide(RowBatch batch, int row) throws IOException {
    if (!newer) {
      for (long[] one : same) {
        files[size] = (int) one[0];
        rows[size++] = one[1];
        if (size == PIECE) {
          flush();
        }
      }
      if (!spec.removes() && !removes(batch, row)) {
        written.add(batch, row);
      }
    }
    newer = false;
    same.clear();
  }

  /** Whether an incoming row leaves nothing in the place of those that it takes away. */
  @SuppressWarnings("ReferenceEquality") // the next batch is another object
  private boolean removes(RowBatch batch, int row) {
    Expression where = delete;
    if (where == null) {
      return false;
    }
    if (batch != looked) {
      looked = batch;
      gone = where.select(batch);
    }
    return gone.get(row);
  }

  private void flush() {
    dropped.accept(
        RowBatch.of(ROWS, size, LongColumn.of(Arrays.copyOf(rows, size))),
        Arrays.copyOf(files, size));
    size = 0;
  }

  /** What was written; rows that are older than the table's are filtered, and so are removals. */
  Written finish(long incoming) throws IOException {
    return Written.of(out.finish(), 0, out.rows(), incoming - out.rows()).sketch(out.sketch());
  }

  @Override
  public void close() {
    out.close();
    dropped.close();
  }
}

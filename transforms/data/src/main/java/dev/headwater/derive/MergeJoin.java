package dev.headwater.derive;

import dev.headwater.aggregate.KeyedRows;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchSink;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.iceberg.Schema;

/**
 * Two sides that meet in a shard, both sorted by key: the pairs of each key. Memory is bounded: the
 * right side's rows of one key lie on disk where they are many.
 */
final class MergeJoin implements Serializable {
  private static final long serialVersionUID = 1;

  private final QueryPlan.Kind kind;
  private final JoinSide left;
  private final JoinSide right;
  private final Schema schema;

  MergeJoin(QueryPlan.Joined join) {
    this.kind = join.kind();
    this.left = new JoinSide(join.left(), kind.keepsLeft(), 0);
    this.right = new JoinSide(join.right(), kind.keepsRight(), 1);
    this.schema = join.schema();
  }

  JoinSide left() {
    return left;
  }

  JoinSide right() {
    return right;
  }

  /** Joins what these runs hold. */
  void run(Spill spill, Iterable<RunRef> shard, BatchSink<?> sink) throws IOException {
    List<RunRef> ours = Shards.of(shard, left.stream());
    List<RunRef> theirs = Shards.of(shard, right.stream());
    try (RunMerge l = RunMerge.open(spill, ours, JoinSide.ORDER);
        RunMerge r = RunMerge.open(spill, theirs, JoinSide.ORDER)) {
      PairGather pairs = new PairGather(left, right, schema, sink);
      run(new KeyedRows(l), new KeyedRows(r), pairs, new HeldRows(spill));
      pairs.flush();
    }
  }

  private void run(KeyedRows l, KeyedRows r, PairGather pairs, HeldRows held) throws IOException {
    while (!l.done() || !r.done()) {
      int order = l.done() ? 1 : r.done() ? -1 : l.compareKey(r);
      if (order < 0) {
        alone(l, pairs, true);
      } else if (order > 0) {
        alone(r, pairs, false);
      } else {
        meet(l, r, pairs, held);
      }
    }
  }

  /** The rows of a key that the other side has not. */
  private void alone(KeyedRows rows, PairGather pairs, boolean isLeft) throws IOException {
    do {
      alone(rows.batch(), rows.row(), pairs, isLeft);
      rows.advance();
    } while (!rows.done() && !rows.keyChanged());
  }

  private void alone(RowBatch batch, int row, PairGather pairs, boolean isLeft) throws IOException {
    if (isLeft && kind.keepsLeft()) {
      pairs.add(batch, row, null, 0);
    } else if (!isLeft && kind.keepsRight()) {
      pairs.add(null, 0, batch, row);
    }
  }

  private void meet(KeyedRows l, KeyedRows r, PairGather pairs, HeldRows held) throws IOException {
    held.clear();
    do {
      if (meets(r)) {
        held.add(r.batch(), r.row());
      } else {
        alone(r.batch(), r.row(), pairs, false);
      }
      r.advance();
    } while (!r.done() && !r.keyChanged());
    boolean any = false;
    do {
      if (meets(l)) {
        any = true;
      }
      if (meets(l) && !held.isEmpty()) {
        RowBatch batch = l.batch();
        int row = l.row();
        held.each((other, at) -> pairs.add(batch, row, other, at));
      } else {
        alone(l.batch(), l.row(), pairs, true);
      }
      l.advance();
    } while (!l.done() && !l.keyChanged());
    if (!any && kind.keepsRight()) {
      held.each((batch, row) -> pairs.add(null, 0, batch, row));
    }
    held.clear();
  }

  private static boolean meets(KeyedRows rows) {
    return ((LongColumn) rows.batch().column(JoinSide.MEETS)).values()[rows.row()] != 0;
  }
}

package dev.headwater.derive;

import dev.headwater.aggregate.KeyedRows;
import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.sort.KeyCodec;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.BatchSink;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** One side of a join on its way to the other: its rows by key, with whether they may meet any. */
final class JoinSide implements Serializable {
  private static final long serialVersionUID = 1;

  static final RunOrder ORDER = RunOrder.by(KeyedRows.KEY);

  /** In the place of a time: 1 where a row may meet others. */
  static final int MEETS = KeyedRows.TIME;

  static final int FIRST = KeyedRows.FIRST_LANE;

  private static final long BUFFER_BYTES = 24L << 20;

  private final QueryPlan.Side side;
  private final boolean kept;
  private final int stream;
  private final KeyCodec codec;
  private final Schema parts;
  private final Schema spilled;

  /**
   * @param kept whether its rows that meet none come out too
   * @param stream its number among those that meet in the shards
   */
  JoinSide(QueryPlan.Side side, boolean kept, int stream) {
    this.side = side;
    this.kept = kept;
    this.stream = stream;
    this.codec = new KeyCodec(side.keys().stream().map(Expression::type).toList());
    List<Types.NestedField> keys = new ArrayList<>();
    for (Expression key : side.keys()) {
      keys.add(Types.NestedField.optional(keys.size() + 1, "key" + keys.size(), key.type()));
    }
    this.parts = new Schema(keys);
    this.spilled = Shards.schema(List.of("$key", "$meets"), side.rows().schema());
  }

  int stream() {
    return stream;
  }

  /** How many columns its rows have. */
  int width() {
    return side.rows().schema().columns().size();
  }

  /** A row of nulls, as it is spilled. */
  RowBatch nothing() {
    @Nullable Object[] nulls = new Object[FIRST + width()];
    nulls[KeyedRows.KEY] = java.nio.ByteBuffer.allocate(0);
    nulls[MEETS] = 0L;
    return new RowBatchBuilder(spilled).append(nulls).build();
  }

  BatchSink.Factory<RunRef> spill(int shards, Spill spill) {
    return () -> new To(shards, spill);
  }

  private final class To implements BatchSink<RunRef> {
    private final int shards;
    private final SpillWriter writer;

    To(int shards, Spill spill) {
      this.shards = shards;
      this.writer = new SpillWriter(spill, stream, ORDER, BUFFER_BYTES, UnaryOperator.identity());
    }

    @Override
    public void accept(RowBatch all) {
      RowBatch batch = all;
      long[] words = new long[Bits.words(batch.size())];
      Bits condition = side.meets() == null ? null : side.meets().select(batch);
      DictionaryColumn keys = keys(batch);
      Bits nulls = keys.nulls();
      for (int row = 0; row < batch.size(); row++) {
        boolean meets =
            (nulls == null || !nulls.get(row)) && (condition == null || condition.get(row));
        words[row >>> 6] |= meets ? 1L << row : 0;
      }
      Bits meets = Bits.of(words, batch.size());
      if (!kept && meets.count() < batch.size()) {
        batch = batch.filter(meets);
        keys = keys.gather(meets.positions());
      }
      if (batch.size() == 0) {
        return;
      }
      long[] flags = new long[batch.size()];
      for (int row = 0; row < flags.length; row++) {
        flags[row] = !kept || meets.get(row) ? 1 : 0;
      }
      // Rows without a key lie with any other's, and meet none.
      DictionaryColumn key = DictionaryColumn.of(keys.codes(), keys.dictionary(), null);
      List<Column> columns = new ArrayList<>(List.of(key, LongColumn.of(flags)));
      for (Types.NestedField field : side.rows().schema().columns()) {
        columns.add(batch.column(field.name()));
      }
      writer.accept(RowBatch.of(spilled, batch.size(), columns), Shards.of(key, shards));
    }

    private DictionaryColumn keys(RowBatch batch) {
      List<Column> columns = new ArrayList<>();
      side.keys().forEach(key -> columns.add(key.evaluate(batch)));
      int[] at = new int[columns.size()];
      for (int i = 0; i < at.length; i++) {
        at[i] = i;
      }
      return codec.encode(RowBatch.of(parts, batch.size(), columns), at);
    }

    @Override
    public List<RunRef> finish() {
      return writer.finish();
    }

    @Override
    public void close() {
      writer.close();
    }
  }
}

package dev.headwater.kafka;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.BadRow;
import dev.headwater.files.Decoded;
import dev.headwater.kafka.decode.RawRecords;
import dev.headwater.kafka.decode.RecordDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/**
 * Values as texts, with where they are from; those that begin with {@code bad} are letters, nulls
 * are left out.
 */
final class TextDecoder implements RecordDecoder {
  static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "partition", Types.IntegerType.get()),
          Types.NestedField.optional(2, "offset", Types.LongType.get()),
          Types.NestedField.optional(3, "text", Types.StringType.get()));

  /** Of all workers. */
  record Texts() implements Factory {
    private static final long serialVersionUID = 1;

    @Override
    public Schema schema() {
      return SCHEMA;
    }

    @Override
    public RecordDecoder open() {
      return new TextDecoder();
    }
  }

  @Override
  public Result decode(RowBatch raw) {
    BytesColumn values = (BytesColumn) raw.column(RawRecords.VALUE);
    long[] offsets = ((LongColumn) raw.column(RawRecords.OFFSET)).values();
    List<BadRow> bad = new ArrayList<>();
    IntStream.Builder good = IntStream.builder();
    int filtered = 0;
    for (int row = 0; row < raw.size(); row++) {
      if (values.isNull(row)) {
        filtered++;
      } else if (values.string(row).startsWith("bad")) {
        byte[] bytes = values.get(row);
        bad.add(new BadRow(offsets[row], "bad", "it is bad", null, null, bytes, bytes.length));
      } else {
        good.add(row);
      }
    }
    int[] rows = good.build().toArray();
    RowBatch kept = raw.gather(rows);
    RowBatch out =
        RowBatch.of(
            SCHEMA,
            rows.length,
            (IntColumn) kept.column(RawRecords.PARTITION),
            kept.column(RawRecords.OFFSET),
            kept.column(RawRecords.VALUE));
    long[] each = IntStream.of(rows).mapToLong(row -> offsets[row]).toArray();
    return new Result(new Decoded(out, each.length == 0 ? 0 : each[0], each, bad, null), filtered);
  }
}

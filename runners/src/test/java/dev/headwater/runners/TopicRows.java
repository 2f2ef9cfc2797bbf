package dev.headwater.runners;

import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.BadRow;
import dev.headwater.files.Decoded;
import dev.headwater.kafka.decode.RawRecords;
import dev.headwater.kafka.decode.RecordDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/**
 * Records as rows: where they are from, their key and text, and whether the text says that the key
 * is to go. Those that begin with {@code bad} are letters. At some texts the worker dies, once.
 */
final class TopicRows implements RecordDecoder.Factory {
  private static final long serialVersionUID = 1;
  private static final Set<String> DIED = new HashSet<>();
  static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "partition", Types.IntegerType.get()),
          Types.NestedField.optional(2, "offset", Types.LongType.get()),
          Types.NestedField.optional(3, "id", Types.StringType.get()),
          Types.NestedField.optional(4, "text", Types.StringType.get()),
          Types.NestedField.optional(5, "gone", Types.BooleanType.get()));

  private final Set<String> deadly;

  TopicRows(Set<String> deadly) {
    this.deadly = new HashSet<>(deadly);
    synchronized (DIED) {
      DIED.clear();
    }
  }

  static int deaths() {
    synchronized (DIED) {
      return DIED.size();
    }
  }

  @Override
  public Schema schema() {
    return SCHEMA;
  }

  @Override
  public RecordDecoder open() {
    return this::decode;
  }

  private RecordDecoder.Result decode(RowBatch raw) {
    BytesColumn values = (BytesColumn) raw.column(RawRecords.VALUE);
    long[] offsets = ((LongColumn) raw.column(RawRecords.OFFSET)).values();
    List<BadRow> bad = new ArrayList<>();
    IntStream.Builder good = IntStream.builder();
    for (int row = 0; row < raw.size(); row++) {
      String text = values.string(row);
      synchronized (DIED) {
        if (deadly.contains(text) && DIED.add(text)) {
          throw new IllegalStateException("the worker dies at " + text);
        }
      }
      if (text.startsWith("bad")) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bad.add(new BadRow(offsets[row], "bad", "it is bad", null, null, bytes, bytes.length));
      } else {
        good.add(row);
      }
    }
    int[] rows = good.build().toArray();
    RowBatch kept = raw.gather(rows);
    BytesColumn texts = (BytesColumn) kept.column(RawRecords.VALUE);
    boolean[] gone = new boolean[rows.length];
    for (int row = 0; row < rows.length; row++) {
      gone[row] = texts.string(row).startsWith("gone");
    }
    RowBatch out =
        RowBatch.of(
            SCHEMA,
            rows.length,
            (IntColumn) kept.column(RawRecords.PARTITION),
            kept.column(RawRecords.OFFSET),
            kept.column(RawRecords.KEY),
            texts,
            BooleanColumn.of(gone, null));
    long[] each = IntStream.of(rows).mapToLong(row -> offsets[row]).toArray();
    return RecordDecoder.Result.of(
        new Decoded(out, each.length == 0 ? 0 : each[0], each, bad, null));
  }
}

package dev.headwater.kafka.decode;

import dev.headwater.columns.RowBatch;
import dev.headwater.files.BadRow;
import dev.headwater.files.Decoded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;

/** Records' values as rows, and what else of the records becomes columns. */
@SuppressWarnings("ReferenceEquality") // FILTERED is itself
final class ValueDecoder implements RecordDecoder {
  private final Schema columns;
  private final Envelope envelope;
  private final ValueRows values;

  ValueDecoder(Schema columns, Envelope envelope, ValueRows values) {
    this.columns = columns;
    this.envelope = envelope;
    this.values = values;
  }

  @Override
  public Result decode(RowBatch raw) {
    long[] positions = new long[raw.size()];
    int good = 0;
    int filtered = 0;
    List<BadRow> bad = new ArrayList<>();
    RawRecord record = new RawRecord(raw);
    for (int row = 0; row < raw.size(); row++) {
      record.at(row);
      BadRow wrong = envelope.wrong(record);
      wrong = wrong == null ? values.add(record) : wrong;
      if (wrong == null) {
        positions[good++] = record.offset();
      } else if (wrong == ValueRows.FILTERED) {
        filtered++;
      } else {
        bad.add(wrong);
      }
    }
    RowBatch rows = RowBatch.of(columns, good, values.build());
    long[] each = Arrays.copyOf(positions, good);
    Decoded decoded = new Decoded(rows, good == 0 ? 0 : each[0], each, bad, null);
    return new Result(envelope.with(decoded, raw), filtered);
  }

  @Override
  public void close() {
    values.close();
  }
}

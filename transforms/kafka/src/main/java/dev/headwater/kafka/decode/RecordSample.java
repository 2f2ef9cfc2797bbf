package dev.headwater.kafka.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some records of a topic, to find out what they hold. */
public final class RecordSample {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What all values of a sample are. */
  public enum Form {
    /** Objects. */
    JSON,
    /** Debezium's changes of rows, in JSON. */
    CHANGES,
    /** A zero byte and the id of a schema that a registry has, then the record. */
    REGISTERED,
    TEXT,
    BYTES
  }

  private final List<byte[]> values = new ArrayList<>();
  private final List<byte[]> rows = new ArrayList<>();
  private List<String> keys = List.of();
  private boolean objects = true;
  private boolean changes = true;
  private boolean registered = true;
  private boolean text = true;

  /** Records of a topic, with the columns of {@link RawRecords}; tombstones are left out. */
  public void add(RowBatch raw) {
    RawRecord record = new RawRecord(raw);
    for (int row = 0; row < raw.size(); row++) {
      add(record.at(row));
    }
  }

  private void add(RawRecord record) {
    if (record.isTombstone()) {
      return;
    }
    byte[] value = Arrays.copyOfRange(record.data(), record.from(), record.to());
    values.add(value);
    registered &= value.length > 5 && value[0] == 0;
    text &= Utf8.isValid(value, 0, value.length);
    DebeziumEnvelope envelope = new DebeziumEnvelope();
    boolean object = envelope.read(value, 0, value.length) == null;
    objects &= object;
    changes &= object && !envelope.op().isEmpty();
    DebeziumEnvelope.Span row = envelope.after().isThere() ? envelope.after() : envelope.before();
    if (object && row.isThere()) {
      rows.add(Arrays.copyOfRange(value, row.from(), row.to()));
    }
    if (object && keys.isEmpty() && record.hasKey()) {
      keys = names(Arrays.copyOfRange(record.keyData(), record.keyFrom(), record.keyTo()));
    }
  }

  /** The fields of a key in JSON. */
  private static List<String> names(byte[] key) {
    try {
      JsonNode node = JSON.readTree(key);
      JsonNode own = node == null || !node.has("payload") ? node : node.path("payload");
      List<String> names = new ArrayList<>();
      if (own != null) {
        own.fieldNames().forEachRemaining(names::add);
      }
      return names;
    } catch (IOException e) {
      return List.of();
    }
  }

  /** How many records it has. */
  public int size() {
    return values.size();
  }

  /** What they are; null without any. */
  public @Nullable Form form() {
    if (values.isEmpty()) {
      return null;
    }
    return changes
        ? Form.CHANGES
        : objects ? Form.JSON : registered ? Form.REGISTERED : text ? Form.TEXT : Form.BYTES;
  }

  /** The fields of the records' keys; none where they are no objects in JSON. */
  public List<String> keys() {
    return List.copyOf(keys);
  }

  /** Objects, a line for each: the values, or of changes the rows. */
  public byte[] lines() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] line : form() == Form.CHANGES ? rows : values) {
      for (byte b : line) {
        // A line's end is nothing but space in JSON.
        out.write(b == '\n' || b == '\r' ? ' ' : b);
      }
      out.write('\n');
    }
    return out.toByteArray();
  }
}

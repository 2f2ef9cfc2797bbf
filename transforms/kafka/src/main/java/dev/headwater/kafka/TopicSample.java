package dev.headwater.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.columns.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest records of a topic, as many of each partition, to find out what they hold. */
public final class TopicSample {
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

  private TopicSample() {}

  /**
   * Reads a sample; tombstones are left out.
   *
   * @param most about how many records
   */
  public static TopicSample of(Topic topic, int most) {
    TopicSample sample = new TopicSample();
    List<OffsetRanges.Range> ranges = new ArrayList<>();
    String id;
    try (TopicOffsets offsets = TopicOffsets.open(topic)) {
      id = offsets.describe().id();
      Offsets beginning = offsets.beginning();
      Offsets end = offsets.end();
      long each = Math.max(1, most / Math.max(1, end.all().size()));
      end.forEach(
          (partition, last) -> {
            Long first = beginning.of(partition);
            long from = Math.max(first == null ? 0 : first, last - each);
            ranges.add(new OffsetRanges.Range(partition, Math.min(from, last), last));
          });
    }
    for (OffsetRanges.Range range : ranges) {
      try (TopicRange records = new TopicRange(topic, id, range)) {
        for (RawBatch batch = records.next(); batch != null; batch = records.next()) {
          RawRecord record = new RawRecord(batch.rows());
          for (int row = 0; row < batch.rows().size(); row++) {
            sample.add(record.at(row));
          }
        }
      }
    }
    return sample;
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

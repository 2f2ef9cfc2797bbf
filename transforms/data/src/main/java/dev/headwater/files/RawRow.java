package dev.headwater.files;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row as its source had it: all that is needed to decode it again.
 *
 * @param form how it is written: {@link #CSV}, {@link #JSON}, or {@link #RECORD} for a topic's
 * @param bytes in UTF-8 whatever the file's encoding, perhaps not all; a record's value, null for a
 *     tombstone
 * @param length how many bytes it has
 * @param fields of a CSV: its fields' names, in their order
 * @param envelope what else a topic's record has; null for files
 */
public record RawRow(
    String form,
    @Nullable ByteBuffer bytes,
    long length,
    List<String> fields,
    @Nullable Envelope envelope) {
  public static final String CSV = "csv";
  public static final String JSON = "json";
  public static final String RECORD = "record";

  /**
   * Of a topic, beside the value; its offset is the row's position.
   *
   * @param micros its timestamp in microseconds since 1970
   * @param clock what the timestamp is: Kafka's {@code CreateTime} or {@code LogAppendTime}; null
   *     where nobody says
   */
  public record Envelope(
      int partition,
      @Nullable ByteBuffer key,
      List<Header> headers,
      long micros,
      @Nullable String clock) {
    public Envelope {
      headers = List.copyOf(headers);
    }
  }

  /** One of them; names may be there twice. */
  public record Header(String name, @Nullable ByteBuffer value) {}

  public RawRow {
    fields = new ArrayList<>(fields);
  }

  /** A row of a text file. */
  public static RawRow text(String form, List<String> fields, byte[] bytes, long length) {
    return new RawRow(form, ByteBuffer.wrap(bytes), length, fields, null);
  }

  /** A record of a topic. */
  public static RawRow record(@Nullable ByteBuffer value, Envelope envelope) {
    return new RawRow(RECORD, value, value == null ? 0 : value.remaining(), List.of(), envelope);
  }
}

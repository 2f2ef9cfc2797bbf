package dev.headwater.kafka.decode;

import dev.headwater.avro.AvroSchemas;
import java.io.Serializable;
import org.apache.avro.Schema;

/** The schemas that records in Avro were written with. One thread. */
interface AvroWriters extends AutoCloseable {
  /** How many bytes come before a record. */
  int prefix();

  /**
   * The schema of a record; the same object for the same schema.
   *
   * @throws Unknown if the bytes name none
   */
  Schema of(byte[] data, int from, int to);

  @Override
  default void close() {}

  /** Makes them on a worker. */
  interface Factory extends Serializable {
    AvroWriters open();
  }

  /** All records have this schema, in JSON. */
  static Factory fixed(String json) {
    return () -> {
      Schema schema = AvroSchemas.parse(json);
      return new AvroWriters() {
        @Override
        public int prefix() {
          return 0;
        }

        @Override
        public Schema of(byte[] data, int from, int to) {
          return schema;
        }
      };
    };
  }

  /** Bytes that name no schema, or one that nobody has. */
  final class Unknown extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unknown(String why) {
      super(why, null, false, false);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}

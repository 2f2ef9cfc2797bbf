package dev.headwater.kafka.decode;

import dev.headwater.columns.RowBatch;
import dev.headwater.files.BadRow;
import dev.headwater.files.Decoded;
import java.io.Serializable;
import org.apache.iceberg.Schema;

/**
 * What a topic's records hold, as rows. One thread. A record becomes one row, a bad row, or none.
 * What can't be decoded is never an exception; an exception (a registry that does not answer) fails
 * the job, which goes on from its last checkpoint.
 */
public interface RecordDecoder extends AutoCloseable {
  /**
   * Decodes a poll's records of one partition.
   *
   * @param raw columns of {@link RawRecords#SCHEMA}
   */
  Result decode(RowBatch raw);

  @Override
  default void close() {}

  /**
   * What became of the records.
   *
   * @param decoded rows and {@link BadRow}s; the position of both is the record's offset
   * @param filtered records that are no rows on purpose, as Kafka's tombstones may be
   */
  record Result(Decoded decoded, int filtered) {
    /** Every record a row or a bad row. */
    public static Result of(Decoded decoded) {
      return new Result(decoded, 0);
    }
  }

  /** Opens decoders on workers. */
  interface Factory extends Serializable {
    /** The columns of what is decoded, by the names that the table has. */
    Schema schema();

    RecordDecoder open();
  }
}

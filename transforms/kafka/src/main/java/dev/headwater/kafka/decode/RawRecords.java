package dev.headwater.kafka.decode;

import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** The columns of records as they are in a topic. */
public final class RawRecords {
  public static final String PARTITION = "partition";
  public static final String OFFSET = "offset";
  public static final String TIMESTAMP = "timestamp";
  public static final String TIMESTAMP_TYPE = "timestamp_type";
  public static final String KEY = "key";
  public static final String VALUE = "value";
  public static final String HEADERS = "headers";

  /** A record without headers has null there; a header's value may be null. */
  public static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, PARTITION, Types.IntegerType.get()),
          NestedField.required(2, OFFSET, Types.LongType.get()),
          NestedField.optional(3, TIMESTAMP, Types.TimestampType.withZone()),
          NestedField.optional(
              4, TIMESTAMP_TYPE, Types.StringType.get(), "CreateTime or LogAppendTime"),
          NestedField.optional(5, KEY, Types.BinaryType.get()),
          NestedField.optional(6, VALUE, Types.BinaryType.get(), "null is a tombstone"),
          NestedField.optional(
              7,
              HEADERS,
              Types.ListType.ofRequired(
                  8,
                  Types.StructType.of(
                      NestedField.required(9, "key", Types.StringType.get()),
                      NestedField.optional(10, "value", Types.BinaryType.get())))));

  private RawRecords() {}
}

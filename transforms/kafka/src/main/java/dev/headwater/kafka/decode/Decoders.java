package dev.headwater.kafka.decode;

import dev.headwater.avro.AvroSchemas;
import dev.headwater.avro.AvroTypes;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.files.SourceFormat;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.SchemaParseException;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Decoders of what records hold. A record that can't be a row is a bad row with its code: {@code
 * syntax}, {@code type}, {@code encoding}, {@code unknown}, {@code required}, {@code depth}, {@code
 * schema} (one that the registry doesn't have), {@code truncate}.
 */
public final class Decoders {
  /** The column of Debezium's changes that is true for rows that go. */
  public static final String GONE = "__gone";

  /** How long a registry that doesn't answer is asked again. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private Decoders() {}

  /**
   * JSON objects.
   *
   * @param format the columns, how dates are written, and whether other keys are left out
   */
  public static RecordDecoder.Factory json(SourceFormat format, Envelope envelope) {
    return new Factory(format.schema(), envelope, false, own -> new JsonValues(own, format));
  }

  /**
   * Values as they are.
   *
   * @param column of texts or bytes, which has them; a record without a value has null there
   */
  public static RecordDecoder.Factory plain(NestedField column, Envelope envelope) {
    return new Factory(new Schema(column.asOptional()), envelope, false, PlainValues::new);
  }

  /**
   * Avro's records.
   *
   * @param columns those of the rows, as {@link Writers#columns} says them
   */
  public static RecordDecoder.Factory avro(
      Schema columns, Envelope envelope, boolean ignoreOthers, Writers writers) {
    return new Factory(
        columns,
        envelope,
        false,
        own -> new AvroValues(own, ignoreOthers, writers.factory().open()));
  }

  /**
   * Debezium's changes in JSON, with or without their schemas, for an upsert whose {@code deletes}
   * is {@link #GONE}.
   *
   * @param format the columns, and how dates are written where a change has no schema with it
   */
  public static RecordDecoder.Factory debezium(SourceFormat format, Envelope envelope) {
    String position = envelope.position();
    return changes(format.schema(), envelope, own -> new DebeziumJson(own, position, format));
  }

  /** Debezium's changes in Avro; see the other ones. */
  public static RecordDecoder.Factory debezium(
      Schema columns, Envelope envelope, boolean ignoreOthers, Writers writers) {
    String position = envelope.position();
    return changes(
        columns,
        envelope,
        own -> new DebeziumAvro(own, position, ignoreOthers, writers.factory().open()));
  }

  private static RecordDecoder.Factory changes(Schema columns, Envelope envelope, Opening values) {
    String position = envelope.position();
    List<NestedField> all = new ArrayList<>(columns.columns());
    if (position != null) {
      all.add(SourcePosition.column(columns, position));
    }
    return new Factory(new Schema(all), envelope.ofRecords(), true, values);
  }

  /**
   * As another of these, but a record without a value removes the row with its key, for an upsert
   * whose {@code deletes} is {@link #GONE}. The key is a JSON object, or the value of one column.
   *
   * @param key of the rows, as the records call its columns
   */
  public static RecordDecoder.Factory tombstones(RecordDecoder.Factory of, List<String> key) {
    Factory own = (Factory) of;
    ArrayList<String> names = new ArrayList<>(key);
    names.removeIf(name -> own.columns.findField(name) == null);
    return new Factory(
        own.columns,
        own.envelope,
        true,
        all -> new Tombstones(all, names, own.values.open(Changes.columns(all))));
  }

  /** Where the schemas of Avro's records are: with a registry, or one for all. */
  public static final class Writers implements Serializable {
    private static final long serialVersionUID = 1;
    private final AvroWriters.Factory factory;
    private final Naming newest;
    private final String where;

    private interface Naming extends Serializable {
      String schema();
    }

    private Writers(AvroWriters.Factory factory, Naming newest, String where) {
      this.factory = factory;
      this.newest = newest;
      this.where = where;
    }

    /**
     * One schema for all.
     *
     * @param json the schema
     * @param where it is from, for messages
     */
    public static Writers fixed(String json, String where) {
      return new Writers(AvroWriters.fixed(json), () -> json, where);
    }

    /**
     * A registry that speaks Confluent's protocol; records begin with their schemas' ids.
     *
     * @param properties how it lets us in: {@code basic.auth.user.info} (user:password) or {@code
     *     bearer.auth.token}, a secret as a reference under its name and {@code .secret}; perhaps
     *     with {@code schema.registry.} before
     */
    public static Writers registry(String address, String topic, Map<String, String> properties) {
      TreeMap<String, String> own = new TreeMap<>(properties);
      return new Writers(
          Registry.of(address, own, PATIENCE),
          () -> Registry.latest(address, own, topic + "-value"),
          "schema " + topic + "-value of " + address);
    }

    AvroWriters.Factory factory() {
      return factory;
    }

    /**
     * The columns of the newest schema.
     *
     * @param changes whether it is of Debezium's changes: then those of the row after one
     * @throws HeadwaterException DATA if no table can hold them, or there is no such schema
     */
    public Schema columns(boolean changes) {
      try {
        org.apache.avro.Schema schema = AvroSchemas.parse(newest.schema());
        return AvroTypes.of(changes ? DebeziumAvro.row(schema) : schema);
      } catch (SchemaParseException | IllegalArgumentException e) {
        throw new HeadwaterException(
            Kind.DATA,
            "Cannot read " + where + ": " + e.getMessage() + ".",
            "write the records with a schema that a table can hold.",
            e);
      }
    }
  }

  private interface Opening extends Serializable {
    ValueRows open(Schema own);
  }

  private record Factory(Schema columns, Envelope envelope, boolean changes, Opening values)
      implements RecordDecoder.Factory {
    private static final long serialVersionUID = 1;

    @Override
    public Schema schema() {
      return envelope.with(columns);
    }

    @Override
    public RecordDecoder open() {
      List<NestedField> own = new ArrayList<>(columns.columns());
      if (changes) {
        int id = columns.highestFieldId() + 1;
        own.add(NestedField.required(id, GONE, Types.BooleanType.get()));
      }
      Schema all = new Schema(own);
      return new ValueDecoder(all, envelope, values.open(all));
    }
  }
}

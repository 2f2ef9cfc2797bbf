package dev.headwater.rows;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Batches as Beam's rows and back, so that any Beam transform fits between two of ours.
 *
 * <p>date, time and timestamp are SqlTypes' DATE, TIME and DATETIME; timestamptz MicrosInstant (its
 * nanosecond form NanosInstant); decimal FixedPrecisionNumeric; uuid SqlTypes.UUID; fixed
 * FixedBytes; list an array; struct a row. Back, also Beam's BYTE and INT16 (int), DATETIME
 * (timestamptz), iterables and variable-length strings and bytes are taken.
 */
public final class BeamRows {
  private BeamRows() {}

  /** The Beam schema of rows of this Iceberg schema. */
  public static org.apache.beam.sdk.schemas.Schema schema(Schema schema) {
    return BeamTypes.schema(schema.columns());
  }

  /**
   * The Iceberg schema of batches of these rows, with fresh field ids.
   *
   * @throws HeadwaterException if Iceberg has no such type, naming the field
   */
  public static Schema schema(org.apache.beam.sdk.schemas.Schema schema) {
    return IcebergTypes.schema(schema);
  }

  /** Every batch as its rows, with its timestamp, window and pane. Bounded or unbounded. */
  public static PTransform<PCollection<RowBatch>, PCollection<Row>> rows(Schema schema) {
    return new RowsOfBatches(schema);
  }

  /**
   * Rows gathered into batches of at most {@value RowBatch#MAX_ROWS} rows and {@value
   * RowBatch#MAX_BYTES} bytes. Rows of different windows or panes never share a batch, nor do those
   * of different bundles; a batch has the least timestamp of its rows. Bounded or unbounded.
   *
   * @param schema columns of the same names and types as the rows' fields, in the same order; field
   *     ids are kept
   */
  public static PTransform<PCollection<Row>, PCollection<RowBatch>> batches(Schema schema) {
    return new BatchesOfRows(schema);
  }

  /** The rows of a batch, in order. */
  public static List<Row> rows(RowBatch batch) {
    return rows(batch, schema(batch.schema()));
  }

  static List<Row> rows(RowBatch batch, org.apache.beam.sdk.schemas.Schema schema) {
    List<Types.NestedField> fields = batch.schema().columns();
    List<Values> values = new ArrayList<>();
    List<Function<Object, Object>> converted = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      values.add(Values.of(batch.column(i), fields.get(i).type()));
      converted.add(BeamTypes.toBeam(fields.get(i).type()));
    }
    List<Row> out = new ArrayList<>(batch.size());
    for (int row = 0; row < batch.size(); row++) {
      List<@Nullable Object> to = new ArrayList<>(fields.size());
      for (int i = 0; i < fields.size(); i++) {
        to.add(BeamTypes.nullable(values.get(i).at(row), converted.get(i)));
      }
      out.add(Row.withSchema(schema).attachValues(to));
    }
    return out;
  }

  /** One batch of these rows, however many they are. */
  public static RowBatch batch(Schema schema, List<Row> rows) {
    RowBatchBuilder builder = new RowBatchBuilder(schema);
    List<Function<Object, Object>> fields = converters(schema);
    rows.forEach(row -> builder.append(BeamTypes.values(row, fields)));
    return builder.build();
  }

  static List<Function<Object, Object>> converters(Schema schema) {
    List<Function<Object, Object>> fields = new ArrayList<>();
    schema.columns().forEach(field -> fields.add(BeamTypes.fromBeam(field.type())));
    return fields;
  }

  /** Fails if rows of one schema cannot become batches of the other. */
  static void check(org.apache.beam.sdk.schemas.Schema rows, Schema batches) {
    Schema own = schema(rows);
    if (!shape(own.asStruct()).equals(shape(batches.asStruct()))) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "Rows of " + own.asStruct() + " cannot become batches of " + batches.asStruct() + ".",
          "name the same columns with the same types, in the same order.");
    }
  }

  /** The type without ids, docs, optionality and the unit of timestamps, which Beam's lacks. */
  private static String shape(Type type) {
    return switch (type.typeId()) {
      case TIMESTAMP, TIMESTAMP_NANO -> "timestamp";
      case BINARY, VARIANT -> "binary";
      case STRUCT ->
          ((Types.StructType) type)
                  .fields().stream().map(field -> field.name() + " " + shape(field.type())).toList()
              + "";
      case LIST -> "list of " + shape(((Types.ListType) type).elementType());
      case MAP ->
          "map of "
              + shape(((Types.MapType) type).keyType())
              + " to "
              + shape(((Types.MapType) type).valueType());
      default -> type.toString();
    };
  }
}

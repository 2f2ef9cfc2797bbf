package dev.headwater.pipelines.testing;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.files.BadRow;
import dev.headwater.files.JsonRows;
import dev.headwater.files.SourceFormat;
import dev.headwater.pipelines.project.Cell;
import dev.headwater.pipelines.project.TestRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Rows of a test as values of columns, decoded as JSON files are. */
final class TypedRows {
  private TypedRows() {}

  /**
   * A batch of them.
   *
   * @param place where they stand, for messages
   * @throws HeadwaterException USAGE at the first value that is none of its column's
   */
  static RowBatch of(Schema schema, List<TestRow> rows, String place) {
    JsonRows decoder = new JsonRows(schema, SourceFormat.of(SourceFormat.Kind.JSON));
    for (TestRow row : rows) {
      byte[] json = GivenText.json(List.of(fitting(schema, row))).getBytes(StandardCharsets.UTF_8);
      BadRow bad = decoder.add(json, 0, json.length, 0);
      if (bad != null) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            place
                + (row.line() > 0 ? ", row in line " + row.line() : "")
                + ": "
                + bad.reason()
                + ".",
            "write a value of the column's type, or say another: columns: {<name>: string}.");
      }
    }
    return RowBatch.of(schema, rows.size(), decoder.build().toArray(Column[]::new));
  }

  /** A day where a time is wanted is its first moment. */
  private static TestRow fitting(Schema schema, TestRow row) {
    Map<String, Cell> cells = new LinkedHashMap<>();
    row.cells()
        .forEach(
            (name, cell) -> {
              Types.NestedField field = schema.findField(name);
              boolean time =
                  field != null
                      && field.type().typeId() == Type.TypeID.TIMESTAMP
                      && cell.kind() == Cell.Kind.DATE;
              cells.put(name, time ? new Cell(Cell.Kind.TIME, cell.text() + "T00:00:00") : cell);
            });
    return new TestRow(row.line(), cells);
  }

  /** The rows of a batch, each with its values in the schema's order. */
  static List<@Nullable Object[]> values(RowBatch batch) {
    List<Types.NestedField> fields = batch.schema().columns();
    Values[] columns = new Values[fields.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = Values.of(batch.column(i), fields.get(i).type());
    }
    List<@Nullable Object[]> out = new ArrayList<>();
    for (int row = 0; row < batch.size(); row++) {
      @Nullable Object[] values = new Object[columns.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = columns[i].at(row);
      }
      out.add(values);
    }
    return out;
  }
}

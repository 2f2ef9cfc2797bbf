package dev.headwater.files;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** A CSV's rows: fields are cut for many records at once, then decoded a column at a time. */
final class CsvSource implements RowSource {
  private final String path;
  private final Schema schema;
  private final CsvRecords records;
  private final List<SourceColumn> columns;
  private final FieldDecoder[] decoders;
  private final List<String> names;

  /** Which field of a record each column is; -1 where the file lacks it. */
  private final int[] fields;

  private final boolean[] required;
  private boolean ready;
  private boolean ended;

  /**
   * A file, or a piece of it that begins at a record.
   *
   * @param names of its fields, in its order
   */
  CsvSource(
      String path, CsvRecords records, SourceFormat format, Schema schema, List<String> names) {
    this.path = path;
    this.schema = schema;
    this.records = records;
    this.names = names;
    this.columns = format.columnsOf(schema);
    this.decoders = new FieldDecoder[columns.size()];
    this.fields = new int[columns.size()];
    this.required = new boolean[columns.size()];
    for (int i = 0; i < decoders.length; i++) {
      decoders[i] = FieldDecoder.of(columns.get(i), format);
      fields[i] = names.indexOf(columns.get(i).name());
      required[i] = schema.columns().get(i).isRequired();
    }
  }

  @Override
  public boolean hasNext() {
    if (!ready && !ended) {
      try {
        ready = records.next();
        ended = !ready;
      } catch (IOException e) {
        throw SourceFault.of(path, e);
      }
    }
    return ready;
  }

  @Override
  public Decoded next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ready = false;
    int n = records.rows();
    Fault[] faults = new Fault[n];
    Column[] out = new Column[columns.size()];
    int[] count = new int[1];
    for (int i = 0; i < out.length; i++) {
      String name = columns.get(i).name();
      FieldDecoder.Faults add =
          (row, token, code, reason) -> {
            Fault fault = new Fault(name, token, code, reason, null);
            if (faults[row] == null) {
              faults[row] = fault;
              count[0]++;
            } else {
              faults[row] = faults[row].and(fault);
            }
          };
      out[i] = fields[i] < 0 ? nulls(i, n) : decoders[i].decode(records, fields[i], add);
      Bits nulls = out[i].nulls();
      if (required[i] && nulls != null) {
        for (int row : nulls.positions()) {
          add.add(row, -1, "required", "is null, but the table requires it");
        }
      }
    }
    int broken = count[0];
    RowBatch batch = RowBatch.of(schema, n, out);
    List<BadRow> bad = new ArrayList<>(records.bad());
    long[] positions = new long[n - broken];
    if (broken == 0) {
      for (int row = 0; row < n; row++) {
        positions[row] = records.position(row);
      }
      return Decoded.of(batch, positions, bad, texts(null));
    }
    long[] keep = Bits.all(n).words();
    int[] places = new int[n - broken];
    int kept = 0;
    for (int row = 0; row < n; row++) {
      Fault fault = faults[row];
      if (fault == null) {
        positions[kept] = records.position(row);
        places[kept++] = row;
      } else {
        keep[row >>> 6] &= ~(1L << row);
        bad.add(bad(row, fault));
      }
    }
    bad.sort(Comparator.comparingLong(BadRow::position));
    return Decoded.of(batch.filter(Bits.of(keep, n)), positions, bad, texts(places));
  }

  /**
   * What the rows were.
   *
   * @param places of the good ones among all; null: all are good
   */
  private RowTexts texts(int @Nullable [] places) {
    return new RowTexts() {
      @Override
      public String form() {
        return RawRow.CSV;
      }

      @Override
      public List<String> fields() {
        return names;
      }

      @Override
      public RawRow of(int row) {
        int at = places == null ? row : places[row];
        int length = records.rowEnd(at) - records.rowStart(at);
        return RawRow.text(form(), fields(), bytes(at), length);
      }
    };
  }

  private byte[] bytes(int row) {
    int start = records.rowStart(row);
    int end = Math.min(records.rowEnd(row), start + BadRow.RAW);
    return Arrays.copyOfRange(records.data(), start, end);
  }

  /** What is wrong with a row: with the first column of which something is, and the next. */
  private record Fault(String column, int token, String code, String reason, @Nullable Fault next) {
    Fault and(Fault last) {
      return new Fault(column, token, code, reason, next == null ? last : next.and(last));
    }
  }

  private BadRow bad(int row, Fault fault) {
    List<BadRow.Why> others = new ArrayList<>();
    for (Fault next = fault.next(); next != null; next = next.next()) {
      others.add(
          new BadRow.Why(
              next.code(), next.column() + " " + next.reason(), next.column(), value(next)));
    }
    return new BadRow(
        records.position(row),
        fault.code(),
        fault.column() + " " + fault.reason(),
        fault.column(),
        value(fault),
        bytes(row),
        records.rowEnd(row) - records.rowStart(row),
        others);
  }

  private String value(Fault fault) {
    String value = fault.token() < 0 ? "" : records.text(fault.token());
    return value.length() > BadRow.VALUE ? value.substring(0, BadRow.VALUE) : value;
  }

  private Column nulls(int column, int rows) {
    ColumnBuilder out = ColumnBuilder.of(schema.columns().get(column).type());
    for (int i = 0; i < rows; i++) {
      out.appendNull();
    }
    return out.build();
  }

  @Override
  public void close() throws IOException {
    records.close();
  }

  /** The names of the fields, as the header says or, without one, as they are counted. */
  static List<String> names(SourceFormat format, @Nullable List<String> first) {
    List<String> out = new ArrayList<>();
    for (int i = 0; first != null && i < first.size(); i++) {
      String name = first.get(i).strip();
      if (i == 0 && name.startsWith("\uFEFF")) {
        name = name.substring(1);
      }
      out.add(format.header() && !name.isEmpty() ? name : "column_" + (i + 1));
    }
    return out;
  }
}

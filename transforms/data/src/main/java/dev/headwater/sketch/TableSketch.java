package dev.headwater.sketch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The sketches of some rows of a table, by column. Merging two gives the sketch of all rows. */
public final class TableSketch implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int FORMAT = 1;

  private long rows;
  private final Map<Integer, ColumnSketch> columns = new TreeMap<>();

  /** Columns of which, for at least some of the rows, nothing is known. */
  private final TreeSet<Integer> unknown = new TreeSet<>();

  /** The sketch of no rows. */
  public TableSketch() {}

  TableSketch(long rows, Collection<ColumnSketch> sealed, Collection<Integer> without) {
    this.rows = rows;
    sealed.forEach(column -> columns.put(column.field(), column));
    unknown.addAll(without);
  }

  /** The rows it was taken of. */
  public long rows() {
    return rows;
  }

  List<ColumnSketch> columns() {
    return new ArrayList<>(columns.values());
  }

  @Nullable ColumnSketch column(int field) {
    return columns.get(field);
  }

  /** Takes in other rows. Rows that were written before a column was there are null in it. */
  public TableSketch merge(TableSketch other) {
    if (other.rows == 0) {
      return this;
    }
    TableSketch its = copy(other);
    if (rows > 0) {
      for (ColumnSketch column : its.columns.values()) {
        columns.computeIfAbsent(column.field(), f -> missing(column, rows));
      }
      for (ColumnSketch column : columns.values()) {
        its.columns.computeIfAbsent(column.field(), f -> missing(column, its.rows));
      }
    }
    its.columns.forEach(
        (field, column) -> {
          ColumnSketch mine = columns.putIfAbsent(field, column);
          if (mine != null) {
            mine.merge(column);
          }
        });
    unknown.addAll(its.unknown);
    unknown.forEach(columns::remove);
    rows += its.rows;
    return this;
  }

  private static ColumnSketch missing(ColumnSketch column, long rows) {
    ColumnSketch out = column.empty();
    out.nulls = rows;
    return out;
  }

  private static TableSketch copy(TableSketch of) {
    return fromBytes(of.toBytes());
  }

  /** In a format of our own, with its version. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      Varints.write(out, rows);
      Varints.write(out, unknown.size());
      for (int field : unknown) {
        Varints.write(out, field);
      }
      Varints.write(out, columns.size());
      for (ColumnSketch column : columns.values()) {
        column.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads {@link #toBytes}.
   *
   * @throws IllegalArgumentException if it is no sketch, or of a newer format
   */
  public static TableSketch fromBytes(byte[] bytes) {
    TableSketch out = new TableSketch();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readByte();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "a sketch of format " + format + " cannot be read; this version reads " + FORMAT);
      }
      out.rows = Varints.read(in);
      for (long left = Varints.read(in); left > 0; left--) {
        out.unknown.add((int) Varints.read(in));
      }
      for (long left = Varints.read(in); left > 0; left--) {
        ColumnSketch column = ColumnSketch.read(in);
        out.columns.put(column.field(), column);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("this is no sketch: " + e.getMessage(), e);
    }
    return out;
  }

  private Object writeReplace() {
    return new Bytes(toBytes());
  }

  private void readObject(ObjectInputStream in) throws IOException {
    throw new java.io.InvalidObjectException("a sketch travels as its bytes");
  }

  private static final class Bytes implements Serializable {
    private static final long serialVersionUID = 1;
    private final byte[] bytes;

    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    private Object readResolve() {
      return fromBytes(bytes);
    }
  }
}

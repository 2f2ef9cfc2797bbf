package dev.headwater.files;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/**
 * Rows that were kept as their source had them, decoded again. Each counts by itself: what is wrong
 * with one touches no other, and one that is no row, or several, is bad. One thread; memory holds
 * all that is given at once.
 */
public final class RawRows {
  private final SourceFormat format;
  private final Schema schema;
  private final Map<String, String> renamed;

  /**
   * Decodes into a table's columns.
   *
   * @param format how the source's files are read now
   * @param renamed columns that had other names when the rows came, old to new
   */
  public RawRows(SourceFormat format, Schema schema, Map<String, String> renamed) {
    this.format = format;
    this.schema = schema;
    this.renamed = Map.copyOf(renamed);
  }

  /** Decodes some rows; what is told of them has their places in the list as positions. */
  public void decode(List<RawRow> rows, Consumer<Decoded> to) {
    int from = 0;
    List<BadRow> cut = new ArrayList<>();
    for (int i = 0; i <= rows.size(); i++) {
      boolean whole = i < rows.size() && isWhole(rows.get(i));
      if (whole && (i == from || alike(rows.get(i), rows.get(from)))) {
        continue;
      }
      if (from < i) {
        decode(rows.subList(from, i), from, to);
      }
      if (i < rows.size() && !whole) {
        RawRow row = rows.get(i);
        int kept = bytes(row).length;
        cut.add(
            bad(i, row, "length", "only " + kept + " of its " + row.length() + " bytes were kept"));
      }
      from = whole ? i : i + 1;
    }
    if (!cut.isEmpty()) {
      to.accept(new Decoded(none(), 0, new long[0], cut, null));
    }
  }

  private static boolean isWhole(RawRow row) {
    return bytes(row).length == row.length();
  }

  private static boolean alike(RawRow a, RawRow b) {
    return a.form().equals(b.form()) && a.fields().equals(b.fields());
  }

  private static byte[] bytes(RawRow row) {
    ByteBuffer buffer = row.bytes();
    if (buffer == null) {
      return new byte[0];
    }
    byte[] out = new byte[buffer.remaining()];
    buffer.duplicate().get(out);
    return out;
  }

  private static BadRow bad(int place, RawRow row, String code, String reason) {
    return new BadRow(place, code, reason, null, null, bytes(row), row.length());
  }

  /** Rows of one form, together; if they don't come apart again, in two halves. */
  private void decode(List<RawRow> rows, int first, Consumer<Decoded> to) {
    long[] starts = new long[rows.size()];
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < starts.length; i++) {
      starts[i] = all.size();
      all.writeBytes(line(rows.get(i)));
      all.write('\n');
    }
    List<Decoded> parts = new ArrayList<>();
    boolean[] seen = new boolean[starts.length];
    boolean apart = true;
    Schema read = read(rows.get(0));
    try (RowSource source = source(rows.get(0), read, all.toByteArray())) {
      while (source.hasNext() && apart) {
        Decoded part = placed(source.next(), starts, seen);
        apart = part.first() >= 0;
        parts.add(part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!apart && rows.size() > 1) {
      int half = rows.size() / 2;
      decode(rows.subList(0, half), first, to);
      decode(rows.subList(half, rows.size()), first + half, to);
      return;
    }
    if (!apart) {
      BadRow several = bad(first, rows.get(0), "syntax", "it is more than one row");
      to.accept(new Decoded(none(), 0, new long[0], List.of(several), null));
      return;
    }
    List<BadRow> blank = new ArrayList<>();
    for (int i = 0; i < seen.length; i++) {
      if (!seen[i]) {
        blank.add(bad(first + i, rows.get(i), "syntax", "there is nothing in it"));
      }
    }
    parts.forEach(part -> to.accept(known(part, rows, first, read)));
    if (!blank.isEmpty()) {
      to.accept(new Decoded(none(), 0, new long[0], blank, null));
    }
  }

  /** With each row's place among the starts; {@code first} is -1 where a row has none. */
  private static Decoded placed(Decoded part, long[] starts, boolean[] seen) {
    long[] each = new long[part.rows().size()];
    boolean apart = true;
    for (int i = 0; i < each.length; i++) {
      each[i] = place(part.position(i), starts, seen);
      apart &= each[i] >= 0;
    }
    List<BadRow> bad = new ArrayList<>();
    for (BadRow row : part.bad()) {
      long place = place(row.position(), starts, seen);
      apart &= place >= 0;
      bad.add(row.at(place));
    }
    return new Decoded(part.rows(), apart ? 0 : -1, each, bad, null);
  }

  private static long place(long position, long[] starts, boolean[] seen) {
    int place = Arrays.binarySearch(starts, position);
    if (place < 0 || seen[place]) {
      return -1;
    }
    seen[place] = true;
    return place;
  }

  /** Only the columns that there are; a row with a value in another one is bad. */
  private Decoded known(Decoded part, List<RawRow> rows, int first, Schema read) {
    List<BadRow> bad = new ArrayList<>();
    part.bad().forEach(row -> bad.add(row.at(first + row.position())));
    RowBatch batch = part.rows();
    int width = schema.columns().size();
    boolean[] drop = new boolean[batch.size()];
    for (int c = width; c < batch.columns().size(); c++) {
      Bits nulls = batch.column(c).nulls();
      for (int row = 0; row < drop.length; row++) {
        if (!drop[row] && (nulls == null || !nulls.get(row))) {
          drop[row] = true;
          int at = (int) part.position(row);
          String reason = "'" + read.columns().get(c).name() + "' is no column of the table";
          bad.add(bad(first + at, rows.get(at), "unknown", reason));
        }
      }
    }
    int kept = 0;
    int[] keep = new int[drop.length];
    for (int row = 0; row < drop.length; row++) {
      if (!drop[row]) {
        keep[kept++] = row;
      }
    }
    keep = Arrays.copyOf(keep, kept);
    RowBatch own =
        RowBatch.of(schema, batch.size(), batch.columns().subList(0, width).toArray(Column[]::new));
    long[] each = Arrays.stream(keep).mapToLong(row -> first + part.position(row)).toArray();
    return new Decoded(own.gather(keep), 0, each, bad, null);
  }

  private RowBatch none() {
    return new RowBatchBuilder(schema).build();
  }

  /** The row in a line of its own. */
  private byte[] line(RawRow row) {
    byte[] bytes = bytes(row);
    if (row.form().equals(RawRow.CSV)) {
      return bytes;
    }
    if (!renamed.isEmpty()) {
      bytes = JsonKeys.renamed(bytes, this::renamed);
    }
    for (int i = 0; i < bytes.length; i++) {
      // A line's end is nothing but space in JSON.
      bytes[i] = bytes[i] == '\n' ? (byte) ' ' : bytes[i];
    }
    return bytes;
  }

  /** Of a column that is there under both names the old one stays, and is none of the table. */
  private List<String> names(RawRow row) {
    return row.fields().stream()
        .map(name -> row.fields().contains(renamed.get(name)) ? name : renamed(name))
        .toList();
  }

  private String renamed(String name) {
    return renamed.getOrDefault(name, name);
  }

  private Schema read(RawRow row) {
    if (!row.form().equals(RawRow.CSV) || format.ignoreOthers()) {
      return schema;
    }
    List<Types.NestedField> fields = new ArrayList<>(schema.columns());
    int next = TypeUtil.indexById(schema.asStruct()).keySet().stream().reduce(0, Math::max);
    for (String name : names(row)) {
      if (schema.asStruct().field(name) == null) {
        fields.add(Types.NestedField.optional(++next, name, Types.StringType.get()));
      }
    }
    return new Schema(fields);
  }

  private RowSource source(RawRow like, Schema read, byte[] all) throws IOException {
    String path = "the letters";
    ByteWindow window = new ByteWindow(new ByteArrayInputStream(all), 0, format.maxRow());
    if (like.form().equals(RawRow.CSV)) {
      List<String> names = names(like);
      CsvRecords records = new CsvRecords(window, format);
      records.width(Math.max(1, names.size()));
      return new CsvSource(path, records, format, read, names);
    }
    return new JsonSource(path, new JsonRecords(path, window, true), format, read);
  }
}

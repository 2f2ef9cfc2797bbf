package dev.headwater.files;

import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;

/** A CSV or JSON file: its rows, its fields' names, where it can be cut. */
public final class TextFile {
  private final InputFile file;
  private final SourceFormat format;

  private TextFile(InputFile file, SourceFormat format) {
    this.file = file;
    this.format = format;
  }

  public static TextFile of(InputFile file, SourceFormat format) {
    return new TextFile(file, format);
  }

  /**
   * All rows.
   *
   * @param schema the columns to read; the file is to have no others, unless they are ignored
   * @throws HeadwaterException DATA if the file as a whole can't be read
   */
  public RowSource rows(Schema schema) {
    return rows(schema, 0, file.getLength());
  }

  /** The rows of one of its {@link #pieces}. */
  public RowSource rows(Schema schema, long start, long length) {
    boolean whole = start == 0 && length == file.getLength();
    try {
      if (format.kind() == SourceFormat.Kind.JSON) {
        ByteWindow window = whole ? window() : window(start, length);
        boolean lines = !whole;
        return new JsonSource(
            file.location(), new JsonRecords(file.location(), window, lines), format, schema);
      }
      ByteWindow window = window();
      CsvRecords records = new CsvRecords(window, format);
      List<String> names = names(records, window);
      check(names, schema);
      if (!whole) {
        int behindHeader = window.from();
        long first = window.position(behindHeader);
        records.close();
        long from = Math.max(start, first);
        records = new CsvRecords(window(from, start + length - from), format);
      }
      records.width(Math.max(1, names.size()));
      return new CsvSource(file.location(), records, format, schema, names);
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }

  /** About how many rows it has, by its first MiB. */
  public long estimatedRows() {
    try (ByteWindow window = window()) {
      long lines = 0;
      for (int i = window.from(); i < window.to(); i++) {
        lines += window.data()[i] == '\n' ? 1 : 0;
      }
      int seen = window.to() - window.from();
      long bytes = Unpacked.isPlain(file) ? file.getLength() : 5 * file.getLength();
      return window.ended() || seen == 0 ? lines : Math.max(1, lines) * bytes / seen;
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }

  /** The names of a CSV's fields, in their order. */
  public List<String> names() {
    try (ByteWindow window = window()) {
      return names(new CsvRecords(window, format), window);
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }

  private List<String> names(CsvRecords records, ByteWindow window) throws IOException {
    long begin = window.position(window.from());
    List<String> first = records.first();
    if (first == null) {
      return List.of();
    }
    List<String> names = CsvSource.names(format, first);
    if (!format.header()) {
      window.advance(window.at(begin));
      if (!format.columns().isEmpty()) {
        names = format.columns().stream().map(SourceColumn::name).toList();
      }
      return names;
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw SourceFault.of(
            file.location(),
            "its header names '" + name + "' twice",
            "give each column a name of its own, or declare header: false and the columns.");
      }
    }
    return names;
  }

  private void check(List<String> names, Schema schema) {
    for (String name : names) {
      if (!format.ignoreOthers() && schema.asStruct().field(name) == null) {
        throw SourceFault.of(
            file.location(),
            "it has a column '" + name + "' that is not declared",
            "add it to the source's columns, or declare others: ignore.");
      }
    }
  }

  /**
   * Where the file can be cut so that no row is: the starts of pieces of about so many bytes. A CSV
   * is looked through for this, since only its beginning tells what is within quotes. Packed files,
   * other encodings and JSON that goes over lines have one piece.
   */
  public List<Long> pieces(long bytes) {
    List<Long> out = new ArrayList<>(List.of(0L));
    try {
      if (file.getLength() < 2 * bytes
          || !Unpacked.isPlain(file)
          || !format.charset().equals(StandardCharsets.UTF_8)) {
        return out;
      }
      if (format.kind() == SourceFormat.Kind.JSON) {
        jsonPieces(bytes, out);
      } else {
        csvPieces(bytes, out);
      }
      return out;
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }

  private void jsonPieces(long bytes, List<Long> out) throws IOException {
    try (ByteWindow window = window()) {
      if (!new JsonRecords(file.location(), window, false).isLines()) {
        return;
      }
    }
    byte[] buffer = new byte[1 << 12];
    try (SeekableInputStream in = file.newStream()) {
      for (long at = bytes; at < file.getLength(); ) {
        in.seek(at);
        int n = in.readNBytes(buffer, 0, buffer.length);
        int end = 0;
        while (end < n && buffer[end] != '\n') {
          end++;
        }
        if (end < n) {
          out.add(at + end + 1);
          at += end + bytes;
        } else {
          at += Math.max(1, n);
        }
      }
    }
    out.removeIf(start -> start >= file.getLength());
  }

  private void csvPieces(long bytes, List<Long> out) throws IOException {
    try (ByteWindow window = window()) {
      CsvRecords records = new CsvRecords(window, format);
      List<String> names = names(records, window);
      records.width(Math.max(1, names.size()));
      long next = bytes;
      while (records.next()) {
        if (window.position(window.from()) >= next && window.from() < window.to()) {
          long at = window.position(window.from());
          out.add(at);
          next = at + bytes;
        }
      }
    }
  }

  /** The file's beginning, unpacked, in UTF-8, without a byte order mark. */
  ByteWindow window() throws IOException {
    InputStream in = Unpacked.open(file);
    if (!format.charset().equals(StandardCharsets.UTF_8)) {
      in = new Transcoded(in, format.charset());
    }
    ByteWindow window = new ByteWindow(in, 0, format.maxRow());
    window.more();
    byte[] d = window.data();
    if (window.to() >= 3 && d[0] == (byte) 0xef && d[1] == (byte) 0xbb && d[2] == (byte) 0xbf) {
      window.advance(3);
    } else if (window.to() >= 2 && (d[0] & 0xff) >= 0xfe && (d[1] & 0xff) >= 0xfe) {
      window.close();
      throw SourceFault.of(
          file.location(), "it begins as UTF-16 does", "declare encoding: UTF-16 for the source.");
    }
    return window;
  }

  private ByteWindow window(long start, long length) throws IOException {
    SeekableInputStream in = file.newStream();
    in.seek(start);
    return new ByteWindow(new Unpacked.Whole(in, start, length), start, format.maxRow());
  }
}

package dev.headwater.files;

import dev.headwater.columns.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.apache.iceberg.io.InputFile;

/** How a file is to be read, by its first bytes: its kind, and of a CSV how it is written. */
public final class Sniff {
  private static final int BYTES = 1 << 18;
  private static final char[] DELIMITERS = {',', ';', '\t', '|'};

  private Sniff() {}

  /** What kind of file it is, whatever its name says. */
  public static SourceFormat.Kind kind(InputFile file) {
    byte[] b = beginning(file);
    if (begins(b, "PAR1")) {
      return SourceFormat.Kind.PARQUET;
    }
    if (begins(b, "Obj\u0001")) {
      return SourceFormat.Kind.AVRO;
    }
    if (begins(b, "ORC")) {
      return SourceFormat.Kind.ORC;
    }
    int at = b.length > 3 && b[0] == (byte) 0xef ? 3 : 0;
    while (at < b.length && JsonRecords.isSpace(b[at])) {
      at++;
    }
    return at < b.length && (b[at] == '{' || b[at] == '[')
        ? SourceFormat.Kind.JSON
        : SourceFormat.Kind.CSV;
  }

  /** A format with the file's encoding and, of a CSV, its delimiter and whether it has a header. */
  public static SourceFormat format(InputFile file, SourceFormat format) {
    if (!format.kind().isText()) {
      return format;
    }
    SourceFormat out = format.encoding(encoding(beginning(file)));
    if (format.kind() == SourceFormat.Kind.JSON) {
      return out;
    }
    SourceFormat best = out;
    double most = 0;
    for (char delimiter : DELIMITERS) {
      SourceFormat tried = out.delimiter(delimiter);
      double score = score(file, tried);
      if (score > most) {
        most = score;
        best = tried;
      }
    }
    return best.header(header(file, best));
  }

  private static byte[] beginning(InputFile file) {
    try (InputStream in = Unpacked.open(file)) {
      return in.readNBytes(BYTES);
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }

  private static boolean begins(byte[] b, String magic) {
    return b.length >= magic.length()
        && new String(b, 0, magic.length(), java.nio.charset.StandardCharsets.ISO_8859_1)
            .equals(magic);
  }

  private static String encoding(byte[] b) {
    if (b.length >= 2 && (b[0] & 0xff) >= 0xfe && (b[1] & 0xff) >= 0xfe) {
      return "UTF-16";
    }
    // The last character may be cut.
    int end = b.length < BYTES ? b.length : b.length - 4;
    while (end < b.length && (b[end] & 0xc0) == 0x80) {
      end++;
    }
    return Utf8.isValid(Arrays.copyOf(b, end + 8), 0, end) ? "UTF-8" : "windows-1252";
  }

  /** More than one field, and the same number in each record. */
  private static double score(InputFile file, SourceFormat format) {
    try (ByteWindow window = TextFile.of(file, format).window();
        CsvRecords records = new CsvRecords(window, format)) {
      List<String> first = records.first();
      if (first == null || first.size() < 2) {
        return 0;
      }
      records.width(first.size());
      if (!records.next()) {
        return 0.5;
      }
      double good = (double) records.rows() / (records.rows() + records.bad().size());
      return good * good * (1 - 1.0 / first.size());
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }

  /** Names are all there, all others, and none of them is a number or a date. */
  private static boolean header(InputFile file, SourceFormat format) {
    try (ByteWindow window = TextFile.of(file, format).window();
        CsvRecords records = new CsvRecords(window, format)) {
      List<String> first = records.first();
      if (first == null) {
        return true;
      }
      for (String name : first) {
        TextGuess guess = new TextGuess();
        guess.add(name);
        if (name.isBlank()
            || !guess.type().equals(org.apache.iceberg.types.Types.StringType.get())) {
          return false;
        }
      }
      return new HashSet<>(first).size() == first.size();
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }
}

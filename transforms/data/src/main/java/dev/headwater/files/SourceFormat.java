package dev.headwater.files;

import java.io.Serializable;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * How a source's files are read.
 *
 * @param kind what they are
 * @param header whether the first line of a CSV names its columns
 * @param delimiter between the fields of a CSV; one byte
 * @param quote around fields of a CSV; 0 for none
 * @param escape before a quote within quotes; the quote itself where it is doubled
 * @param encoding of text files, by Java's name of the charset
 * @param nulls what an unquoted field of a CSV reads that is null
 * @param columns the declared columns; empty where they are found out
 * @param ignoreOthers whether files may have columns that are not declared, which are left out
 * @param maxRow how many bytes a row of text may have; a longer one is bad. Each worker has that
 *     much memory, and more while it decodes such a row
 */
public record SourceFormat(
    Kind kind,
    boolean header,
    char delimiter,
    char quote,
    char escape,
    String encoding,
    List<String> nulls,
    List<SourceColumn> columns,
    boolean ignoreOthers,
    int maxRow)
    implements Serializable {

  /** Kinds of files. */
  public enum Kind {
    PARQUET,
    CSV,
    JSON,
    AVRO,
    ORC;

    /** Whether rows of such files may be unreadable one by one. */
    public boolean isText() {
      return this == CSV || this == JSON;
    }

    /** As a project file names it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * What a file's name says, compressed or not.
     *
     * @return null if it says nothing
     */
    public static @Nullable Kind ofName(String path) {
      String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
      name = name.replaceAll("\\.(gz|gzip|zst|zstd|bz2|zip)$", "");
      return switch (name.substring(name.lastIndexOf('.') + 1)) {
        case "parquet", "parq" -> PARQUET;
        case "csv", "tsv", "tab", "txt" -> CSV;
        case "json", "jsonl", "ndjson" -> JSON;
        case "avro" -> AVRO;
        case "orc" -> ORC;
        default -> null;
      };
    }
  }

  /** How many bytes a row may have where nothing else is said. */
  public static final int MAX_ROW = 16 << 20;

  public SourceFormat {
    nulls = new ArrayList<>(nulls);
    columns = new ArrayList<>(columns);
    if (delimiter == quote || delimiter > 127 || quote > 127 || escape > 127) {
      throw new IllegalArgumentException(
          "delimiter, quote and escape are different characters of ASCII");
    }
    if (maxRow < 1 << 10 || maxRow > 1 << 30) {
      throw new IllegalArgumentException("a row has from 1 KiB to 1 GiB");
    }
  }

  /** With all defaults; the columns are found out. */
  public static SourceFormat of(Kind kind) {
    return new SourceFormat(
        kind, true, ',', '"', '"', "UTF-8", List.of(""), List.of(), false, MAX_ROW);
  }

  public SourceFormat delimiter(char other) {
    return new SourceFormat(
        kind, header, other, quote, escape, encoding, nulls, columns, ignoreOthers, maxRow);
  }

  public SourceFormat header(boolean other) {
    return new SourceFormat(
        kind, other, delimiter, quote, escape, encoding, nulls, columns, ignoreOthers, maxRow);
  }

  public SourceFormat quotes(char otherQuote, char otherEscape) {
    return new SourceFormat(
        kind,
        header,
        delimiter,
        otherQuote,
        otherEscape,
        encoding,
        nulls,
        columns,
        ignoreOthers,
        maxRow);
  }

  public SourceFormat encoding(String other) {
    return new SourceFormat(
        kind, header, delimiter, quote, escape, other, nulls, columns, ignoreOthers, maxRow);
  }

  public SourceFormat nulls(List<String> others) {
    return new SourceFormat(
        kind, header, delimiter, quote, escape, encoding, others, columns, ignoreOthers, maxRow);
  }

  public SourceFormat columns(List<SourceColumn> others) {
    return new SourceFormat(
        kind, header, delimiter, quote, escape, encoding, nulls, others, ignoreOthers, maxRow);
  }

  public SourceFormat ignoreOthers(boolean other) {
    return new SourceFormat(
        kind, header, delimiter, quote, escape, encoding, nulls, columns, other, maxRow);
  }

  public SourceFormat maxRow(int bytes) {
    return new SourceFormat(
        kind, header, delimiter, quote, escape, encoding, nulls, columns, ignoreOthers, bytes);
  }

  /** The declared columns, all optional, with fresh field ids. */
  public Schema schema() {
    AtomicInteger next = new AtomicInteger();
    List<Types.NestedField> out = new ArrayList<>();
    for (SourceColumn column : columns) {
      Schema alone = new Schema(Types.NestedField.optional(1, column.name(), column.type()));
      out.add(TypeUtil.assignFreshIds(alone, next::incrementAndGet).columns().get(0));
    }
    return TypeUtil.assignIncreasingFreshIds(new Schema(out));
  }

  /** The columns of a table as these files have them: how they are written, if it is declared. */
  List<SourceColumn> columnsOf(Schema table) {
    List<SourceColumn> out = new ArrayList<>();
    for (Types.NestedField field : table.columns()) {
      String written = null;
      for (SourceColumn column : columns) {
        if (column.name().equals(field.name())) {
          written = column.format();
        }
      }
      out.add(SourceColumn.of(field.name(), field.type(), written));
    }
    return out;
  }

  /** Whether the declaration names a column. */
  boolean has(String name) {
    return columns.stream().anyMatch(c -> c.name().equals(name));
  }

  Charset charset() {
    return encoding.equalsIgnoreCase("utf-8") ? StandardCharsets.UTF_8 : Charset.forName(encoding);
  }
}

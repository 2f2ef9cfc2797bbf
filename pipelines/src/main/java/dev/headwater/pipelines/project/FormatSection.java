package dev.headwater.pipelines.project;

import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a source's files are read, in the project file: what is left out is as the names end. */
final class FormatSection {
  private static final List<String> WORDS = List.of("parquet", "csv", "json", "avro", "orc");

  private static final Pattern SIZE = Pattern.compile("(\\d{1,7}) ?([KM])(?:i?B)?");

  private FormatSection() {}

  /** What the names of files, folders and globs say. */
  static SourceFormat of(List<String> paths) {
    SourceFormat.Kind kind = null;
    for (String path : paths) {
      kind = kind == null ? SourceFormat.Kind.ofName(path) : kind;
    }
    return named(kind == null ? SourceFormat.Kind.PARQUET : kind, paths);
  }

  private static SourceFormat named(SourceFormat.Kind kind, List<String> paths) {
    boolean tabs =
        paths.stream()
            .anyMatch(
                path -> path.toLowerCase(Locale.ROOT).matches(".*\\.(tsv|tab)(\\.[a-z0-9]+)?"));
    SourceFormat format = SourceFormat.of(kind);
    return tabs ? format.delimiter('\t') : format;
  }

  static SourceFormat parse(Section s, List<String> paths) {
    String word = s.value("format", t -> Values.oneOf(t, WORDS));
    SourceFormat format =
        word == null
            ? of(paths)
            : named(SourceFormat.Kind.valueOf(word.toUpperCase(Locale.ROOT)), paths);
    Boolean header = s.value("header", FormatSection::bool);
    Character delimiter = s.value("delimiter", FormatSection::character);
    Character quote = s.value("quote", FormatSection::quote);
    Character escape = s.value("escape", FormatSection::character);
    String encoding = s.value("encoding", FormatSection::charset);
    List<SourceColumn> columns = columns(s);
    String others = s.value("others", t -> Values.oneOf(t, List.of("refuse", "ignore")));
    format = format.header(header == null || header).columns(columns);
    if (delimiter != null) {
      format = format.delimiter(delimiter);
    }
    char around = quote == null ? '"' : quote;
    format = format.quotes(around, escape == null ? around : escape);
    if (encoding != null) {
      format = format.encoding(encoding);
    }
    List<String> nulls = new ArrayList<>(format.nulls());
    nulls.addAll(s.texts("nulls"));
    format = format.nulls(nulls);
    Integer row = s.value("row", FormatSection::bytes);
    return format.ignoreOthers("ignore".equals(others)).maxRow(row == null ? format.maxRow() : row);
  }

  /** Columns by name, each with its type, and how it is written where that is not ISO 8601. */
  static List<SourceColumn> columns(Section s) {
    List<SourceColumn> out = new ArrayList<>();
    Section columns = s.section("columns");
    if (columns == null) {
      return out;
    }
    for (String name : columns.names()) {
      SourceColumn column;
      if (columns.isSection(name)) {
        Section one = columns.section(name);
        if (one == null) {
          continue;
        }
        String type = one.required("type", "date");
        String written = one.text("format");
        one.end();
        column =
            type == null ? null : columns.read(t -> new SourceColumn(name, t, written), type, name);
      } else {
        column = columns.value(name, t -> new SourceColumn(name, t, null));
      }
      if (column != null) {
        out.add(column);
      }
    }
    return out;
  }

  /** As it is written; what the files' names say, and other defaults, are left out. */
  static Map<String, Object> form(SourceFormat format, List<String> paths) {
    Map<String, Object> form = new LinkedHashMap<>();
    SourceFormat plain = of(paths);
    if (format.kind() != plain.kind()) {
      form.put("format", format.kind().word());
      plain = named(format.kind(), paths);
    }
    if (format.header() != plain.header()) {
      form.put("header", format.header());
    }
    if (format.delimiter() != plain.delimiter()) {
      form.put(
          "delimiter", format.delimiter() == '\t' ? "tab" : Character.toString(format.delimiter()));
    }
    if (format.quote() != plain.quote()) {
      form.put("quote", format.quote() == 0 ? "none" : Character.toString(format.quote()));
    }
    if (format.escape() != format.quote()) {
      form.put("escape", Character.toString(format.escape()));
    }
    if (!format.encoding().equals(plain.encoding())) {
      form.put("encoding", format.encoding());
    }
    if (!format.nulls().equals(plain.nulls())) {
      form.put("nulls", format.nulls().stream().filter(text -> !text.isEmpty()).toList());
    }
    if (!format.columns().isEmpty()) {
      form.put("columns", form(format.columns()));
    }
    if (format.ignoreOthers()) {
      form.put("others", "ignore");
    }
    if (format.maxRow() != plain.maxRow()) {
      int kib = format.maxRow() >> 10;
      form.put("row", kib % 1024 == 0 ? (kib >> 10) + "MiB" : kib + "KiB");
    }
    return form;
  }

  /** Columns as they are written. */
  static Map<String, Object> form(List<SourceColumn> columns) {
    Map<String, Object> form = new LinkedHashMap<>();
    for (SourceColumn column : columns) {
      String written = column.format();
      Map<String, String> both = new LinkedHashMap<>();
      both.put("type", column.typeText());
      both.put("format", String.valueOf(written));
      form.put(column.name(), written == null ? column.typeText() : both);
    }
    return form;
  }

  private static int bytes(String text) {
    Matcher size = SIZE.matcher(text);
    long kib =
        size.matches() ? Long.parseLong(size.group(1)) << (size.group(2).equals("K") ? 0 : 10) : 0;
    if (kib < 1 || kib > 1 << 20) {
      throw new IllegalArgumentException(
          "'" + text + "' is no length of a row. Write 64MiB, or 512KiB; at most 1024MiB");
    }
    return (int) (kib << 10);
  }

  private static boolean bool(String text) {
    return Values.oneOf(text, List.of("true", "false")).equals("true");
  }

  private static char character(String text) {
    String one = text.equals("\\t") || text.equals("tab") ? "\t" : text;
    if (one.length() != 1 || one.charAt(0) > 127) {
      throw new IllegalArgumentException("'" + text + "' is not one character of ASCII");
    }
    return one.charAt(0);
  }

  private static char quote(String text) {
    return text.equals("none") ? 0 : character(text);
  }

  private static String charset(String text) {
    if (!Charset.isSupported(text)) {
      throw new IllegalArgumentException(
          "'" + text + "' is no encoding. Write UTF-8, ISO-8859-1, windows-1252 or UTF-16");
    }
    return text;
  }
}

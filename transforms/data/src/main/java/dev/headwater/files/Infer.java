package dev.headwater.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The columns of text files, found out from a sample: the first rows, within the first MiB, of up
 * to {@value #FILES} files.
 */
public final class Infer {
  private static final int FILES = 10;
  private static final int ROWS = 10_000;
  private static final ObjectMapper MAPPER = new ObjectMapper(JsonSource.FACTORY);

  private final SourceFormat format;
  private final int most;
  private final Map<String, TextGuess> texts = new LinkedHashMap<>();
  private final JsonGuess objects = new JsonGuess();
  private long rows;
  private long bad;

  private Infer(SourceFormat format, int most) {
    this.format = format;
    this.most = most;
  }

  /**
   * A format with the columns of these files.
   *
   * @param format how they are read; its declared columns come first and stay as they are
   * @param propose whether the format may be changed so that more columns have a type: texts such
   *     as NA for nulls, dates in other shapes than ISO 8601
   */
  public static SourceFormat columns(List<InputFile> files, SourceFormat format, boolean propose) {
    return of(files, format, ROWS).format(propose);
  }

  /**
   * What a sample of these files says.
   *
   * @param format how they are read; its declared columns come first and stay as they are
   * @param most how many rows of a file are looked at; more than {@value #ROWS}: also behind its
   *     first MiB
   */
  public static Infer of(List<InputFile> files, SourceFormat format, int most) {
    Infer infer = new Infer(format, most);
    List<InputFile> some = sample(files);
    for (InputFile file : format.kind() == SourceFormat.Kind.JSON ? some : files) {
      if (format.kind() == SourceFormat.Kind.JSON) {
        infer.json(file);
      } else if (some.contains(file)) {
        infer.csv(file);
      } else {
        // A header is cheap, and a column must not be missed.
        infer.named(TextFile.of(file, format).names());
      }
    }
    return infer;
  }

  /** How many rows were looked at. */
  public long rows() {
    return rows;
  }

  /** How many of them can't be read whatever the types are. */
  public long bad() {
    return bad;
  }

  /** What somebody should know who takes a column's type as it is. */
  public List<String> notes(String column) {
    TextGuess text = texts.get(column);
    JsonGuess value = objects.fields().get(column);
    return text != null ? text.notes() : value != null ? value.notes() : List.of();
  }

  /** The format with the columns that were found, see {@link #columns}. */
  public SourceFormat format(boolean propose) {
    Map<String, SourceColumn> columns = new LinkedHashMap<>();
    format.columns().forEach(column -> columns.put(column.name(), column));
    TreeSet<String> nothing = new TreeSet<>();
    objects
        .fields()
        .forEach(
            (name, guess) ->
                columns.computeIfAbsent(
                    name,
                    n ->
                        guess.format() != null && !propose
                            ? text(n)
                            : SourceColumn.of(n, guess.type(), guess.format())));
    texts.forEach(
        (name, guess) -> {
          boolean plain = !propose && (!guess.nothing().isEmpty() || guess.format() != null);
          nothing.addAll(guess.nothing());
          columns.computeIfAbsent(
              name, n -> plain ? text(n) : SourceColumn.of(n, guess.type(), guess.format()));
        });
    SourceFormat out = format.columns(List.copyOf(columns.values()));
    if (propose && !nothing.isEmpty()) {
      nothing.addAll(format.nulls());
      out = out.nulls(List.copyOf(nothing));
    }
    return out;
  }

  private static SourceColumn text(String name) {
    return SourceColumn.of(name, Types.StringType.get(), null);
  }

  private static List<InputFile> sample(List<InputFile> files) {
    List<InputFile> out = new ArrayList<>();
    int n = Math.min(FILES, files.size());
    for (int i = 0; i < n; i++) {
      out.add(files.get((int) ((long) i * (files.size() - 1) / Math.max(1, n - 1))));
    }
    return out;
  }

  private void named(List<String> names) {
    names.forEach(name -> texts.computeIfAbsent(name, n -> new TextGuess()));
  }

  private boolean goesOn(int seen, ByteWindow window) {
    return seen < most && (most > ROWS || window.position(window.from()) < ByteWindow.SIZE);
  }

  private void csv(InputFile file) {
    TextFile text = TextFile.of(file, format);
    List<String> names = text.names();
    named(names);
    try (ByteWindow window = text.window();
        CsvRecords records = new CsvRecords(window, format)) {
      if (format.header()) {
        records.first();
      }
      records.width(Math.max(1, names.size()));
      int seen = 0;
      while (goesOn(seen, window) && records.next()) {
        for (int row = 0; row < records.rows() && seen < most; row++, seen++) {
          for (int i = 0; i < names.size(); i++) {
            int token = records.token(row, i);
            String value = records.text(token);
            if (records.isQuoted(token) || !format.nulls().contains(value)) {
              texts.computeIfAbsent(names.get(i), n -> new TextGuess()).add(value);
            }
          }
        }
        bad += records.bad().size();
        rows += records.bad().size();
      }
      rows += seen;
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }

  private void json(InputFile file) {
    try (ByteWindow window = TextFile.of(file, format).window();
        JsonRecords records = new JsonRecords(file.location(), window, false)) {
      int seen = 0;
      while (goesOn(seen, window) && records.next()) {
        for (int row = 0; row < records.rows() && seen < most; row++, seen++) {
          int start = records.start(row);
          JsonNode value = value(records.data(), start, records.end(row) - start);
          if (value != null) {
            objects.add(value);
          } else {
            bad++;
          }
        }
      }
      rows += seen;
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }

  /** The object; null if it is none: then it will be a letter when the file is read. */
  private static @Nullable JsonNode value(byte[] data, int start, int length) throws IOException {
    try (JsonParser parser = JsonSource.FACTORY.createParser(data, start, length)) {
      JsonNode value = MAPPER.readTree(parser);
      return value != null && value.isObject() ? value : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }
}

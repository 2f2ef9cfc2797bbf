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

/**
 * The columns of text files, found out from a sample: the first {@value #ROWS} rows, within the
 * first MiB, of up to {@value #FILES} files.
 */
public final class Infer {
  private static final int FILES = 10;
  private static final int ROWS = 10_000;
  private static final ObjectMapper MAPPER = new ObjectMapper(JsonSource.FACTORY);

  private Infer() {}

  /**
   * A format with the columns of these files.
   *
   * @param format how they are read; its declared columns come first and stay as they are
   * @param propose whether the format may be changed so that more columns have a type: texts such
   *     as NA for nulls, dates in other shapes than ISO 8601
   */
  public static SourceFormat columns(List<InputFile> files, SourceFormat format, boolean propose) {
    Map<String, SourceColumn> columns = new LinkedHashMap<>();
    format.columns().forEach(column -> columns.put(column.name(), column));
    TreeSet<String> nothing = new TreeSet<>();
    if (format.kind() == SourceFormat.Kind.JSON) {
      JsonGuess guess = new JsonGuess();
      for (InputFile file : sample(files)) {
        json(file, format, guess);
      }
      guess
          .fields()
          .forEach(
              (name, of) ->
                  columns.computeIfAbsent(
                      name,
                      n ->
                          of.format() != null && !propose
                              ? SourceColumn.of(n, Types.StringType.get(), null)
                              : SourceColumn.of(n, of.type(), of.format())));
    } else {
      Map<String, TextGuess> guesses = new LinkedHashMap<>();
      List<InputFile> some = sample(files);
      for (InputFile file : files) {
        // A header is cheap, and a column must not be missed.
        if (some.contains(file)) {
          csv(file, format, guesses);
        } else {
          TextFile.of(file, format)
              .names()
              .forEach(name -> guesses.computeIfAbsent(name, n -> new TextGuess()));
        }
      }
      guesses.forEach(
          (name, guess) -> {
            boolean plain = !propose && (!guess.nothing().isEmpty() || guess.format() != null);
            nothing.addAll(guess.nothing());
            columns.computeIfAbsent(
                name,
                n ->
                    plain
                        ? SourceColumn.of(n, Types.StringType.get(), null)
                        : SourceColumn.of(n, guess.type(), guess.format()));
          });
    }
    SourceFormat out = format.columns(List.copyOf(columns.values()));
    if (propose && !nothing.isEmpty()) {
      nothing.addAll(format.nulls());
      out = out.nulls(List.copyOf(nothing));
    }
    return out;
  }

  private static List<InputFile> sample(List<InputFile> files) {
    List<InputFile> out = new ArrayList<>();
    int n = Math.min(FILES, files.size());
    for (int i = 0; i < n; i++) {
      out.add(files.get((int) ((long) i * (files.size() - 1) / Math.max(1, n - 1))));
    }
    return out;
  }

  private static void csv(InputFile file, SourceFormat format, Map<String, TextGuess> guesses) {
    TextFile text = TextFile.of(file, format);
    List<String> names = text.names();
    names.forEach(name -> guesses.computeIfAbsent(name, n -> new TextGuess()));
    try (ByteWindow window = text.window();
        CsvRecords records = new CsvRecords(window, format)) {
      if (format.header()) {
        records.first();
      }
      records.width(Math.max(1, names.size()));
      int rows = 0;
      while (rows < ROWS && window.position(window.from()) < ByteWindow.SIZE && records.next()) {
        for (int row = 0; row < records.rows() && rows < ROWS; row++, rows++) {
          for (int i = 0; i < names.size(); i++) {
            int token = records.token(row, i);
            String value = records.text(token);
            if (records.isQuoted(token) || !format.nulls().contains(value)) {
              guesses.computeIfAbsent(names.get(i), n -> new TextGuess()).add(value);
            }
          }
        }
      }
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }

  private static void json(InputFile file, SourceFormat format, JsonGuess guess) {
    try (ByteWindow window = TextFile.of(file, format).window();
        JsonRecords records = new JsonRecords(file.location(), window, false)) {
      int rows = 0;
      while (rows < ROWS && window.position(window.from()) < ByteWindow.SIZE && records.next()) {
        for (int row = 0; row < records.rows() && rows < ROWS; row++, rows++) {
          int start = records.start(row);
          try (JsonParser parser =
              JsonSource.FACTORY.createParser(records.data(), start, records.end(row) - start)) {
            JsonNode value = MAPPER.readTree(parser);
            if (value != null && value.isObject()) {
              guess.add(value);
            }
          } catch (JsonProcessingException e) {
            // It will be a letter when the file is read.
          }
        }
      }
    } catch (IOException e) {
      throw SourceFault.of(file.location(), e);
    }
  }
}

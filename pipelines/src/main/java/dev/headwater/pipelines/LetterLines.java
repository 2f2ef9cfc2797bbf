package dev.headwater.pipelines;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.RawRow;
import dev.headwater.validate.Letter;
import dev.headwater.validate.StoredLetter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Letters as JSON, a line each: written to be mended, and read again. */
final class LetterLines {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final ObjectMapper JSON = new ObjectMapper(FACTORY);
  private static final String ID = "id";
  private static final String RAW = "raw";
  private static final String BASE64 = "raw_base64";
  private static final String ROW = "row";

  private LetterLines() {}

  /**
   * A letter's row as it was mended: one of both.
   *
   * @param raw its bytes
   * @param values its values as JSON
   */
  record Mended(@Nullable ByteBuffer raw, @Nullable String values) {}

  /** A letter as JSON has it; its values as a text. */
  static Map<String, Object> data(StoredLetter letter) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put(ID, letter.id());
    out.put("source", letter.source());
    if (letter.partition() != null) {
      out.put("partition", letter.partition());
    }
    out.put("position", letter.position());
    Letter.Reason first = letter.reasons().get(0);
    out.put("code", first.code());
    out.put("reason", first.sentence());
    out.put("column", first.column());
    out.put("value", first.value());
    out.put("reasons", letter.reasons().stream().map(LetterLines::reason).toList());
    out.put("run", letter.run());
    out.put("at", LetterAnswers.time(letter.at()));
    out.put("replays", letter.replays());
    Long replayed = letter.replayed();
    out.put("replayed", replayed == null ? null : LetterAnswers.time(replayed));
    RawRow raw = letter.raw("", List.of());
    ByteBuffer bytes = raw == null ? null : raw.bytes();
    if (bytes != null) {
      String text = SafeText.utf8(bytes);
      out.put(text == null ? BASE64 : RAW, text == null ? base64(bytes) : text);
    }
    out.put(ROW, letter.row());
    return out;
  }

  private static Map<String, Object> reason(Letter.Reason reason) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("code", reason.code());
    out.put("reason", reason.sentence());
    out.put("column", reason.column());
    out.put("value", reason.value());
    return out;
  }

  private static String base64(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return Base64.getEncoder().encodeToString(copy);
  }

  /** Writes letters; of those with bytes these, of the others their values as an object. */
  static long write(LetterTable letters, Table table, LetterFilter which, Path to) {
    long[] count = new long[1];
    try (Writer out = Files.newBufferedWriter(to)) {
      letters.each(
          table,
          which,
          letter -> {
            Map<String, Object> data = data(letter);
            Object row = data.remove(ROW);
            try (JsonGenerator line =
                FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
              line.setCodec(JSON);
              line.writeStartObject();
              for (Map.Entry<String, Object> each : data.entrySet()) {
                line.writeObjectField(each.getKey(), each.getValue());
              }
              if (!data.containsKey(RAW) && !data.containsKey(BASE64) && row != null) {
                line.writeFieldName(ROW);
                line.writeRawValue(row.toString());
              }
              line.writeEndObject();
            }
            out.write('\n');
            count[0]++;
            return true;
          });
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "Cannot write " + to + ": " + e.getMessage() + ".",
          "choose a file that can be written.",
          e);
    }
    return count[0];
  }

  /**
   * The rows of a file, by their letters' ids.
   *
   * @throws HeadwaterException USAGE if it can't be read, naming the line
   */
  static Map<String, Mended> read(Path file) {
    Map<String, Mended> out = new LinkedHashMap<>();
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank() && read(line, out) != null) {
          throw wrong(file, number, "it has a letter's id twice, with two rows", null);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw wrong(file, number, String.valueOf(e.getMessage()), e);
    }
    return out;
  }

  private static HeadwaterException wrong(
      Path file, int line, String why, @Nullable Exception cause) {
    return new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "Cannot replay " + file + ": line " + line + ": " + why + ".",
        "write lines as `headwater letters TABLE export` does: {\"id\": …, \"raw\": …}, or row.",
        cause);
  }

  /** The row that was there before under the id, if it was another one. */
  private static @Nullable Mended read(String line, Map<String, Mended> to) throws IOException {
    String id = null;
    ByteBuffer raw = null;
    String values = null;
    try (JsonParser p = FACTORY.createParser(line)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("it is no object");
      }
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String name = p.currentName();
        boolean none = p.nextToken() == JsonToken.VALUE_NULL;
        int from = (int) p.currentTokenLocation().getCharOffset();
        if (name.equals(ID)) {
          id = p.getText();
        } else if (name.equals(RAW) && !none) {
          raw = ByteBuffer.wrap(p.getText().getBytes(StandardCharsets.UTF_8));
        } else if (name.equals(BASE64) && !none) {
          raw = ByteBuffer.wrap(Base64.getDecoder().decode(p.getText()));
        }
        p.skipChildren();
        p.finishToken();
        if (name.equals(ROW) && !none) {
          // The very characters: numbers stay as they are.
          values = line.substring(from, (int) p.currentLocation().getCharOffset());
        }
      }
    }
    if (id == null || (raw == null && values == null)) {
      throw new IllegalArgumentException("it has no " + (id == null ? "id" : "raw and no row"));
    }
    Mended mended = raw == null ? new Mended(null, values) : new Mended(raw, null);
    Mended before = to.putIfAbsent(id, mended);
    return mended.equals(before) ? null : before;
  }
}

package dev.headwater.lineage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The name of a data set or a job as lineage servers know it: a namespace (where it is) and a name
 * in it.
 *
 * <p>Servers accept letters, digits and {@code _:;=/-.@+} only, and one bad namespace breaks
 * Marquez's list for everybody; so every other character is written as {@code +HH}, a UTF-8 byte in
 * upper-case hexadecimal. {@link #decode} turns it back.
 *
 * @param namespace for example {@code file}, {@code s3://bucket}, {@code models://flights}
 * @param name for example {@code /data/flights.parquet}
 */
public record DataSetName(String namespace, String name) {
  private static final String PLAIN = "_:;=/-.@+";

  public DataSetName {
    check(namespace);
    check(name);
  }

  /** A name of any text; what servers would refuse is encoded. */
  public static DataSetName of(String namespace, String name) {
    return new DataSetName(encode(namespace), encode(name));
  }

  /** A file or a folder of this machine: {@code file | /abs/path}. */
  public static DataSetName file(Path path) {
    return of("file", path.toAbsolutePath().normalize().toString());
  }

  /**
   * A place in a file system or an object store, as OpenLineage's Spark integration names it:
   * {@code s3://bucket | path}, {@code file | /abs/path}. User info, query and fragment are left
   * out.
   */
  public static DataSetName location(String uri) {
    int scheme = uri.indexOf(":");
    if (uri.startsWith("/") || scheme < 0) {
      return file(Path.of(uri));
    }
    String rest = uri.substring(scheme + 1);
    if (uri.substring(0, scheme).toLowerCase(Locale.ROOT).equals("file")) {
      return file(Path.of(rest.startsWith("//") ? URI.create(uri).getPath() : rest));
    }
    String plain = Redaction.uri(uri);
    String scheme2 = plain.substring(0, scheme).toLowerCase(Locale.ROOT);
    // Spark's three names of one store are one store.
    String known = scheme2.equals("s3a") || scheme2.equals("s3n") ? "s3" : scheme2;
    String place = plain.substring(scheme + 1);
    if (!place.startsWith("//")) {
      return of(known, place);
    }
    int slash = place.indexOf('/', 2);
    String authority = slash < 0 ? place : place.substring(0, slash);
    String path = slash < 0 ? "" : strip(place.substring(slash));
    return of(known + ":" + authority, path.isEmpty() ? "/" : path);
  }

  /** A model of a registry; its versions are versions of this one data set. */
  public static DataSetName model(String registry, String model) {
    return of("models://" + registry, model);
  }

  /**
   * A Kafka topic.
   *
   * @param server the first bootstrap server, {@code host:port}
   */
  public static DataSetName topic(String server, String topic) {
    return of("kafka://" + server, topic);
  }

  /** The text with every character that servers refuse written as {@code +HH}. */
  public static String encode(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      // A plus that would read as an escape is escaped itself; an encoded name stays as it is only
      // when nothing in it reads as one.
      if (isPlain(point) && !(point == '+' && isEscape(text, i))) {
        out.append((char) point);
      } else {
        for (byte b : Character.toString(point).getBytes(UTF_8)) {
          out.append('+').append(String.format(Locale.ROOT, "%02X", b & 0xff));
        }
      }
    }
    return out.toString();
  }

  /** The text that {@link #encode} was given. */
  public static String decode(String encoded) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '+' && isEscape(encoded, i + 1)) {
        out.write(Integer.parseInt(encoded.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        out.write(c);
      }
    }
    return out.toString(UTF_8);
  }

  private static void check(String part) {
    if (part.isEmpty() || !part.chars().allMatch(c -> isPlain(c))) {
      throw new IllegalArgumentException(
          "'" + part + "' is not an encoded name. Fix: make names with DataSetName.of.");
    }
  }

  private static boolean isPlain(int point) {
    return point < 128 && (isLetterOrDigit((char) point) || PLAIN.indexOf(point) >= 0);
  }

  private static boolean isEscape(String text, int at) {
    return at + 2 <= text.length() && isHex(text.charAt(at)) && isHex(text.charAt(at + 1));
  }

  private static boolean isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static String strip(String path) {
    String s = path;
    while (s.startsWith("/")) {
      s = s.substring(1);
    }
    while (s.endsWith("/")) {
      s = s.substring(0, s.length() - 1);
    }
    return s;
  }

  @Override
  public String toString() {
    return namespace + " | " + name;
  }
}

package dev.headwater.lineage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.client.utils.filesystem.FilesystemDatasetUtils;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

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
  private static final Pattern AZURE = Pattern.compile("(?i)^(?:abfs|wasb)s?://[^/@:]+@[^/@]+");

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
   * A place in a file system or an object store, as OpenLineage's integrations name it: {@code
   * s3://bucket | path}, {@code hdfs://host:8020 | /path}, {@code file | /abs/path}. User info,
   * query and fragment are left out.
   */
  public static DataSetName location(String uri) {
    int scheme = uri.indexOf(':');
    if (uri.startsWith("/") || scheme < 0) {
      return file(Path.of(uri));
    }
    String known = uri.substring(0, scheme).toLowerCase(Locale.ROOT);
    String rest = uri.substring(scheme + 1);
    if (known.equals("file")) {
      return file(Path.of(rest.startsWith("//") ? URI.create(uri).getPath() : rest));
    }
    // What stands before the @ of Azure's places is no user but the container.
    boolean azure = AZURE.matcher(uri).find();
    String plain = azure ? uri.replaceFirst("[?#].*", "") : Redaction.uri(uri);
    String place = plain.substring(scheme + 1);
    if (!place.startsWith("/")) {
      return of(known, place);
    }
    int path = place.startsWith("//") ? (place + "/").indexOf('/', 2) : 0;
    String authority = place.substring(Math.min(2, path), path);
    try {
      DatasetIdentifier name =
          FilesystemDatasetUtils.fromLocation(
              new URI(
                  known,
                  authority.isEmpty() ? null : authority,
                  place.substring(path),
                  null,
                  null));
      return of(name.getNamespace(), name.getName());
    } catch (URISyntaxException e) {
      return of(known, place);
    }
  }

  /**
   * A table's name in its catalog, as OpenLineage's integrations have it.
   *
   * @param catalog where the catalog answers; of a Hive metastore the scheme is {@code hive}
   */
  public static DataSetName inCatalog(String catalog, String table) {
    return of(catalog.replaceFirst("^thrift://", "hive://"), table);
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

  @Override
  public String toString() {
    return namespace + " | " + name;
  }
}

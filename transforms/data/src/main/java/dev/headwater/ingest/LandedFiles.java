package dev.headwater.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;

/**
 * The source files whose rows a table holds, as the newest snapshot of a sink says: the last of
 * them in its summary ({@link SummaryKeys#FILES}), and where there are more than {@value #INLINE},
 * all earlier ones in a file beside the table's metadata that the summary names ({@link
 * SummaryKeys#FILES_LIST}). So each file is taken once, whether or not anybody else remembers.
 *
 * @param files by name: from the project's folder, or a location
 * @param list the file with the earlier ones; empty for none
 * @param listed how many of the files it has, the first ones
 */
public record LandedFiles(Map<String, Landed> files, String list, int listed) {
  private static final int INLINE = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is known of a file: {@link SourceFile#size} (-1: not known) and its version. */
  public record Landed(long size, String version) {}

  public LandedFiles {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }

  /** None. */
  public static LandedFiles none() {
    return new LandedFiles(Map.of(), "", 0);
  }

  /**
   * What a table says; empty where its sink wrote before tables said it, or not at all.
   *
   * @param sink whose files
   * @throws HeadwaterException DATA if the list is gone
   */
  public static Optional<LandedFiles> of(Table table, String sink) {
    return newest(History.of(table), sink).map(snapshot -> read(table, snapshot));
  }

  /** The newest snapshot that a sink wrote, if it says which files it has. */
  static Optional<Snapshot> newest(List<Snapshot> history, String sink) {
    return history.stream()
        .filter(s -> s.summary().getOrDefault(SummaryKeys.TOKEN, "").startsWith(sink + "/"))
        .findFirst()
        .filter(s -> s.summary().containsKey(SummaryKeys.FILES));
  }

  private static LandedFiles read(Table table, Snapshot snapshot) {
    Map<String, Landed> files = new LinkedHashMap<>();
    String list = snapshot.summary().getOrDefault(SummaryKeys.FILES_LIST, "");
    try {
      if (!list.isEmpty()) {
        try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(table.io().newInputFile(list).newStream()),
                    StandardCharsets.UTF_8))) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            put(files, line);
          }
        }
      }
    } catch (NotFoundException | IOException e) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot tell which files table "
              + table.name()
              + " has: its list "
              + list
              + " cannot be read.",
          "bring the list back, or declare write: replace for one run.",
          e);
    }
    int listed = files.size();
    try {
      for (var node : JSON.readTree(snapshot.summary().get(SummaryKeys.FILES))) {
        put(files, node.toString());
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("snapshot " + snapshot.snapshotId() + " of " + table, e);
    }
    return new LandedFiles(files, list, listed);
  }

  private static void put(Map<String, Landed> files, String json) throws JsonProcessingException {
    var node = JSON.readTree(json);
    String name = node.path("path").asText();
    String version = node.path(node.has("sha256") ? "sha256" : "version").asText();
    // The newest comes last.
    files.remove(name);
    files.put(name, new Landed(node.path("size").asLong(-1), version));
  }

  /** With files that came. */
  public LandedFiles and(Map<String, Landed> more) {
    Map<String, Landed> all = new LinkedHashMap<>(files);
    boolean again = false;
    for (Map.Entry<String, Landed> file : more.entrySet()) {
      again |= all.remove(file.getKey()) != null;
      all.put(file.getKey(), file.getValue());
    }
    // A name that is in the list already would stand there too: then the list is written anew.
    return again ? new LandedFiles(all, "", 0) : new LandedFiles(all, list, listed);
  }

  /**
   * Files whose content is known under a name that is no more.
   *
   * @param come files of other names
   * @param here the names that are there
   * @param young those of files that somebody may be writing
   * @return new name to old
   */
  public Map<String, String> renamed(
      Map<String, SourceFile> come, Set<String> here, Set<String> young) {
    Map<String, String> gone = new LinkedHashMap<>();
    files.forEach(
        (name, file) -> {
          if (!here.contains(name) && !young.contains(name)) {
            gone.put(file.version(), name);
          }
        });
    Map<String, String> renamed = new LinkedHashMap<>();
    come.forEach(
        (name, file) -> {
          String old = file.size() > 0 ? gone.remove(file.version()) : null;
          if (old != null) {
            renamed.put(name, old);
          }
        });
    return renamed;
  }

  /**
   * What the summary of a snapshot says that has these files; writes a list if they are many.
   *
   * @param name of the list, unique to the run
   */
  public Map<String, String> summary(Table table, String name) {
    boolean few = files.size() - listed <= INLINE;
    String at = list;
    int from = listed;
    if (!few) {
      at =
          ((HasTableOperations) table)
              .operations()
              .metadataFileLocation("files-" + name + ".jsonl.gz");
      from = files.size();
      write(table.io(), at);
    }
    ArrayNode inline = JSON.createArrayNode();
    files.entrySet().stream().skip(from).forEach(file -> inline.add(node(file)));
    Map<String, String> summary = new LinkedHashMap<>();
    summary.put(SummaryKeys.FILES, inline.toString());
    summary.put(SummaryKeys.FILES_TOTAL, Integer.toString(files.size()));
    if (!at.isEmpty()) {
      summary.put(SummaryKeys.FILES_LIST, at);
    }
    return summary;
  }

  private void write(FileIO io, String location) {
    try (OutputStream out =
        new GZIPOutputStream(io.newOutputFile(location).createOrOverwrite(), 1 << 16)) {
      for (Map.Entry<String, Landed> file : files.entrySet()) {
        out.write((node(file) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + location, e);
    }
  }

  private static ObjectNode node(Map.Entry<String, Landed> file) {
    Landed landed = file.getValue();
    ObjectNode node = JSON.createObjectNode().put("path", file.getKey());
    if (landed.size() >= 0) {
      node.put("size", landed.size());
    }
    boolean sum = landed.version().matches("[0-9a-f]{64}");
    return node.put(sum ? "sha256" : "version", landed.version());
  }
}

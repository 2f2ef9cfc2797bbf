package dev.headwater.upsert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.parquet.FooterCheck;
import dev.headwater.table.Arrived;
import dev.headwater.table.Routed;
import dev.headwater.table.Routes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * Rows of several tables that all come or none, and each once. Nothing is atomic over several
 * tables, so one commit decides, of the table that speaks for them: it says where it stands which
 * files the others get, and in the place of which rows. Then these come to them, each under a token
 * that is derived from the commit's. Whoever commits next, or looks, first {@link #finish finishes}
 * what another one left in between.
 *
 * @param table the one that decides; the others are in its catalog and namespace
 */
public record LaterRows(TableRef table) implements Serializable {
  private static final long serialVersionUID = 1;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What one of the tables gets.
   *
   * @param route what tells its token from the others'
   * @param where rows that go, as {@link ReplaceRows} has it; null: none
   * @param rows in the files
   */
  public record Part(
      String table, String route, @Nullable String where, List<DataFile> files, long rows) {}

  /**
   * What workers wrote for tables, and what goes of these.
   *
   * @param written by sinks whose columns come {@link Routes#columnsBefore before} their rows
   * @param gone rows that go, for each route that may have some
   */
  public static List<Part> parts(Routes routes, List<Routed> written, Map<String, String> gone) {
    Map<String, List<Arrived>> all = new TreeMap<>();
    gone.keySet().forEach(route -> all.put(route, new ArrayList<>()));
    written.forEach(
        each -> all.computeIfAbsent(each.table(), t -> new ArrayList<>()).add(each.arrived()));
    List<Part> parts = new ArrayList<>();
    all.forEach(
        (route, some) -> {
          Arrived rows = Arrived.of(some);
          if (!rows.others().isEmpty()) {
            throw new IllegalStateException("rows for " + route + " wait for their columns");
          }
          List<DataFile> files = rows.written().files();
          String table = routes.ref(route).name();
          parts.add(new Part(table, route, gone.get(route), files, rows.rows()));
        });
    return parts;
  }

  /** What the deciding commit says; writes a list beside the table's metadata. */
  public Map<String, String> said(TableCatalog open, Token token, List<Part> parts) {
    if (parts.isEmpty()) {
      return Map.of();
    }
    Table base = open.load(table);
    // Of its own attempt: another one of the same run may be the one that lands.
    String name = "rows-" + token.run() + "-" + UUID.randomUUID() + ".jsonl.gz";
    String at = ((HasTableOperations) base).operations().metadataFileLocation(name);
    try (OutputStream out = new GZIPOutputStream(base.io().newOutputFile(at).create())) {
      for (Part part : parts) {
        out.write((json(open, part) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + at, e);
    }
    return Map.of(SummaryKeys.ROWS_LIST, at);
  }

  private String json(TableCatalog open, Part part) throws IOException {
    Table into = open.load(ref(part.table));
    ObjectNode line = JSON.createObjectNode();
    line.put("table", part.table);
    line.put("route", part.route);
    line.put("where", part.where);
    line.put("rows", part.rows);
    ArrayNode files = line.putArray("files");
    for (DataFile file : part.files) {
      files.add(JSON.readTree(ContentFileParser.toJson(file, into.specs().get(file.specId()))));
    }
    return line.toString();
  }

  private TableRef ref(String name) {
    return new TableRef(table.catalog(), table.namespace(), name);
  }

  /** Brings what the newest commit of each sink has decided to the tables that don't have it. */
  public void finish(TableCatalog open, Table now) {
    History.newestOfSinks(now).forEach(summary -> finish(open, summary));
  }

  /** As {@link #finish(TableCatalog, Table)}, of the commit with this summary. */
  public void finish(TableCatalog open, Map<String, String> summary) {
    String list = summary.get(SummaryKeys.ROWS_LIST);
    if (list == null) {
      return;
    }
    for (JsonNode line : lines(open.load(table).io(), list)) {
      finish(open, summary, line);
    }
  }

  private void finish(TableCatalog open, Map<String, String> summary, JsonNode line) {
    TableRef ref = ref(line.path("table").asText());
    // Rows whose table was dropped went with it.
    Table into = open.find(ref).orElse(null);
    Token token = token(summary, line.path("route").asText());
    if (into == null || Committer.find(ref, into, token).isPresent()) {
      return;
    }
    List<DataFile> files = new ArrayList<>();
    for (JsonNode file : line.path("files")) {
      files.add((DataFile) ContentFileParser.fromJson(file, into.specs()));
    }
    Change change = Change.append(ref, token, files).summary(says(summary, line));
    Committer committer = new Committer(open, new FooterCheck(), PATIENCE);
    if (line.hasNonNull("where")) {
      String folder = token.sink() + "/" + token.run();
      new ReplaceRows(line.path("where").asText(), folder).swap(open, committer, change, null);
    } else {
      committer.commit(change);
    }
  }

  /** By the run that has decided: its token may be one that only tells it from other decisions. */
  private static Token token(Map<String, String> summary, String route) {
    String[] key = summary.getOrDefault(SummaryKeys.TOKEN, "").split("/", 2);
    String run = summary.getOrDefault(SummaryKeys.RUN, key[1]);
    String fingerprint = summary.getOrDefault(SummaryKeys.FINGERPRINT, run);
    return new Token(key[0], run, fingerprint).derived(route);
  }

  private static Map<String, String> says(Map<String, String> summary, JsonNode line) {
    Map<String, String> says = new HashMap<>();
    for (String key : List.of(SummaryKeys.RUN, SummaryKeys.STAGE, SummaryKeys.TARGET)) {
      if (summary.containsKey(key)) {
        says.put(key, summary.get(key));
      }
    }
    says.put(SummaryKeys.ROWS_IN, line.path("rows").asText());
    says.put(SummaryKeys.ROWS_KEPT, line.path("rows").asText());
    return says;
  }

  private static List<JsonNode> lines(FileIO io, String list) {
    List<JsonNode> out = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(io.newInputFile(list).newStream()), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.add(JSON.readTree(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + list, e);
    }
    return out;
  }
}

package dev.headwater.table;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.parquet.FooterCheck;
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
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;

/**
 * The letters of a sink whose commits are not done again as they were, as a stream's are not after
 * a start without state. Nothing is atomic over two tables, so the rows' commit comes first and
 * says where it stands which files hold its letters; then these come to their table, under a token
 * that is derived from the commit's. Whoever commits next, or looks, first {@link #finish finishes}
 * what another one left between the two. So letters are there once for each commit that is in the
 * table, and none for one that was refused.
 *
 * @param letters the letters' table; it has no partitions
 * @param sink the stable name of what writes, unique to it
 */
public record LaterLetters(TableRef table, TableRef letters, String sink) implements Serializable {
  private static final long serialVersionUID = 1;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final PartitionSpec SPEC = PartitionSpec.unpartitioned();

  /** What the rows' commit says of its letters; writes a list beside the table's metadata. */
  public Map<String, String> said(TableCatalog open, Token token, List<DataFile> files) {
    if (files.isEmpty()) {
      return Map.of();
    }
    Table base = open.load(table);
    String at =
        ((HasTableOperations) base)
            .operations()
            .metadataFileLocation("letters-" + token.run() + ".jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(base.io().newOutputFile(at).createOrOverwrite())) {
      for (DataFile file : files) {
        out.write((ContentFileParser.toJson(file, SPEC) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + at, e);
    }
    return Map.of(SummaryKeys.LETTERS_LIST, at);
  }

  /** Brings the letters of the sink's newest commit to their table, if they are not there. */
  public void finish(TableCatalog open, Table now) {
    for (Snapshot snapshot : History.of(now)) {
      Map<String, String> summary = snapshot.summary();
      if (summary.getOrDefault(SummaryKeys.TOKEN, "").startsWith(sink + "/")) {
        finish(open, summary);
        return;
      }
    }
  }

  /** As {@link #finish(TableCatalog, Table)}, of the commit with this summary. */
  public void finish(TableCatalog open, Map<String, String> summary) {
    String list = summary.get(SummaryKeys.LETTERS_LIST);
    if (list == null) {
      return;
    }
    String run = summary.getOrDefault(SummaryKeys.TOKEN, "").substring(sink.length() + 1);
    Token token =
        new Token(sink, run, summary.getOrDefault(SummaryKeys.FINGERPRINT, run)).derived("letters");
    Table to = open.load(letters);
    if (Committer.find(letters, to, token).isPresent()) {
      return;
    }
    Map<String, String> says = new HashMap<>(summary);
    says.keySet()
        .removeIf(key -> !key.startsWith("headwater.") || key.equals(SummaryKeys.LETTERS_LIST));
    new Committer(open, new FooterCheck(), PATIENCE)
        .commit(Change.append(letters, token, files(to.io(), list)).summary(says));
  }

  private static List<DataFile> files(FileIO io, String list) {
    List<DataFile> files = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(io.newInputFile(list).newStream()), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        files.add(
            (DataFile)
                ContentFileParser.fromJson(JSON.readTree(line), Map.of(SPEC.specId(), SPEC)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + list, e);
    }
    return files;
  }
}

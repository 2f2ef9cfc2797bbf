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
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;

/**
 * A table's dead letters, on their way after its rows. Nothing is atomic over two tables, so the
 * rows' commit comes first and says where it stands which files hold its letters; then these come
 * to their table, under a token that is derived from the commit's. Whoever commits next, or looks,
 * first {@link #finish finishes} what another one left between the two. So letters are there once
 * for each commit that is in the table, and none for one that was refused.
 *
 * @param letters the letters' table; it has no partitions
 */
public record LaterLetters(TableRef table, TableRef letters) implements Serializable {
  private static final long serialVersionUID = 1;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final PartitionSpec SPEC = PartitionSpec.unpartitioned();
  private static final Set<String> OF_ROWS =
      Set.of(
          SummaryKeys.LETTERS_LIST,
          SummaryKeys.LETTERS_REPLACE,
          SummaryKeys.ROWS_LIST,
          SummaryKeys.FILES,
          SummaryKeys.FILES_LIST,
          SummaryKeys.FILES_TOTAL);

  /** What the rows' commit says of its letters; writes a list beside the table's metadata. */
  public Map<String, String> said(TableCatalog open, Token token, List<DataFile> files) {
    return files.isEmpty() ? Map.of() : listed(open, token, files);
  }

  /** As above, for letters that take the place of all that are there. */
  public Map<String, String> saidOfAll(TableCatalog open, Token token, List<DataFile> files) {
    boolean some = open.find(letters).filter(to -> to.currentSnapshot() != null).isPresent();
    if (!some) {
      return said(open, token, files);
    }
    Map<String, String> says = new HashMap<>(listed(open, token, files));
    says.put(SummaryKeys.LETTERS_REPLACE, "true");
    return says;
  }

  private Map<String, String> listed(TableCatalog open, Token token, List<DataFile> files) {
    Table base = open.load(table);
    // Of its own attempt: another one of the same run may be the one that lands.
    String name = "letters-" + token.run() + "-" + UUID.randomUUID() + ".jsonl.gz";
    String at = ((HasTableOperations) base).operations().metadataFileLocation(name);
    try (OutputStream out = new GZIPOutputStream(base.io().newOutputFile(at).create())) {
      for (DataFile file : files) {
        out.write((ContentFileParser.toJson(file, SPEC) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + at, e);
    }
    return Map.of(SummaryKeys.LETTERS_LIST, at);
  }

  /** Brings the letters of each sink's newest commit to their table, if they are not there. */
  public void finish(TableCatalog open, Table now) {
    History.newestOfSinks(now).forEach(summary -> finish(open, summary));
  }

  /** As {@link #finish(TableCatalog, Table)}, of the commit with this summary. */
  public void finish(TableCatalog open, Map<String, String> summary) {
    String list = summary.get(SummaryKeys.LETTERS_LIST);
    // Letters whose table was dropped went with it.
    Table to = list == null ? null : open.find(letters).orElse(null);
    if (list == null || to == null) {
      return;
    }
    String[] key = summary.getOrDefault(SummaryKeys.TOKEN, "").split("/", 2);
    String fingerprint = summary.getOrDefault(SummaryKeys.FINGERPRINT, key[1]);
    Token token = new Token(key[0], key[1], fingerprint).derived("letters");
    if (Committer.find(letters, to, token).isPresent()) {
      return;
    }
    List<DataFile> files = files(to.io(), list);
    Change change =
        summary.containsKey(SummaryKeys.LETTERS_REPLACE)
            ? Change.replace(letters, token, files)
            : Change.append(letters, token, files);
    Map<String, String> says = new HashMap<>(summary);
    // A list is the rows' snapshot's own.
    says.keySet().removeIf(name -> !name.startsWith("headwater.") || OF_ROWS.contains(name));
    new Committer(open, new FooterCheck(), PATIENCE).commit(change.summary(says));
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

package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;

/** What holds of a table, whatever was killed while it was written. */
final class TableOracle {
  private TableOracle() {}

  /**
   * The ids in it are those that were expected, as often; no file is in it twice; every file is
   * there, whole; no commit was done twice.
   *
   * @param column the table's column of ids
   * @param ids a query of DuckDB's for those that are expected, in a column "id"
   */
  static void check(Table table, String column, String ids) {
    List<String> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        files.add(whole(task.file()));
        assertThat(task.deletes()).isEmpty();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(files).as("live files").doesNotHaveDuplicates();
    String all = files.stream().map(f -> "'" + f + "'").collect(Collectors.joining(","));
    assertThat(
            SmallFlights.count(
                "select count(*) from (select "
                    + column
                    + " id, count(*) n from read_parquet(["
                    + all
                    + "]) group by all) found full join (select id, count(*) n from ("
                    + ids
                    + ") group by id) expected using (id) where found.n is distinct from"
                    + " expected.n"))
        .as("ids that are missing, too many, or of nobody")
        .isZero();
    List<String> tokens = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      tokens.add(snapshot.summary().get("headwater.token"));
    }
    assertThat(tokens).as("a snapshot a token").doesNotContainNull().doesNotHaveDuplicates();
  }

  private static String whole(ContentFile<?> file) throws IOException {
    Path path = Path.of(file.location().replaceFirst("^file:(//)?", ""));
    assertThat(Files.size(path)).as("%s", path).isEqualTo(file.fileSizeInBytes());
    return path.toString();
  }
}

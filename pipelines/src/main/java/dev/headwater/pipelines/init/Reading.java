package dev.headwater.pipelines.init;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.Decoded;
import dev.headwater.files.RowSource;
import dev.headwater.ingest.SourceRows;
import dev.headwater.ingest.Sources;
import dev.headwater.table.FileSplit;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;

/** Reads rows of files or of a table: all, or of large data some of each of its parts. */
final class Reading {
  private Reading() {}

  /**
   * Of files.
   *
   * @param most about how many rows, at most
   */
  static Look of(FileIO io, Sources sources, int most) {
    Schema schema = sources.schema();
    Look.Looking looking = new Look.Looking(schema);
    List<FileSplit> chosen = spread(sources.splits(), sources.rows(), most);
    long each = each(chosen, sources.rows(), most);
    for (FileSplit split : chosen) {
      try (RowSource rows = SourceRows.open(io, split, sources.format(), schema)) {
        for (long read = 0; read < each && rows.hasNext(); ) {
          Decoded decoded = rows.next();
          looking.bad(decoded.bad().size());
          if (decoded.rows().size() > 0) {
            looking.add(decoded.rows());
          }
          read += decoded.count();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return looking.of(each == Long.MAX_VALUE ? 0 : sources.rows());
  }

  /**
   * Of a table's snapshot.
   *
   * @param most about how many rows, at most
   */
  static Look of(Table table, SnapshotRef at, Snapshot snapshot, int most) {
    long rows =
        Long.parseLong(snapshot.summary().getOrDefault(SnapshotSummary.TOTAL_RECORDS_PROP, "0"));
    Look.Looking looking = new Look.Looking(table.schema());
    List<SplitGroup> chosen = spread(Splits.of(table, at, null, 1, 1), rows, most);
    long each = each(chosen, rows, most);
    for (SplitGroup group : chosen) {
      try (CloseableIterator<RowBatch> batches = group.open(table, table.schema(), null)) {
        for (long read = 0; read < each && batches.hasNext(); ) {
          RowBatch batch = batches.next();
          looking.add(batch);
          read += batch.size();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return looking.of(each == Long.MAX_VALUE ? 0 : rows);
  }

  /** All pieces, or some that are evenly apart. */
  private static <T> List<T> spread(List<T> pieces, long rows, int most) {
    long step = Math.max(1, Math.min(pieces.size(), rows / Math.max(1, most)));
    List<T> out = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i += (int) step) {
      out.add(pieces.get(i));
    }
    return out;
  }

  /** How many rows of a piece are enough. */
  private static long each(List<?> chosen, long rows, int most) {
    return rows <= most ? Long.MAX_VALUE : Math.max(1, most / Math.max(1, chosen.size()));
  }
}

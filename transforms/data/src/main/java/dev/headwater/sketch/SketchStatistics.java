package dev.headwater.sketch;

import dev.headwater.catalog.commit.SnapshotStatistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.GenericBlobMetadata;
import org.apache.iceberg.GenericStatisticsFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.puffin.Blob;
import org.apache.iceberg.puffin.Puffin;
import org.apache.iceberg.puffin.PuffinCompressionCodec;
import org.apache.iceberg.puffin.PuffinWriter;
import org.apache.iceberg.puffin.StandardBlobTypes;
import org.jspecify.annotations.Nullable;

/**
 * The sketches of the rows that a snapshot adds, as its Puffin statistics file: they alone, merged
 * with what was in the table before, and, where that is known of every row, the theta sketch of
 * each column by which other engines know how many distinct values the table has.
 */
public final class SketchStatistics implements SnapshotStatistics {
  /** The type of our own blobs: a {@link TableSketch} as its bytes. */
  static final String BLOB = "headwater-sketches-v1";

  /** The property of our blobs that says of which rows: {@link #ADDED}, {@link #TABLE} or both. */
  static final String OF = "rows-of";

  static final String ADDED = "commit";
  static final String TABLE = "table";
  static final String BOTH = "commit,table";

  /** Whether a blob of the table's rows knows all of them. */
  static final String WHOLE = "whole";

  private static final String NDV = "ndv";

  private final TableSketch added;

  public SketchStatistics(TableSketch added) {
    this.added = added;
  }

  @Override
  public @Nullable StatisticsFile write(
      FileIO io, String location, TableMetadata next, Snapshot snapshot) {
    Integer id = snapshot.schemaId();
    Schema then = id == null ? null : next.schemasById().get(id);
    Schema schema = then == null ? next.schema() : then;
    List<Integer> fields =
        added.columns().stream()
            .map(ColumnSketch::field)
            .filter(field -> schema.findField(field) != null)
            .toList();
    if (fields.isEmpty()) {
      return null;
    }
    Before before = Before.of(io, next, snapshot);
    TableSketch table = before.sketch().merge(added);
    OutputFile output = io.newOutputFile(location);
    PuffinWriter writer = Puffin.write(output).createdBy("Headwater").build();
    try (writer) {
      if (before.nothing()) {
        write(writer, snapshot, fields, added, Map.of(OF, BOTH, WHOLE, "true"));
      } else {
        write(writer, snapshot, fields, added, Map.of(OF, ADDED));
        String whole = Boolean.toString(before.whole());
        write(writer, snapshot, fields, table, Map.of(OF, TABLE, WHOLE, whole));
      }
      for (ColumnSketch column : table.columns()) {
        boolean full = column.mode() == ColumnSketch.Mode.FULL;
        if (before.whole() && full && schema.findField(column.field()) != null) {
          theta(writer, snapshot, column);
        }
      }
      writer.finish();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + location, e);
    }
    return new GenericStatisticsFile(
        snapshot.snapshotId(),
        location,
        writer.fileSize(),
        writer.footerSize(),
        GenericBlobMetadata.from(writer.writtenBlobsMetadata()));
  }

  private static void write(
      PuffinWriter writer,
      Snapshot snapshot,
      List<Integer> fields,
      TableSketch sketch,
      Map<String, String> properties) {
    writer.write(
        new Blob(
            BLOB,
            fields,
            snapshot.snapshotId(),
            snapshot.sequenceNumber(),
            ByteBuffer.wrap(sketch.toBytes()),
            PuffinCompressionCodec.ZSTD,
            properties));
  }

  private static void theta(PuffinWriter writer, Snapshot snapshot, ColumnSketch column) {
    Distinct distinct = column.theta();
    writer.write(
        new Blob(
            StandardBlobTypes.APACHE_DATASKETCHES_THETA_V1,
            List.of(column.field()),
            snapshot.snapshotId(),
            snapshot.sequenceNumber(),
            ByteBuffer.wrap(distinct.toBytes()),
            PuffinCompressionCodec.ZSTD,
            Map.of(NDV, Long.toString(Math.round(distinct.estimate())))));
  }
}

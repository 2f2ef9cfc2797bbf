package dev.headwater.sketch;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Patience;
import dev.headwater.catalog.commit.SnapshotStatistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.BlobMetadata;
import org.apache.iceberg.GenericBlobMetadata;
import org.apache.iceberg.GenericStatisticsFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
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
  private static final Duration PATIENCE = Duration.ofMinutes(2);

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
    return write(
        io,
        location,
        snapshot,
        writer -> {
          if (before.nothing()) {
            blob(writer, snapshot, fields, added, Map.of(OF, BOTH, WHOLE, "true"));
          } else {
            blob(writer, snapshot, fields, added, Map.of(OF, ADDED));
            String whole = Boolean.toString(before.whole());
            blob(writer, snapshot, fields, table, Map.of(OF, TABLE, WHOLE, whole));
          }
          if (before.whole()) {
            thetas(writer, snapshot, schema, table);
          }
        });
  }

  /**
   * The sketch of all rows of a snapshot, taken by reading them, as what the table knows of them.
   * What is known of the rows that the snapshot's commit added stays. The file that is replaced
   * becomes an orphan.
   *
   * @param all the sketch of every row that the snapshot has
   */
  public static void refresh(TableCatalog catalog, SnapshotRef ref, TableSketch all) {
    Table table = catalog.load(ref.table());
    Snapshot snapshot = table.snapshot(ref.snapshotId());
    if (snapshot == null) {
      throw gone(ref);
    }
    Schema schema = table.schemas().getOrDefault(snapshot.schemaId(), table.schema());
    TableSketch added =
        Sketches.read(table.io(), table.statisticsFiles(), ref.snapshotId()).added();
    List<Integer> fields = all.columns().stream().map(ColumnSketch::field).toList();
    String location =
        ((HasTableOperations) table)
            .operations()
            .metadataFileLocation(ref.snapshotId() + "-" + UUID.randomUUID() + ".stats");
    StatisticsFile file =
        write(
            table.io(),
            location,
            snapshot,
            writer -> {
              if (added != null) {
                blob(writer, snapshot, fields, added, Map.of(OF, ADDED));
              }
              blob(writer, snapshot, fields, all, Map.of(OF, TABLE, WHOLE, "true"));
              thetas(writer, snapshot, schema, all);
            });
    set(catalog, ref, file);
  }

  /** Repeats until the table says that it has the file: a commit's own answer may be lost. */
  private static void set(TableCatalog catalog, SnapshotRef ref, StatisticsFile file) {
    Patience left = new Patience("keep the sketches of " + ref, PATIENCE);
    while (true) {
      Table table = catalog.load(ref.table());
      if (table.statisticsFiles().stream().anyMatch(f -> f.path().equals(file.path()))) {
        return;
      }
      if (table.snapshot(ref.snapshotId()) == null) {
        throw gone(ref);
      }
      try {
        table.updateStatistics().setStatistics(file).commit();
      } catch (CommitFailedException | CommitStateUnknownException e) {
        left.pause(e);
      }
    }
  }

  private static HeadwaterException gone(SnapshotRef ref) {
    return new HeadwaterException(
        HeadwaterException.Kind.REFUSED,
        "Cannot keep the sketches of %s: it has expired meanwhile.".formatted(ref),
        "run it again; expire with a greater age than a scan takes.");
  }

  private interface Blobs {
    void write(PuffinWriter to);
  }

  private static StatisticsFile write(FileIO io, String location, Snapshot snapshot, Blobs blobs) {
    PuffinWriter writer = Puffin.write(io.newOutputFile(location)).createdBy("Headwater").build();
    try (writer) {
      blobs.write(writer);
      writer.finish();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + location, e);
    }
    return new GenericStatisticsFile(
        snapshot.snapshotId(),
        location,
        writer.fileSize(),
        writer.footerSize(),
        known(GenericBlobMetadata.from(writer.writtenBlobsMetadata())));
  }

  /**
   * What the table's metadata says of the file. Its footer names our own blobs; here PyIceberg
   * (0.12) reads no table with a type that the specification does not list.
   */
  private static List<BlobMetadata> known(List<BlobMetadata> all) {
    return all.stream().filter(blob -> !blob.type().equals(BLOB)).toList();
  }

  private static void thetas(
      PuffinWriter writer, Snapshot snapshot, Schema schema, TableSketch table) {
    for (ColumnSketch column : table.columns()) {
      boolean full = column.mode() == ColumnSketch.Mode.FULL;
      if (full && schema.findField(column.field()) != null) {
        theta(writer, snapshot, column);
      }
    }
  }

  private static void blob(
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

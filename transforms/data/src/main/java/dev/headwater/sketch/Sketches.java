package dev.headwater.sketch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.Puffin;
import org.apache.iceberg.puffin.PuffinReader;
import org.apache.iceberg.util.Pair;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sketches in a snapshot's statistics file.
 *
 * @param added of the rows that the snapshot added; null if there is none
 * @param table of the rows of the whole table; null if there is none
 * @param whole whether {@code table} has seen every row
 */
record Sketches(@Nullable TableSketch added, @Nullable TableSketch table, boolean whole) {
  private static final Logger LOG = LoggerFactory.getLogger(Sketches.class);
  private static final Sketches NONE = new Sketches(null, null, false);

  /** What there is; a file that is gone or that cannot be read is none. */
  static Sketches read(FileIO io, List<StatisticsFile> files, long snapshotId) {
    for (StatisticsFile file : files) {
      if (file.snapshotId() == snapshotId) {
        try {
          return read(io, file);
        } catch (IOException | RuntimeException e) {
          LOG.warn("Statistics file {} cannot be read, and counts as missing", file.path(), e);
        }
      }
    }
    return NONE;
  }

  private static Sketches read(FileIO io, StatisticsFile file) throws IOException {
    TableSketch added = null;
    TableSketch table = null;
    boolean whole = false;
    try (PuffinReader reader =
        Puffin.read(io.newInputFile(file.path()))
            .withFileSize(file.fileSizeInBytes())
            .withFooterSize(file.fileFooterSizeInBytes())
            .build()) {
      List<BlobMetadata> ours =
          reader.fileMetadata().blobs().stream()
              .filter(blob -> blob.type().equals(SketchStatistics.BLOB))
              .toList();
      for (Pair<BlobMetadata, ByteBuffer> blob : reader.readAll(ours)) {
        String of = blob.first().properties().getOrDefault(SketchStatistics.OF, "");
        TableSketch sketch = sketch(blob.second());
        if (!of.equals(SketchStatistics.TABLE)) {
          added = sketch;
        }
        if (!of.equals(SketchStatistics.ADDED)) {
          table = sketch(blob.second());
          whole = Boolean.parseBoolean(blob.first().properties().get(SketchStatistics.WHOLE));
        }
      }
    }
    return new Sketches(added, table, whole);
  }

  private static TableSketch sketch(ByteBuffer blob) {
    byte[] bytes = new byte[blob.remaining()];
    blob.duplicate().get(bytes);
    return TableSketch.fromBytes(bytes);
  }
}

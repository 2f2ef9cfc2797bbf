package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.Decoded;
import dev.headwater.files.RowSource;
import dev.headwater.ingest.SourceRows;
import dev.headwater.ingest.Sources;
import dev.headwater.pipelines.project.SourceDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.FileSplit;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * The rows that are played: those of a table's source files as they are, bad ones too where they
 * can be read; or the rows of a table.
 */
interface PlaySource {
  /** The columns. */
  Schema schema();

  /** Gives all batches, in whatever order. */
  void read(Consumer<RowBatch> to);

  /** What the target's table is filled from, if that is files; else the table itself. */
  static PlaySource of(Stages stages, Target target) {
    @Nullable TableDecl table = stages.project().tables().get(target.name());
    if (table == null || stages.project().topic(table).isPresent()) {
      return stored(stages, target);
    }
    SourceDecl source = Objects.requireNonNull(stages.project().sources().get(table.from()));
    SourceStore store = new SourceStore(stages, source);
    FileIO io = store.io();
    return new Files(
        io, Sources.of(io, List.copyOf(store.files().values()), source.format(), null));
  }

  private static PlaySource stored(Stages stages, Target target) {
    TableRef ref = stages.workspace().table(target.name());
    Table table = stages.workspace().catalog(ref).load(ref);
    Snapshot current = table.currentSnapshot();
    if (current == null) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "Cannot play " + target.name() + ": it is empty.",
          "run it first, or play another table.");
    }
    return new Stored(table, new SnapshotRef(ref, table.uuid(), current.snapshotId()));
  }

  /** Files. */
  record Files(FileIO io, Sources sources) implements PlaySource {
    @Override
    public Schema schema() {
      return sources.schema();
    }

    @Override
    public void read(Consumer<RowBatch> to) {
      for (FileSplit split : sources.splits()) {
        try (RowSource rows = SourceRows.open(io, split, sources.format(), schema())) {
          while (rows.hasNext()) {
            Decoded decoded = rows.next();
            to.accept(decoded.rows());
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** A table's snapshot. */
  record Stored(Table table, SnapshotRef snapshot) implements PlaySource {
    @Override
    public Schema schema() {
      return table.schema();
    }

    @Override
    public void read(Consumer<RowBatch> to) {
      for (SplitGroup group : Splits.of(table, snapshot, null, Stages.GROUP_BYTES, 1)) {
        try (CloseableIterator<RowBatch> batches = group.open(table, schema(), null)) {
          batches.forEachRemaining(to);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}

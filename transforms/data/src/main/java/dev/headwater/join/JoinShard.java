package dev.headwater.join;

import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchSink;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Joins one shard: the spine's rows in chunks, in the order of time; each view's rows stream past
 * and are looked up in the chunk. So memory is a chunk's, whatever the views hold.
 */
final class JoinShard implements Serializable {
  private static final long serialVersionUID = 1;

  /**
   * What is held in memory.
   *
   * @param chunkRows about how many of the spine's rows are joined at a time
   * @param keptRows how many of a view's rows of one moment are kept for the next chunk
   */
  record Limits(int chunkRows, int keptRows) implements Serializable {
    static final Limits DEFAULT = new Limits(1 << 16, 1 << 18);
  }

  private final String spineName;
  private final List<String> viewNames;
  private final JoinLayout spine;
  private final List<JoinLayout> views;
  private final Schema schema;
  private final Limits limits;

  JoinShard(
      String spineName,
      List<String> viewNames,
      JoinLayout spine,
      List<JoinLayout> views,
      Schema schema,
      Limits limits) {
    this.spineName = spineName;
    this.viewNames = new ArrayList<>(viewNames);
    this.spine = spine;
    this.views = new ArrayList<>(views);
    this.schema = schema;
    this.limits = limits;
  }

  /** Joins what these runs hold; how often a row had no key for a view. */
  long run(Spill spill, Iterable<RunRef> runs, BatchSink<?> sink) throws IOException {
    List<List<RunRef>> streams = new ArrayList<>();
    for (int i = 0; i <= views.size(); i++) {
      streams.add(new ArrayList<>());
    }
    runs.forEach(run -> streams.get(run.stream()).add(run));
    List<ViewStream> open = new ArrayList<>();
    long withoutKey = 0;
    try (RunMerge rows = RunMerge.open(spill, streams.get(0), SpillForJoin.ORDER)) {
      for (int i = 0; i < views.size(); i++) {
        open.add(new ViewStream(spill, streams.get(i + 1), limits.keptRows));
      }
      for (SpineChunk chunk = SpineChunk.next(rows, limits.chunkRows);
          chunk != null;
          chunk = SpineChunk.next(rows, limits.chunkRows)) {
        withoutKey += join(chunk, open, sink);
      }
    } finally {
      open.forEach(ViewStream::close);
    }
    return withoutKey;
  }

  private long join(SpineChunk chunk, List<ViewStream> open, BatchSink<?> sink) throws IOException {
    RowBatch rows = chunk.rows();
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < spine.columns().size(); i++) {
      columns.add(rows.column(spine.firstColumn() + i));
    }
    long withoutKey = 0;
    for (int i = 0; i < views.size(); i++) {
      ChunkLookup lookup =
          new ChunkLookup(spineName, viewNames.get(i), chunk, JoinLayout.FIRST_KEY + i);
      open.get(i).each(chunk.from(), chunk.to(), lookup);
      columns.addAll(lookup.columns(views.get(i)));
      withoutKey += lookup.withoutKey();
    }
    RowBatch joined = RowBatch.of(schema, rows.size(), columns);
    for (int from = 0; from < joined.size(); from += RowBatch.MAX_ROWS) {
      sink.accept(joined.slice(from, Math.min(joined.size(), from + RowBatch.MAX_ROWS)));
    }
    return withoutKey;
  }

  /** The rows of a chunk, in no order, and the times they span. */
  record SpineChunk(RowBatch rows, long from, long to) {
    static @Nullable SpineChunk next(RunMerge merge, int atLeast) {
      RangeParts parts = new RangeParts();
      while (parts.rows() < atLeast && merge.next()) {
        parts.add(merge.batch(), merge.from(), merge.to());
      }
      if (parts.rows() == 0) {
        return null;
      }
      List<RowBatch> slices = parts.slices();
      return new SpineChunk(RowBatches.concat(slices), parts.first(), parts.last());
    }
  }
}

package dev.headwater.join;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.BytesInterner;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.RowBatches;
import dev.headwater.columns.Values;
import dev.headwater.sort.RunOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/** The rows of a spine's chunk by (key, time), and the view's row that each of them meets. */
final class ChunkLookup implements ViewStream.Rows {
  private static final int NOT_MET = -1;
  private static final int NO_KEY = -2;

  private final String spineName;
  private final String viewName;
  private final Column keys;
  private final long[] times;
  private final int[] table;
  private final int[] nextOfSame;
  private final int[] metBatch;
  private final int[] metRow;
  private final IdentityHashMap<RowBatch, Integer> places = new IdentityHashMap<>();
  private final List<RowBatch> batches = new ArrayList<>();
  private final List<Positions> positions = new ArrayList<>();
  private long withoutKey;

  ChunkLookup(String spineName, String viewName, JoinShard.SpineChunk chunk, int keyColumn) {
    this.spineName = spineName;
    this.viewName = viewName;
    this.keys = chunk.rows().column(keyColumn);
    this.times = ((LongColumn) chunk.rows().column(JoinLayout.TIME)).values();
    int n = times.length;
    this.table = new int[Integer.highestOneBit(Math.max(8, 4 * n - 1))];
    this.nextOfSame = new int[n];
    this.metBatch = new int[n];
    this.metRow = new int[n];
    Arrays.fill(metBatch, NOT_MET);
    int[] hashes = hashes(keys);
    for (int row = 0; row < n; row++) {
      if (keys.isNull(row)) {
        metBatch[row] = NO_KEY;
        withoutKey++;
        continue;
      }
      int slot = slot(hashes[code(keys, row)], times[row]);
      while (table[slot] != 0 && !same(keys, row, times[row], table[slot] - 1)) {
        slot = (slot + 1) & (table.length - 1);
      }
      nextOfSame[row] = table[slot];
      table[slot] = row + 1;
    }
  }

  /** Rows without a key for this view. */
  long withoutKey() {
    return withoutKey;
  }

  @Override
  public void take(RowBatch batch, int from, int to) {
    Column viewKeys = batch.column(JoinLayout.FIRST_KEY);
    long[] viewTimes = ((LongColumn) batch.column(JoinLayout.TIME)).values();
    Integer known = places.putIfAbsent(batch, batches.size());
    if (known == null) {
      batches.add(batch);
      positions.add(new Positions(hashes(viewKeys)));
    }
    int place = known == null ? batches.size() - 1 : known;
    Positions here = positions.get(place);
    for (int row = from; row < to; row++) {
      int slot = slot(here.hashes[code(viewKeys, row)], viewTimes[row]);
      while (table[slot] != 0 && !same(viewKeys, row, viewTimes[row], table[slot] - 1)) {
        slot = (slot + 1) & (table.length - 1);
      }
      int met = table[slot];
      if (met != 0 && metBatch[met - 1] == NOT_MET) {
        int at = here.add(row);
        for (; met != 0; met = nextOfSame[met - 1]) {
          metBatch[met - 1] = place;
          metRow[met - 1] = at;
        }
      }
    }
  }

  /** The wanted columns of the view's rows that were met, in the order of the chunk. */
  List<Column> columns(JoinLayout layout) {
    List<RowBatch> parts = new ArrayList<>();
    int[] offsets = new int[batches.size()];
    int n = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = n;
      int[] rows = positions.get(i).rows();
      parts.add(batches.get(i).gather(rows));
      n += rows.length;
    }
    int[] at = new int[times.length];
    for (int row = 0; row < at.length; row++) {
      if (metBatch[row] == NOT_MET) {
        throw unmet(layout, row);
      }
      at[row] = metBatch[row] == NO_KEY ? n : offsets[metBatch[row]] + metRow[row];
    }
    if (withoutKey > 0 || parts.isEmpty()) {
      parts.add(nothing(layout));
    }
    RowBatch met = RowBatches.concat(parts);
    List<Column> out = new ArrayList<>();
    for (int i = 0; i < layout.columns().size(); i++) {
      out.add(met.column(layout.firstColumn() + i).gather(at));
    }
    return out;
  }

  private HeadwaterException unmet(JoinLayout layout, int row) {
    return new HeadwaterException(
        Kind.DATA,
        "Cannot join "
            + spineName
            + " with "
            + viewName
            + ": the view has no row at "
            + Instant.EPOCH.plus(times[row], ChronoUnit.MICROS)
            + key(layout, row)
            + ".",
        "run the features stage again, so that the view has every point of these rows.");
  }

  private String key(JoinLayout layout, int row) {
    BytesColumn key = (BytesColumn) plain(keys.gather(new int[] {row}));
    List<Column> parts =
        layout.codecs().get(0).decode(DictionaryColumn.of(new int[] {0}, key, null));
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      String name = layout.keys().get(0).get(i);
      out.append(i == 0 ? " for " : ", ").append(name).append(' ');
      out.append(Values.of(parts.get(i), layout.projection().findType(name), 0));
    }
    return out.toString();
  }

  private static Column plain(Column column) {
    return column instanceof DictionaryColumn d ? d.decode() : column;
  }

  private static RowBatch nothing(JoinLayout layout) {
    Object[] nulls = new Object[layout.firstColumn() + layout.columns().size()];
    nulls[JoinLayout.TIME] = 0L;
    return new RowBatchBuilder(layout.schema()).append(nulls).build();
  }

  private boolean same(Column otherKeys, int otherRow, long time, int row) {
    return times[row] == time && RunOrder.compareBytes(keys, row, otherKeys, otherRow) == 0;
  }

  private int slot(int hash, long time) {
    long h = (hash ^ time * 0x9E3779B97F4A7C15L) * 0xD6E8FEB86659FD93L;
    return (int) (h >>> 32) & (table.length - 1);
  }

  private static int code(Column column, int row) {
    return column instanceof DictionaryColumn d ? d.codes()[row] : row;
  }

  private static int[] hashes(Column column) {
    BytesColumn bytes =
        column instanceof DictionaryColumn d ? d.dictionary() : (BytesColumn) column;
    int[] out = new int[Math.max(1, bytes.size())];
    for (int i = 0; i < bytes.size(); i++) {
      out[i] = BytesInterner.hash(bytes.data(), bytes.offsets()[i], bytes.offsets()[i + 1]);
    }
    return out;
  }

  /** The rows of one of the view's batches that were met. */
  private static final class Positions {
    private final int[] hashes;
    private int[] rows = new int[64];
    private int size;

    Positions(int[] hashes) {
      this.hashes = hashes;
    }

    int add(int row) {
      if (size == rows.length) {
        rows = Arrays.copyOf(rows, 2 * size);
      }
      rows[size] = row;
      return size++;
    }

    int[] rows() {
      return Arrays.copyOf(rows, size);
    }
  }
}

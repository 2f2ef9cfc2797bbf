package dev.headwater.sort;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * One or more columns as a single one that sorted runs can lie in the order of: longs for one
 * column of whole numbers, dates or times, else the bytes of {@link KeyCodec}.
 */
public final class SortKey implements Serializable {
  private static final long serialVersionUID = 1;

  private final List<String> names;
  private final boolean number;
  private final KeyCodec codec;

  private SortKey(List<String> names, boolean number, KeyCodec codec) {
    this.names = new ArrayList<>(names);
    this.number = number;
    this.codec = codec;
  }

  /**
   * A key of these columns.
   *
   * @param what for the message: "key of table a.b"
   * @throws HeadwaterException USAGE if a column is missing or its type is no key's
   */
  public static SortKey of(String what, Schema schema, List<String> names) {
    List<Type> types = new ArrayList<>();
    for (String name : names) {
      Type type = schema.asStruct().fieldType(name);
      if (type == null) {
        throw new HeadwaterException(
            Kind.USAGE,
            "Cannot use " + name + " as " + what + ": there is no such column.",
            "name one of " + schema.columns().stream().map(Types.NestedField::name).toList() + ".");
      }
      types.add(type);
    }
    try {
      KeyCodec codec = new KeyCodec(types);
      boolean number =
          types.size() == 1
              && switch (types.get(0).typeId()) {
                case INTEGER, LONG, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> true;
                default -> false;
              };
      return new SortKey(names, number, codec);
    } catch (IllegalArgumentException e) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot use " + String.join(", ", names) + " as " + what + ": " + e.getMessage() + ".",
          "choose other columns.",
          e);
    }
  }

  /** The columns, the first the most significant. */
  public List<String> names() {
    return names;
  }

  /** The type of {@link #of}: long for a single number or time, else bytes. */
  public Type type() {
    return number ? Types.LongType.get() : Types.BinaryType.get();
  }

  /** The key of each row; where a part is null, the key is. */
  public Column of(RowBatch batch) {
    if (!number) {
      return codec.encode(batch, names.stream().mapToInt(batch::index).toArray());
    }
    Column column = batch.column(names.get(0));
    return column instanceof IntColumn ints
        ? LongColumn.of(Arrays.stream(ints.values()).asLongStream().toArray(), ints.nulls())
        : column;
  }

  /** The key of each row, with the least there is where it is null. */
  public Column nullsFirst(RowBatch batch) {
    Column keys = of(batch);
    Bits nulls = keys.nulls();
    if (nulls == null) {
      return keys;
    }
    if (keys instanceof LongColumn longs) {
      long[] values = longs.values().clone();
      for (int row : nulls.positions()) {
        values[row] = Long.MIN_VALUE;
      }
      return LongColumn.of(values, null);
    }
    DictionaryColumn texts = (DictionaryColumn) keys;
    BytesColumn known = texts.dictionary();
    int[] offsets = Arrays.copyOf(known.offsets(), known.offsets().length + 1);
    offsets[known.size() + 1] = offsets[known.size()];
    int[] codes = texts.codes().clone();
    for (int row : nulls.positions()) {
      codes[row] = known.size();
    }
    return DictionaryColumn.of(codes, BytesColumn.of(known.data(), offsets, null), null);
  }

  /** A hash of each key: equal for equal keys, whatever batch they are in. */
  public static long[] hashes(Column keys) {
    if (keys instanceof LongColumn longs) {
      long[] out = new long[longs.size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = mix(longs.values()[i]);
      }
      return out;
    }
    @Nullable DictionaryColumn coded = keys instanceof DictionaryColumn d ? d : null;
    BytesColumn texts = coded == null ? (BytesColumn) keys : coded.dictionary();
    long[] of = new long[texts.size()];
    for (int i = 0; i < of.length; i++) {
      long hash = 0xcbf29ce484222325L;
      for (int b = texts.offsets()[i]; b < texts.offsets()[i + 1]; b++) {
        hash = (hash ^ (texts.data()[b] & 0xff)) * 0x100000001b3L;
      }
      of[i] = mix(hash);
    }
    if (coded == null) {
      return of;
    }
    long[] out = new long[keys.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = of[coded.codes()[i]];
    }
    return out;
  }

  /** The shard of a hash. */
  public static int shard(long hash, int shards) {
    return (int) Math.floorMod(hash >>> 32, (long) shards);
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}

package dev.headwater.sketch;

import dev.headwater.columns.Column;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Locale;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * One column's sketch. While it has at most {@value #EXACT} distinct values in at most {@value
 * #EXACT_BYTES} bytes, it is the values with their counts, and everything is exact and the same in
 * whatever order rows came; beyond that it is moments, bounds, a theta sketch, a KLL sketch and the
 * frequent values.
 */
abstract sealed class ColumnSketch permits NumberSketch, BytesSketch {
  static final int EXACT = 4_096;
  static final int EXACT_BYTES = 1 << 16;

  /** What is known of a column. */
  enum Mode {
    /** Everything. */
    FULL,
    /** Counts, bounds and moments. */
    COUNTS,
    /** Nothing. */
    NONE;

    static Mode of(String word) {
      return valueOf(word.trim().toUpperCase(Locale.ROOT));
    }
  }

  private final int field;
  private final Type type;
  private Mode mode;

  long values;
  long nulls;
  long nans;
  Counts counts;
  Moments moments = new Moments();
  @Nullable Distinct distinct;
  Frequent frequent;
  Quantiles quantiles = new Quantiles();

  ColumnSketch(int field, Type type, Mode mode, Counts none, Frequent nothing) {
    this.field = field;
    this.type = type;
    this.mode = mode;
    this.counts = none;
    this.frequent = nothing;
  }

  static ColumnSketch of(int field, Type type, Mode mode, int room) {
    return Keys.areLongs(type)
        ? new NumberSketch(field, type, mode, room)
        : new BytesSketch(field, type, mode, room);
  }

  final int field() {
    return field;
  }

  final Type type() {
    return type;
  }

  final Mode mode() {
    return mode;
  }

  /** Takes in a column's rows. */
  abstract void add(Column column);

  /** Counts into bounds, moments and, if the mode is full, distinct values and quantiles. */
  abstract void digest(@Nullable Distinct into);

  /** Takes in the other's bounds. */
  abstract void bounds(ColumnSketch other);

  /** The least value as Iceberg holds it, NaN apart; null of none. Not of an exact sketch. */
  abstract @Nullable Object least();

  abstract @Nullable Object greatest();

  abstract void writeBounds(DataOutput out) throws IOException;

  abstract void readBounds(DataInput in) throws IOException;

  /** An empty one that holds the same kind of values. */
  abstract ColumnSketch empty();

  /** Whether the counts are all there is to know. */
  final boolean exact() {
    return mode == Mode.FULL && distinct == null;
  }

  /** No longer exact: what was counted goes into the sketches. */
  final void spill() {
    if (mode == Mode.FULL && distinct == null) {
      distinct = new Distinct();
    }
    if (counts.size() > 0) {
      digest(mode == Mode.FULL ? distinct : null);
      if (mode == Mode.FULL) {
        frequent.merge(counts);
      }
      counts.clear();
    }
  }

  /** Called when no row comes any more, before it is merged or written. */
  void seal() {
    if (!exact() || counts.size() > EXACT || counts.bytes() > EXACT_BYTES) {
      spill();
    }
  }

  /** Takes in the sketch of other rows of the same column; both are sealed. */
  final void merge(ColumnSketch other) {
    if (!like(other)) {
      reduce();
      moments = new Moments();
      values += other.values;
      nulls += other.nulls;
      nans += other.nans;
      return;
    }
    values += other.values;
    nulls += other.nulls;
    nans += other.nans;
    if (other.exact() && mode == Mode.FULL) {
      counts.addAll(other.counts);
    } else {
      mergeSketches(other);
    }
    seal();
  }

  private void mergeSketches(ColumnSketch other) {
    ColumnSketch it = other;
    if (other.exact()) {
      it = other.empty();
      it.counts.addAll(other.counts);
      it.spill();
    }
    if (it.mode != Mode.FULL) {
      reduce();
    }
    spill();
    moments.merge(it.moments);
    bounds(it);
    Distinct mine = distinct;
    Distinct its = it.distinct;
    if (mine != null && its != null) {
      mine.merge(its);
      frequent.merge(it.frequent);
      quantiles.merge(it.quantiles);
    }
  }

  /** Forgets all but counts, bounds and moments. */
  private void reduce() {
    spill();
    mode = Mode.COUNTS;
    distinct = null;
    frequent = empty().frequent;
    quantiles = new Quantiles();
  }

  /** Whether the other's values are counted in the same way. */
  private boolean like(ColumnSketch other) {
    if (type.equals(other.type)) {
      return true;
    }
    if (type instanceof Types.DecimalType a && other.type instanceof Types.DecimalType b) {
      return a.scale() == b.scale() && getClass() == other.getClass();
    }
    return false;
  }

  /** The distinct values, however they are held. */
  final Distinct theta() {
    ColumnSketch all = this;
    if (exact()) {
      all = empty();
      all.counts.addAll(counts);
      all.spill();
    }
    Distinct out = new Distinct();
    Distinct its = all.distinct;
    if (its != null) {
      out.merge(its);
    }
    if (nans > 0) {
      Distinct one = new Distinct();
      Keys.update(one, type, Keys.ofDouble(Double.NaN));
      out.merge(one);
    }
    return out;
  }

  final void write(DataOutput out) throws IOException {
    Varints.write(out, field);
    out.writeUTF(type.toString());
    out.writeUTF(mode.name());
    Varints.write(out, values);
    Varints.write(out, nulls);
    Varints.write(out, nans);
    out.writeBoolean(exact());
    if (exact()) {
      CountsBytes.write(out, counts);
      return;
    }
    moments.write(out);
    writeBounds(out);
    Distinct its = distinct;
    if (its != null) {
      its.write(out);
      frequent.write(out);
      quantiles.write(out);
    }
  }

  static ColumnSketch read(DataInput in) throws IOException {
    int field = (int) Varints.read(in);
    Type type = Types.fromPrimitiveString(in.readUTF());
    ColumnSketch out = of(field, type, Mode.valueOf(in.readUTF()), EXACT);
    boolean longs = Keys.areLongs(type);
    out.values = Varints.read(in);
    out.nulls = Varints.read(in);
    out.nans = Varints.read(in);
    if (in.readBoolean()) {
      out.counts = CountsBytes.read(in, longs);
      return out;
    }
    out.moments = Moments.read(in);
    out.readBounds(in);
    if (out.mode == Mode.FULL) {
      out.distinct = Distinct.read(in);
      out.frequent = Frequent.read(in, longs);
      out.quantiles = Quantiles.read(in);
    }
    return out;
  }
}

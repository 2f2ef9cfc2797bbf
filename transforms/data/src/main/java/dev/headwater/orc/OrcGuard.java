package dev.headwater.orc;

import org.apache.orc.storage.ql.exec.vector.BytesColumnVector;
import org.apache.orc.storage.ql.exec.vector.ColumnVector;
import org.apache.orc.storage.ql.exec.vector.DateColumnVector;
import org.apache.orc.storage.ql.exec.vector.DecimalColumnVector;
import org.apache.orc.storage.ql.exec.vector.DoubleColumnVector;
import org.apache.orc.storage.ql.exec.vector.ListColumnVector;
import org.apache.orc.storage.ql.exec.vector.LongColumnVector;
import org.apache.orc.storage.ql.exec.vector.MapColumnVector;
import org.apache.orc.storage.ql.exec.vector.StructColumnVector;
import org.apache.orc.storage.ql.exec.vector.TimestampColumnVector;
import org.apache.orc.storage.ql.exec.vector.UnionColumnVector;
import org.apache.orc.storage.ql.exec.vector.VectorizedRowBatch;

/**
 * Lists and maps of at most {@value #MOST} values a batch: a damaged length would make ORC's reader
 * take memory for a billion of them, and look for a minute for values that aren't there.
 */
final class OrcGuard {
  static final int MOST = 1 << 24;

  private OrcGuard() {}

  /** Puts it around the values of a batch's lists and maps. */
  static VectorizedRowBatch around(VectorizedRowBatch batch) {
    for (ColumnVector column : batch.cols) {
      inside(column);
    }
    return batch;
  }

  private static void inside(ColumnVector column) {
    if (column instanceof ListColumnVector list) {
      list.child = bounded(list.child);
    } else if (column instanceof MapColumnVector map) {
      map.keys = bounded(map.keys);
      map.values = bounded(map.values);
    } else if (column instanceof StructColumnVector struct) {
      inside(struct.fields);
    } else if (column instanceof UnionColumnVector union) {
      inside(union.fields);
    }
  }

  private static ColumnVector[] inside(ColumnVector[] columns) {
    for (ColumnVector column : columns) {
      inside(column);
    }
    return columns;
  }

  private static void check(int size) {
    if (size < 0 || size > MOST) {
      throw new IllegalStateException("its lists would have " + size + " values");
    }
  }

  private static ColumnVector bounded(ColumnVector v) {
    inside(v);
    if (v instanceof DateColumnVector) {
      return new DateColumnVector() {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof LongColumnVector) {
      return new LongColumnVector() {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof DoubleColumnVector) {
      return new DoubleColumnVector() {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof BytesColumnVector) {
      return new BytesColumnVector() {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof TimestampColumnVector times) {
      TimestampColumnVector out =
          new TimestampColumnVector() {
            @Override
            public void ensureSize(int size, boolean keep) {
              check(size);
              super.ensureSize(size, keep);
            }
          };
      out.setIsUTC(times.isUTC());
      return out;
    }
    if (v instanceof DecimalColumnVector decimals) {
      return new DecimalColumnVector(decimals.precision, decimals.scale) {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof ListColumnVector list) {
      return new ListColumnVector(VectorizedRowBatch.DEFAULT_SIZE, list.child) {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof MapColumnVector map) {
      return new MapColumnVector(VectorizedRowBatch.DEFAULT_SIZE, map.keys, map.values) {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof StructColumnVector struct) {
      return new StructColumnVector(VectorizedRowBatch.DEFAULT_SIZE, struct.fields) {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof UnionColumnVector union) {
      return new UnionColumnVector(VectorizedRowBatch.DEFAULT_SIZE, union.fields) {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size);
          super.ensureSize(size, keep);
        }
      };
    }
    return v;
  }
}

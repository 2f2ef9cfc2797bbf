package dev.headwater.orc;

import java.util.List;
import org.apache.orc.CollectionColumnStatistics;
import org.apache.orc.ColumnStatistics;
import org.apache.orc.TypeDescription;
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
 * Lists and maps of a batch have no more values than the file says of the whole, and at most
 * {@value #MOST}: a damaged length would make ORC's reader take memory for a billion of them, and
 * look for values that aren't there.
 */
final class OrcGuard {
  static final int MOST = 1 << 24;

  private OrcGuard() {}

  /**
   * Puts it around the values of a batch's lists and maps.
   *
   * @param own the file's columns
   * @param of what the file's footer says of each
   */
  static VectorizedRowBatch around(
      VectorizedRowBatch batch, TypeDescription own, ColumnStatistics[] of) {
    inside(batch.cols, own.getChildren(), of);
    return batch;
  }

  private static void inside(ColumnVector column, TypeDescription own, ColumnStatistics[] of) {
    List<TypeDescription> children = own.getChildren();
    int most = most(of[own.getId()]);
    if (column instanceof ListColumnVector list) {
      list.child = bounded(list.child, children.get(0), of, most);
    } else if (column instanceof MapColumnVector map) {
      map.keys = bounded(map.keys, children.get(0), of, most);
      map.values = bounded(map.values, children.get(1), of, most);
    } else if (column instanceof StructColumnVector struct) {
      inside(struct.fields, children, of);
    } else if (column instanceof UnionColumnVector union) {
      inside(union.fields, children, of);
    }
  }

  private static void inside(
      ColumnVector[] columns, List<TypeDescription> own, ColumnStatistics[] of) {
    for (int i = 0; i < columns.length; i++) {
      inside(columns[i], own.get(i), of);
    }
  }

  /** How many values all lists of a column have together; older writers don't say it. */
  private static int most(ColumnStatistics of) {
    return of instanceof CollectionColumnStatistics lists
        ? (int) Math.min(MOST, Math.max(VectorizedRowBatch.DEFAULT_SIZE, lists.getTotalChildren()))
        : MOST;
  }

  private static void check(int size, int most) {
    if (size < 0 || size > most) {
      throw new IllegalStateException("its lists would have " + size + " values");
    }
  }

  private static ColumnVector bounded(
      ColumnVector v, TypeDescription own, ColumnStatistics[] of, int most) {
    inside(v, own, of);
    if (v instanceof DateColumnVector) {
      return new DateColumnVector() {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size, most);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof LongColumnVector) {
      return new LongColumnVector() {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size, most);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof DoubleColumnVector) {
      return new DoubleColumnVector() {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size, most);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof BytesColumnVector) {
      return new BytesColumnVector() {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size, most);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof TimestampColumnVector times) {
      TimestampColumnVector out =
          new TimestampColumnVector() {
            @Override
            public void ensureSize(int size, boolean keep) {
              check(size, most);
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
          check(size, most);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof ListColumnVector list) {
      return new ListColumnVector(VectorizedRowBatch.DEFAULT_SIZE, list.child) {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size, most);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof MapColumnVector map) {
      return new MapColumnVector(VectorizedRowBatch.DEFAULT_SIZE, map.keys, map.values) {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size, most);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof StructColumnVector struct) {
      return new StructColumnVector(VectorizedRowBatch.DEFAULT_SIZE, struct.fields) {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size, most);
          super.ensureSize(size, keep);
        }
      };
    }
    if (v instanceof UnionColumnVector union) {
      return new UnionColumnVector(VectorizedRowBatch.DEFAULT_SIZE, union.fields) {
        @Override
        public void ensureSize(int size, boolean keep) {
          check(size, most);
          super.ensureSize(size, keep);
        }
      };
    }
    return v;
  }
}

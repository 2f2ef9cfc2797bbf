package dev.headwater.catalog.commit;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the files that are in a table when a change brings its own. An edit that was
 * computed from a snapshot names it as its base: the commit is refused with {@link
 * BaseMovedException} if another change of the same rows came since.
 */
public sealed interface Edit extends Serializable {
  /** The snapshot that the edit was computed from; null: an empty table, or none that matters. */
  default @Nullable Long base() {
    return null;
  }

  /** They all stay. */
  record Append() implements Edit {
    private static final long serialVersionUID = 1;
  }

  /**
   * Those go whose rows all match. A file of which only some rows match is refused; such files are
   * what {@link Rewrite} is for.
   *
   * @param checked whether rows that match and came after {@code base} refuse the change; otherwise
   *     they go too
   */
  record Overwrite(Expression where, @Nullable Long base, boolean checked) implements Edit {
    private static final long serialVersionUID = 1;

    /** Every file there is. */
    static final Overwrite ALL = new Overwrite(Expressions.alwaysTrue());

    /** Whatever matches when it is committed. */
    public Overwrite(Expression where) {
      this(where, null, false);
    }

    /** Whether it is every file there is. */
    public boolean everything() {
      return where.op() == Expression.Operation.TRUE;
    }
  }

  /**
   * Those go that are in a partition which the change has files of; in an unpartitioned table all.
   *
   * @param checked as in {@link Overwrite}
   */
  record OverwritePartitions(@Nullable Long base, boolean checked) implements Edit {
    private static final long serialVersionUID = 1;

    /** Whatever is there when it is committed. */
    public OverwritePartitions() {
      this(null, false);
    }
  }

  /**
   * These go: their rows were read, and those that stay are in the change's files. Refused if one
   * of them, or its deletes, are no longer as they were in {@code base}, or if files came that may
   * hold rows of {@code reads}.
   *
   * @param deletes delete files that are of no use without {@code removed}
   * @param reads the rows that the edit depends on: had there been others, it would be another one
   */
  record Rewrite(
      @Nullable Long base, List<DataFile> removed, List<DeleteFile> deletes, Expression reads)
      implements Edit {
    private static final long serialVersionUID = 1;

    /** Of a table's current snapshot, without any file yet. */
    public static Rewrite of(Table table) {
      Snapshot current = table.currentSnapshot();
      return new Rewrite(
          current == null ? null : current.snapshotId(),
          List.of(),
          List.of(),
          Expressions.alwaysFalse());
    }

    public Rewrite {
      removed = new ArrayList<>(removed);
      deletes = new ArrayList<>(deletes);
    }
  }
}

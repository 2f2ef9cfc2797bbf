package dev.headwater.pipelines;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be done to a table besides running its target. */
public sealed interface TableTask {
  /** What it destroys, as after "cannot"; null: nothing that can't be had again. */
  default @Nullable String destroys() {
    return null;
  }

  /** What differs between two states; {@code ref}s as after an @, null: the newest. */
  record Diff(@Nullable String from, @Nullable String to, int rows) implements TableTask {}

  /**
   * Makes a tag, or takes it away.
   *
   * @param at the snapshot, null: the newest
   */
  record Tag(String name, @Nullable String at, boolean remove) implements TableTask {
    @Override
    public @Nullable String destroys() {
      return remove ? "remove tag " + name : null;
    }
  }

  /** As {@link Tag}, for a branch. */
  record Branch(String name, @Nullable String at, boolean remove) implements TableTask {
    @Override
    public @Nullable String destroys() {
      return remove ? "remove branch " + name : null;
    }
  }

  /** Makes an older snapshot the current one again. */
  record Rollback(String to) implements TableTask {
    @Override
    public String destroys() {
      return "roll back to " + to;
    }
  }

  /**
   * Rewrites files.
   *
   * @param where SQL; only files that may have a matching row
   * @param sort "column", "column desc", "month(column)"; empty: the table's own order, if it has
   *     one
   * @param targetBytes of a new file, 0: as the table says
   * @param minFiles fewer small files of a partition stay
   */
  record Compact(@Nullable String where, List<String> sort, long targetBytes, int minFiles)
      implements TableTask {
    public Compact {
      sort = List.copyOf(sort);
    }
  }

  /** Forgets old snapshots, but for the newest so many. */
  record Expire(Duration olderThan, int keep) implements TableTask {
    @Override
    public String destroys() {
      return "expire snapshots";
    }
  }

  /** Deletes files that nothing refers to, if they are so old; null: as is safe. */
  record Orphans(@Nullable Duration olderThan) implements TableTask {
    @Override
    public String destroys() {
      return "delete orphans";
    }
  }

  /** Rows go for which SQL is true. */
  record Delete(String where) implements TableTask {
    @Override
    public String destroys() {
      return "delete rows";
    }
  }

  /** Many manifests into few. */
  record Manifests() implements TableTask {}

  /** Gives a table the properties and the order that the project declares. */
  record Settle() implements TableTask {}
}

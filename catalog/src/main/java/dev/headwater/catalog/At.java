package dev.headwater.catalog;

import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * Which state of a table is meant. As text: {@code snapshot:58}, {@code tag:model/late/1}, {@code
 * branch:audit}, {@code time:2026-01-31T12:00:00Z}, or a snapshot's number or a ref's name alone.
 */
public sealed interface At extends Serializable {
  /** The newest state when it is asked. */
  record Current() implements At {
    @Override
    public String toString() {
      return "current";
    }
  }

  /** One snapshot. */
  record SnapshotId(long id) implements At {
    @Override
    public String toString() {
      return "snapshot:" + id;
    }
  }

  /** What a tag names. */
  record Tag(String name) implements At {
    @Override
    public String toString() {
      return "tag:" + name;
    }
  }

  /** The newest state of a branch when it is asked. */
  record Branch(String name) implements At {
    @Override
    public String toString() {
      return "branch:" + name;
    }
  }

  /** What was current at a moment. */
  record AsOf(Instant time) implements At {
    @Override
    public String toString() {
      return "time:" + time;
    }
  }

  /** What a tag or a branch names. */
  record Named(String ref) implements At {
    @Override
    public String toString() {
      return ref;
    }
  }

  static At current() {
    return new Current();
  }

  static At snapshot(long id) {
    return new SnapshotId(id);
  }

  static At tag(String name) {
    return new Tag(name);
  }

  static At branch(String name) {
    return new Branch(name);
  }

  static At asOf(Instant time) {
    return new AsOf(time);
  }

  /**
   * What this text means.
   *
   * @throws HeadwaterException USAGE if the number or time after the colon is none
   */
  static At parse(String text) {
    int colon = text.indexOf(':');
    String name = text.substring(colon + 1);
    try {
      return switch (colon < 0 ? "" : text.substring(0, colon)) {
        case "snapshot" -> snapshot(Long.parseLong(name));
        case "tag" -> tag(name);
        case "branch" -> branch(name);
        case "time" -> asOf(Instant.parse(name));
        default -> text.matches("\\d{1,19}") ? snapshot(Long.parseLong(text)) : new Named(text);
      };
    } catch (NumberFormatException | DateTimeException e) {
      throw new HeadwaterException(
          Kind.USAGE,
          "'" + text + "' is no state of a table (" + e.getMessage() + ").",
          "write snapshot:NUMBER, tag:NAME, branch:NAME or time:2026-01-31T12:00:00Z.",
          e);
    }
  }

  /** The snapshot, empty if the table has none such. */
  default Optional<Snapshot> find(Table table) {
    return Optional.ofNullable(snapshot(this, table));
  }

  /**
   * The state that is meant now, for ever.
   *
   * @throws HeadwaterException DATA if the table has none such
   */
  default SnapshotRef pin(Table table, TableRef ref) {
    Snapshot found =
        find(table)
            .orElseThrow(
                () ->
                    new HeadwaterException(
                        Kind.DATA,
                        this instanceof Current
                            ? "Table " + ref + " is empty."
                            : "Table " + ref + " has no state '" + this + "'.",
                        this instanceof Current
                            ? "run what writes it."
                            : "take a snapshot of its history, or one of its tags and branches: "
                                + new TreeSet<>(table.refs().keySet())
                                + "."));
    return new SnapshotRef(ref, table.uuid(), found.snapshotId());
  }

  private static @Nullable Snapshot snapshot(At at, Table table) {
    if (at instanceof SnapshotId s) {
      return table.snapshot(s.id());
    }
    if (at instanceof Tag t) {
      return ref(table, t.name(), true);
    }
    if (at instanceof Branch b) {
      return ref(table, b.name(), false);
    }
    if (at instanceof AsOf moment) {
      Long id = SnapshotUtil.nullableSnapshotIdAsOfTime(table, moment.time().toEpochMilli());
      return id == null ? null : table.snapshot(id);
    }
    if (at instanceof Named named) {
      return table.snapshot(named.ref());
    }
    return table.currentSnapshot();
  }

  private static @Nullable Snapshot ref(Table table, String name, boolean tag) {
    org.apache.iceberg.SnapshotRef ref = table.refs().get(name);
    return ref == null || ref.isTag() != tag ? null : table.snapshot(ref.snapshotId());
  }
}

package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.BaseCheck;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.table.CommitTable;
import dev.headwater.table.LaterLetters;
import dev.headwater.table.Totals;
import dev.headwater.table.Written;
import dev.headwater.upsert.Keyed;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what workers made of a topic: the table, with the offsets in its summary, upon the very
 * progress that it was computed from, then its letters. One thread.
 */
final class CommitOffsets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitOffsets.class);
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final long LOOK_MILLIS = 100;

  private final IngestSpec spec;
  private final CommitTable.Check check;
  private final Duration behind;
  private final LaterLetters letters;
  private @Nullable TopicOffsets offsets;

  /**
   * Whatever comes.
   *
   * @param behind how long to wait for who commits what comes before: a job that was rescaled has
   *     on one worker what waited for its checkpoint, and on another what came since
   */
  CommitOffsets(IngestSpec spec, Duration behind) {
    this(spec, total -> {}, behind);
  }

  /** Only what passes a check. */
  CommitOffsets(IngestSpec spec, CommitTable.Check check) {
    this(spec, check, Duration.ZERO);
  }

  private CommitOffsets(IngestSpec spec, CommitTable.Check check, Duration behind) {
    this.spec = spec;
    this.check = check;
    this.behind = behind;
    this.letters = spec.later();
  }

  /** The table's progress must be the one that this was computed from. */
  record Upon(TableRef table, String sink, @Nullable Progress base) implements BaseCheck {
    private static final long serialVersionUID = 1;

    @Override
    public void check(List<Snapshot> history) {
      Progress now = Progress.of(history, sink).orElse(null);
      if (!Objects.equals(now, base)) {
        throw new HeadwaterException(
            Kind.REFUSED,
            "Cannot commit to %s: another job writes under the name %s; the table has %s now, it"
                    .formatted(table, sink, at(now))
                + " had "
                + at(base)
                + ".",
            "let only one job write under this name; then start it anew, without a savepoint: it"
                + " goes on where the table ends.");
      }
    }

    private static String at(@Nullable Progress progress) {
      return progress == null ? "no offsets" : "offsets " + progress.next();
    }
  }

  /**
   * Commits, unless it is there.
   *
   * @param token of all parts, those too that turn out to be there
   */
  Committed commit(TableCatalog open, Token token, List<Ingested> parts) throws IOException {
    Instant until = Instant.now().plus(behind);
    while (true) {
      try {
        return attempt(open, token, parts);
      } catch (Joining.Gap e) {
        if (!Instant.now().isBefore(until)) {
          throw e;
        }
        pause(e);
      }
    }
  }

  private static void pause(Joining.Gap gap) {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw gap;
    }
  }

  private Committed attempt(TableCatalog open, Token token, List<Ingested> parts)
      throws IOException {
    Table table = open.load(spec.ref);
    Committed done = Committer.find(spec.ref, table, token).orElse(null);
    if (done != null) {
      letters.finish(open, done.summary());
      return done;
    }
    letters.finish(open, table);
    Progress base = Progress.of(table, spec.sink).orElse(null);
    Joining joining = Joining.of(spec.ref, spec.topic, base, parts);
    if (joining.parts().isEmpty()) {
      Snapshot now = table.currentSnapshot();
      return new Committed(
          spec.ref, table.uuid(), now == null ? null : now.snapshotId(), true, Map.of());
    }
    check(joining.progress().id());
    Map<String, String> says = new HashMap<>(spec.summary);
    says.putAll(joining.progress().summary());
    says.put(
        SummaryKeys.FACT + "rows_late",
        Long.toString(joining.parts().stream().mapToLong(Ingested::late).sum()));
    Change change =
        Change.append(spec.ref, token, List.of())
            .summary(says)
            .upon(new Upon(spec.ref, spec.sink, base));
    List<Written> written = joining.parts().stream().map(Ingested::written).toList();
    Written total = Totals.of(written);
    check.check(total);
    if (spec.routes != null) {
      List<String> tables = new CommitRoutes(spec, spec.routes).commit(open, token, joining);
      change = change.summary(Map.of(IngestSpec.TABLES, String.join(",", tables)));
    }
    Keyed keyed =
        spec.keyed == null
            ? null
            : Keyed.of(joining.parts().stream().map(Ingested::keyed).toList());
    if (spec.keyed == null || keyed == null || keyed.log().isEmpty()) {
      CommitTable commit = CommitTable.of(spec.catalog, change).letters(spec.lettersRef);
      return windows(commit, table, joining).commit(open, written);
    }
    Map<String, String> lettered = letters.said(open, token, total.letterFiles());
    Committed made = spec.keyed.commit(open, keyed, change.summary(lettered));
    letters.finish(open, made.summary());
    return made;
  }

  /** What the first rows of windows take the place of; upon the same progress as the rows. */
  private CommitTable windows(CommitTable commit, Table table, Joining joining) {
    if (spec.windows == null) {
      return commit;
    }
    Map<Long, Long> came = new HashMap<>();
    joining.parts().forEach(part -> came.putAll(part.windows()));
    return spec.windows.over(commit, table, spec.sink, came, spec.sink + "/" + spec.run);
  }

  /** Records of a topic that was made again since the table's last ones must not follow them. */
  private void check(String id) {
    if (id.isEmpty()) {
      return;
    }
    Instant until = Instant.now().plus(PATIENCE);
    while (true) {
      try {
        if (offsets == null) {
          offsets = TopicOffsets.open(spec.topic);
        }
        String now = offsets.describe().id();
        if (!now.equals(id)) {
          throw KafkaClients.madeAgain(spec.topic, id, now);
        }
        return;
      } catch (HeadwaterException e) {
        if (e.kind() != Kind.UNREACHABLE || Instant.now().isAfter(until)) {
          throw e;
        }
        LOG.warn("{} Waiting for them before the commit to {}.", e.what(), spec.ref);
      }
    }
  }

  @Override
  public void close() {
    if (offsets != null) {
      offsets.close();
      offsets = null;
    }
  }
}

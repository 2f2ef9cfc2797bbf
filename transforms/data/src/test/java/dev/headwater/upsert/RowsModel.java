package dev.headwater.upsert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SummaryKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * What the rows of a table must be: what each of its commits was to do, done in the order in which
 * they came into it.
 */
final class RowsModel {
  /** A row; several may have one id. */
  record Row(long id, int day, String text) {}

  private final Map<String, Consumer<List<Row>>> effects = new ConcurrentHashMap<>();
  private final SortedMap<Long, String> commits = new ConcurrentSkipListMap<>();

  /** What a commit was to do; one that changed nothing has no token. */
  void did(Committed done, Consumer<List<Row>> effect) {
    String token = done.summary().get(SummaryKeys.TOKEN);
    if (token != null) {
      assertThat(effects.put(token, effect)).as(token).isNull();
    }
  }

  /** Notes a table's snapshots; to be called before any of them expires. */
  void see(Table table) {
    for (Snapshot snapshot : table.snapshots()) {
      String token = Objects.requireNonNull(snapshot.summary().get(SummaryKeys.TOKEN));
      String before = commits.put(snapshot.sequenceNumber(), token);
      assertThat(before == null || before.equals(token)).as(token).isTrue();
    }
  }

  /** Each commit is there once, none is missing, and there is no other. */
  void check() {
    assertThat(commits.values()).doesNotHaveDuplicates();
    assertThat(commits.keySet()).containsExactlyElementsOf(upTo(commits.size()));
    assertThat(effects.keySet()).containsExactlyInAnyOrderElementsOf(commits.values());
  }

  private static List<Long> upTo(int n) {
    return LongStream.rangeClosed(1, n).boxed().toList();
  }

  /** The rows after a commit. */
  List<Row> rows(long sequence) {
    List<Row> rows = new ArrayList<>();
    commits
        .headMap(sequence + 1)
        .values()
        .forEach(token -> Objects.requireNonNull(effects.get(token)).accept(rows));
    return rows;
  }
}

package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import dev.headwater.kafka.OffsetRanges.Range;
import dev.headwater.table.Arrived;
import dev.headwater.table.Routes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;

/**
 * Commits what workers made of a topic to the several tables that its rows name, each once. The
 * table that holds the offsets is committed after them: so a table is never behind it, and what a
 * table is ahead of it, its snapshot says.
 */
record CommitRoutes(IngestSpec spec, Routes routes) {
  private record Part(Ingested of, RoutedPart rows) {}

  /**
   * Commits, to each table what it does not have.
   *
   * @return the tables that rows came for
   */
  List<String> commit(TableCatalog open, Token token, Joining joining) throws IOException {
    Map<String, List<Part>> all = new TreeMap<>();
    for (Ingested part : joining.parts()) {
      for (RoutedPart rows : part.routed()) {
        all.computeIfAbsent(rows.routed().table(), r -> new ArrayList<>())
            .add(new Part(part, rows));
      }
    }
    for (Map.Entry<String, List<Part>> route : all.entrySet()) {
      commit(open, route.getKey(), token.derived(route.getKey()), joining, route.getValue());
    }
    return all.keySet().stream().map(route -> routes.ref(route).name()).toList();
  }

  private void commit(
      TableCatalog open, String route, Token token, Joining joining, List<Part> parts)
      throws IOException {
    TableRef ref = routes.ref(route);
    Table table = open.load(ref);
    if (Committer.find(ref, table, token).isPresent()) {
      return;
    }
    Progress base = Progress.of(table, token.sink()).orElse(null);
    Offsets there = base == null ? Offsets.NONE : base.next();
    List<Arrived> fresh = new ArrayList<>();
    for (Part part : parts) {
      if (isFresh(ref, part, there)) {
        fresh.add(part.rows.routed().arrived());
      }
    }
    if (!fresh.isEmpty()) {
      Change change =
          Change.append(ref, token, List.of())
              .summary(joining.progress().summary())
              .upon(new CommitOffsets.Upon(ref, token.sink(), base));
      routes.into(route, spec.run, spec.summary).commit(open, change, Arrived.of(fresh));
    }
  }

  /** Whether a table has none of a part's rows; it may have all. */
  private boolean isFresh(TableRef ref, Part part, Offsets there) {
    boolean any = false;
    for (Range range : part.of.ranges().all()) {
      long has = at(there, range);
      long had = at(part.rows.had(), range);
      if (has < range.to() && has != had && range.from() < Math.max(has, had)) {
        throw new HeadwaterException(
            Kind.REFUSED,
            "Cannot commit to %s what came of %s: the table had it up to %d, and has it up to %d."
                .formatted(ref, range, had, has),
            "let only one job write under this name, and roll no table back while it runs; then"
                + " start it anew, without a savepoint: it goes on where the tables end.");
      }
      any |= has < range.to();
    }
    return any;
  }

  private static long at(Offsets offsets, Range range) {
    Long next = offsets.of(range.partition());
    return next == null ? 0 : next;
  }
}

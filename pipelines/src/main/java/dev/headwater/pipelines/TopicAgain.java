package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.commit.UponNewest;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.expr.Expression;
import dev.headwater.kafka.IngestSpec;
import dev.headwater.kafka.IngestTopic;
import dev.headwater.kafka.OffsetRanges;
import dev.headwater.kafka.Offsets;
import dev.headwater.kafka.Progress;
import dev.headwater.kafka.RereadTopic;
import dev.headwater.kafka.TopicOffsets;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Routes;
import dev.headwater.table.Written;
import dev.headwater.upsert.RemoveRows;
import dev.headwater.validate.Letters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * The records of a range of their own time, found by the topic's offsets and never behind what the
 * table has. Rows are replaced by their partitions and offsets, of several tables in all of them,
 * or by key and order; how far the topic is in the table stays as it is.
 */
final class TopicAgain implements RowsAgain {
  private static final String FROM = "from";

  private final Stages stages;
  private final Target target;
  private final TableDecl table;
  private final TopicTable topic;
  private final TableRef ref;
  private final boolean upsert;
  private final PlacedRows placed;
  private OffsetRanges ranges = OffsetRanges.NONE;
  private String id = "";

  TopicAgain(Stages stages, Target target, TableDecl table) {
    this.stages = stages;
    this.target = target;
    this.table = table;
    this.topic = new TopicTable(stages, target);
    this.ref = topic.output().ref();
    this.upsert = table.write().mode() == Write.Mode.UPSERT;
    this.placed = new PlacedRows(table, topic.kafka());
  }

  @Override
  public String range(Instant from, Instant to) {
    if (upsert && table.write().order() == null) {
      throw wrong(
          "its rows have no order, and an older record would take the place of a newer row",
          "declare tables." + table.name() + ".order; of Debezium's changes their position.");
    }
    if (!upsert) {
      // Tells of rows that no column has the place of.
      placed.where(OffsetRanges.NONE);
    }
    if (!from.isBefore(to)) {
      throw wrong(from + " is not before " + to, "write --from before --to.");
    }
    // Tells of a topic that was made again.
    id = topic.reach().id();
    Offsets there = topic.progress().map(Progress::next).orElse(Offsets.NONE);
    List<OffsetRanges.Range> found = new ArrayList<>();
    try (TopicOffsets offsets = TopicOffsets.open(topic.topic(), TopicTable.PATIENCE)) {
      Offsets first = offsets.at(from);
      Offsets last = offsets.at(to);
      there.forEach(
          (partition, next) -> {
            Long begin = first.of(partition);
            Long end = last.of(partition);
            if (begin != null && end != null && begin < Math.min(end, next)) {
              found.add(new OffsetRanges.Range(partition, begin, Math.min(end, next)));
            }
          });
    }
    ranges = OffsetRanges.of(found);
    if (ranges.isEmpty()) {
      throw wrong(
          "the topic has no records of that time that the table has",
          "look with headwater offsets " + target.name() + ".");
    }
    return upsert ? "offsets are in " + ranges : placed.where(ranges);
  }

  private HeadwaterException wrong(String why, String fix) {
    return new HeadwaterException(
        HeadwaterException.Kind.USAGE, "Cannot backfill " + target.name() + ": " + why + ".", fix);
  }

  @Override
  public Set<Edge> inputs() {
    Map<Integer, Long> to = new TreeMap<>();
    ranges.all().forEach(range -> to.put(range.partition(), range.to()));
    return Set.of(TopicEdge.of(topic.kafka(), Offsets.of(to)));
  }

  @Override
  public Map<String, String> parameters() {
    Map<Integer, Long> from = new TreeMap<>();
    ranges.all().forEach(range -> from.put(range.partition(), range.from()));
    return Map.of(FROM, TopicEdge.of(topic.kafka(), Offsets.of(from)).version());
  }

  /** Reads nothing: what the records would be is not known before the table has their columns. */
  @Override
  public Answer unread(String range) {
    long gone = gone();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("range", range);
    data.put("rows_gone", gone);
    data.put("records", ranges.size());
    data.put("dry_run", true);
    return Answer.of(
        data,
        new Answer.Block.Line(
            target.name() + " would be read again where " + range + "; nothing changed."),
        new Answer.Block.Line(
            "  "
                + Stages.grouped(gone)
                + " rows would go, those of at most "
                + Stages.grouped(ranges.size())
                + " records would come."));
  }

  private long gone() {
    if (upsert) {
      return 0;
    }
    if (routed() != null) {
      return routed().count(ranges);
    }
    Table now = stages.workspace().catalog(ref).load(ref);
    String where = placed.where(now, topic.sink(), ranges);
    return where == null ? 0 : PlacedRows.count(now, where);
  }

  private @Nullable RoutedRows routed() {
    Routes routes = topic.routes(Token.ofRun(topic.sink(), "backfill", List.of()));
    return routes == null
        ? null
        : new RoutedRows(target, stages.workspace().catalog(ref), routes, placed);
  }

  @Override
  public void fill(Run run, String range, Token token, CommitTable.Check look, Job.Watch watch) {
    IngestSpec spec = topic.spec(run);
    IngestTopic.Ahead again = new IngestTopic.Ahead(id, ranges);
    Recompute.whileMoving(
        stages.workspace().catalog(ref),
        ref,
        token.run(),
        () -> {
          Pipeline pipeline = stages.pipeline(target, run.id().toString());
          if (upsert) {
            pipeline.apply("backfill", RereadTopic.upsert(spec, again, token));
          } else {
            replace(pipeline, spec, again, run, token, look);
          }
          stages.run(pipeline, target, ranges.size(), watch);
        });
  }

  private void replace(
      Pipeline pipeline,
      IngestSpec spec,
      IngestTopic.Ahead again,
      Run run,
      Token token,
      CommitTable.Check look) {
    TableCatalog catalog = stages.workspace().catalog(ref);
    Table into = catalog.load(ref);
    // What came of letters meanwhile would be there twice.
    UponNewest upon =
        UponNewest.of(ref, into, token.sink(), LetterSettling.STAGE + "." + target.name());
    RoutedRows routed = routed();
    if (routed != null) {
      pipeline.apply(
          "backfill", RereadTopic.routed(spec, again, token, routed.of(ranges), upon, look));
      return;
    }
    String where = placed.where(into, topic.sink(), ranges);
    Expression gone = Expression.parse(where == null ? "false" : where, into.schema());
    PCollection<Written> rows = pipeline.apply("backfill", RereadTopic.rows(spec, again));
    PCollection<Written> others =
        pipeline.apply(
            "backfill overwrite",
            new RemoveRows(into, into, gone, token.sink(), run.id().toString()));
    PCollectionList.of(rows)
        .and(others)
        .apply("backfill both", Flatten.pCollections())
        .apply(
            "backfill commit",
            CommitTable.of(
                    catalog.config(), Change.of(ref, Edit.Rewrite.of(into), token, List.of()))
                .summary(topic.output().summary(run))
                .letters(Letters.of(ref))
                .upon(upon)
                .check(look));
  }

  @Override
  public void closeLetters(Run run) {
    String begin = run.parameters().getOrDefault(FROM, "");
    Offsets from = TopicEdge.offsets(new Edge(TopicEdge.KIND, "", begin));
    Offsets to = TopicEdge.offsets(run.inputs().get(0));
    String name = topic.kafka().topic();
    new LetterClosing(stages, target, table, run)
        .close(
            letter -> {
              Integer partition = letter.partition();
              Long first = partition == null ? null : from.of(partition);
              Long end = partition == null ? null : to.of(partition);
              return first != null
                  && end != null
                  && letter.source().equals(name)
                  && letter.position() >= first
                  && letter.position() < end;
            });
  }
}

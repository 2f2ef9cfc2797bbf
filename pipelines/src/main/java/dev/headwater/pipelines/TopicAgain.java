package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.Token;
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
import dev.headwater.pipelines.project.KafkaDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Written;
import dev.headwater.upsert.RemoveRows;
import dev.headwater.validate.Letters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * The records of a range of their own time, found by the topic's offsets and never behind what the
 * table has. Rows are replaced by their partitions and offsets, or by key and order; how far the
 * topic is in the table stays as it is.
 */
final class TopicAgain implements RowsAgain {
  private static final String FROM = "from";

  private final Stages stages;
  private final Target target;
  private final TableDecl table;
  private final TopicTable topic;
  private final TableRef ref;
  private final boolean upsert;
  private OffsetRanges ranges = OffsetRanges.NONE;
  private String id = "";

  TopicAgain(Stages stages, Target target, TableDecl table) {
    this.stages = stages;
    this.target = target;
    this.table = table;
    this.topic = new TopicTable(stages, target);
    this.ref = topic.output().ref();
    this.upsert = table.write().mode() == Write.Mode.UPSERT;
  }

  @Override
  public String range(Instant from, Instant to) {
    refuse();
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
    return upsert ? "offsets are in " + ranges : condition();
  }

  private void refuse() {
    if (table.write().route() != null) {
      throw wrong("its rows are in several tables", "make them anew under another name.");
    }
    if (upsert && table.write().order() == null) {
      throw wrong(
          "its rows have no order, and an older record would take the place of a newer row",
          "declare tables." + table.name() + ".order; of Debezium's changes their position.");
    }
    if (!upsert
        && (column(KafkaDecl.Meta.PARTITION) == null || column(KafkaDecl.Meta.OFFSET) == null)) {
      throw wrong(
          "nothing tells which of its rows are of which records",
          "declare columns for partition and offset in its source, and make it anew.");
    }
  }

  private @Nullable String column(KafkaDecl.Meta what) {
    return topic.kafka().meta().entrySet().stream()
        .filter(meta -> meta.getValue() == what)
        .map(meta -> '"' + meta.getKey().replace("\"", "\"\"") + '"')
        .findFirst()
        .orElse(null);
  }

  private String condition() {
    String partition = column(KafkaDecl.Meta.PARTITION);
    String offset = column(KafkaDecl.Meta.OFFSET);
    return ranges.all().stream()
        .map(
            range ->
                "%s = %d and %s >= %d and %s < %d"
                    .formatted(
                        partition, range.partition(), offset, range.from(), offset, range.to()))
        .collect(Collectors.joining(") or (", "(", ")"));
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
    long gone = upsert ? 0 : gone(range);
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

  private long gone(String range) {
    Table now = stages.workspace().catalog(ref).load(ref);
    try {
      return RemoveRows.count(now, Expression.parse(range, now.schema())).rows();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void fill(Run run, String range, Token token, CommitTable.Check look, Job.Watch watch) {
    IngestSpec spec = topic.spec(run);
    IngestTopic.Ahead again = new IngestTopic.Ahead(id, ranges);
    CatalogConfig catalog = stages.workspace().catalog(ref).config();
    Recompute.whileMoving(
        stages.workspace().catalog(ref),
        ref,
        token.run(),
        () -> {
          Pipeline pipeline = stages.pipeline(target, run.id().toString());
          Table into = stages.workspace().catalog(ref).load(ref);
          if (upsert) {
            pipeline.apply("backfill", RereadTopic.upsert(spec, again, token));
          } else {
            Expression where = Expression.parse(range, into.schema());
            PCollection<Written> rows = pipeline.apply("backfill", RereadTopic.rows(spec, again));
            PCollection<Written> gone =
                pipeline.apply(
                    "backfill overwrite",
                    new RemoveRows(into, into, where, token.sink(), run.id().toString()));
            PCollectionList.of(rows)
                .and(gone)
                .apply("backfill both", Flatten.pCollections())
                .apply(
                    "backfill commit",
                    CommitTable.of(catalog, Change.of(ref, Edit.Rewrite.of(into), token, List.of()))
                        .summary(topic.output().summary(run))
                        .letters(Letters.of(ref))
                        .check(look));
          }
          stages.run(pipeline, target, ranges.size(), watch);
        });
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

package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.kafka.IngestSpec;
import dev.headwater.kafka.IngestStream;
import dev.headwater.kafka.IngestTopic;
import dev.headwater.kafka.KafkaRecords;
import dev.headwater.kafka.Offsets;
import dev.headwater.kafka.Progress;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.Target;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A topic's records -> decoded, checked against the contract -> the table and its letters. A run
 * catches up: it pins how far the topic goes, and reads from where the table ends to there. Or it
 * goes on until it is stopped, with a commit an interval. Both may take turns: what counts is what
 * the table says of the topic.
 */
final class TopicJob implements Job {
  private static final String VERSION = "1";

  private final Stages stages;
  private final Target target;
  private final TopicTable topic;
  private @Nullable TopicReach looked;
  private @Nullable String declaration;

  TopicJob(Stages stages, Target target) {
    this.stages = stages;
    this.target = target;
    this.topic = new TopicTable(stages, target);
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public String declaration() {
    if (declaration == null) {
      declaration = Declarations.json(stages.project(), target);
    }
    return declaration;
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of(TopicTable.SOURCE, topic.table().from());
  }

  @Override
  public List<Edge> inputs() {
    TopicReach reach = topic.reach();
    looked = reach;
    return List.of(TopicEdge.of(topic.kafka(), reach.from().with(reach.to())));
  }

  /** What the table lacks, whatever the last run has pinned: a stream may have gone on since. */
  @Override
  public List<String> reasons(Run last) {
    TopicReach reach = looked == null ? topic.reach() : looked;
    String news = reach.news(topic.kafka().topic());
    return news.isEmpty() ? List.of() : List.of(news);
  }

  /** All that the run has committed, once or many times. */
  @Override
  public Optional<Made> find(Run run) {
    return stages
        .workspace()
        .catalog(topic.output().ref())
        .find(topic.output().ref())
        .flatMap(table -> committed(table, run))
        .map(committed -> made(committed));
  }

  private Optional<Committed> committed(Table table, Run run) {
    topic.output().finishLater();
    Map<String, String> all = new HashMap<>();
    Snapshot newest = null;
    for (Snapshot snapshot : History.of(table)) {
      Map<String, String> summary = snapshot.summary();
      if (run.id().toString().equals(summary.get(SummaryKeys.RUN))
          && summary.containsKey(Progress.KEY)) {
        newest = newest == null ? snapshot : newest;
        summary.forEach(
            (key, value) -> all.merge(key, value, (old, more) -> together(key, old, more)));
      }
    }
    return newest == null
        ? Optional.empty()
        : Optional.of(
            new Committed(
                topic.output().ref(), table.uuid(), newest.snapshotId(), true, Map.copyOf(all)));
  }

  /** Counts add up, and so do the tables that rows went to; of all else the newest is said. */
  private static String together(String key, String newer, String older) {
    if (key.equals(IngestSpec.TABLES)) {
      return Stream.of(newer, older)
          .flatMap(names -> Arrays.stream(names.split(",", -1)))
          .filter(name -> !name.isEmpty())
          .distinct()
          .sorted()
          .collect(Collectors.joining(","));
    }
    return newer.matches("\\d{1,18}") && older.matches("\\d{1,18}")
        ? Long.toString(Long.parseLong(newer) + Long.parseLong(older))
        : newer;
  }

  @Override
  public Optional<String> lost(Run run) {
    return topic.output().lost(run);
  }

  @Override
  public Made make(Run run, Watch watch) {
    TopicReach reach = topic.reach().upTo(TopicEdge.offsets(run.inputs().get(0)));
    IngestSpec spec = topic.spec(run);
    if (reach.ahead().isEmpty()) {
      return nothing();
    }
    Pipeline pipeline = stages.pipeline(target, run.id().toString());
    pipeline.apply("ingest", IngestTopic.of(spec, reach.work()));
    stages.run(pipeline, target, reach.ahead().size(), watch);
    return find(run).orElseGet(this::nothing);
  }

  /**
   * Goes on with the topic until it is told to stop.
   *
   * @param watch told how many records were read
   */
  void stream(Run run, BooleanSupplier stopped, Engine.Watch watch) {
    IngestSpec spec = topic.spec(run);
    Duration commit = Duration.millis(topic.table().commit().micros() / 1_000);
    Pipeline pipeline = stages.stream(target, run.id().toString(), commit.getMillis());
    pipeline
        .apply(
            "topic",
            KafkaRecords.of(topic.topic())
                .from(topic.start())
                .after(spec.offsets())
                .lateness(Duration.millis(topic.kafka().lateness().micros() / 1_000)))
        .apply("ingest", IngestStream.of(spec).every(commit));
    stages.engine().stream(pipeline, target.kind().stage(), stopped, watch);
  }

  /** Where a run that begins now begins. */
  Offsets from() {
    return topic.reach().from();
  }

  /** The topic as far as the table has it now. */
  Edge read(Run run) {
    Offsets next = topic.progress().map(Progress::next).orElse(Offsets.NONE);
    return TopicEdge.of(topic.kafka(), TopicEdge.offsets(run.inputs().get(0)).with(next));
  }

  TopicTable topic() {
    return topic;
  }

  private Made made(Committed committed) {
    long in = TableOutput.count(committed, SummaryKeys.ROWS_IN);
    long letters = TableOutput.count(committed, SummaryKeys.ROWS_LETTERS);
    long filtered = TableOutput.filtered(committed);
    List<Edge> outputs = topic.output().edges(committed);
    String kept =
        Stages.grouped(TableOutput.kept(committed))
            + (topic.table().write().route() == null
                ? " kept, "
                : " to " + (outputs.size() - 1) + " tables, ");
    return new Made(
        outputs,
        TableOutput.figures(committed),
        in,
        kept
            + Stages.grouped(letters)
            + " letters"
            + (filtered == 0 ? "" : ", " + Stages.grouped(filtered) + " filtered"),
        TableOutput.where(committed));
  }

  /** Nothing came. */
  private Made nothing() {
    return new Made(List.of(stages.pin(target.name())), Map.of(), 0, "no records", "");
  }
}

package dev.headwater.kafka;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.kafka.OffsetRanges.Range;
import dev.headwater.table.DealOut;
import dev.headwater.table.TableUse;
import dev.headwater.table.WorkFn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Ranges of a topic, decoded and checked, into a table, in one commit. Bounded: for a run that
 * catches up with the topic. The same law of offsets as {@link IngestStream}'s, so that the two may
 * take turns under one name. Ranges are dealt out in pieces; memory is a poll and what is written,
 * for each worker. What can't be read fails the run as {@link KafkaRecords} does; brokers that are
 * away are waited for.
 */
public final class IngestTopic extends PTransform<PBegin, PCollection<Committed>> {
  private static final long serialVersionUID = 1;
  private static final long PIECE = 1_000_000;

  private final IngestSpec spec;
  private final Ahead ahead;

  /**
   * What a run is to read.
   *
   * @param topicId the topic's when they were looked up
   */
  public record Ahead(String topicId, OffsetRanges ranges) implements java.io.Serializable {
    private static final long serialVersionUID = 1;

    /** What makes a run the same run. */
    public List<String> inputs() {
      List<String> all = new ArrayList<>(List.of(topicId));
      ranges.all().forEach(range -> all.add(range.toString()));
      return all;
    }
  }

  private IngestTopic(IngestSpec spec, Ahead ahead) {
    this.spec = spec;
    this.ahead = ahead;
  }

  /** Ranges as {@link #ahead} found them; the run's commit is known by them. */
  public static IngestTopic of(IngestSpec spec, Ahead ahead) {
    return new IngestTopic(spec, ahead);
  }

  /**
   * What the topic has after what the table has of it, up to now.
   *
   * @param start where to begin if the table has nothing
   */
  public static Ahead ahead(Topic topic, TableOffsets table, Start start) {
    Progress known = table.now().orElse(null);
    try (TopicOffsets offsets = TopicOffsets.open(topic)) {
      TopicOffsets.Description now = offsets.describe();
      if (known != null && !known.id().isEmpty() && !known.id().equals(now.id())) {
        throw KafkaClients.madeAgain(topic, known.id(), now.id());
      }
      Offsets from = known == null ? begin(offsets, start) : offsets.beginning().with(known.next());
      List<Range> ranges = new ArrayList<>();
      offsets
          .end()
          .forEach(
              (partition, end) -> {
                Long first = from.of(partition);
                if (first != null && first < end) {
                  ranges.add(new Range(partition, first, end));
                }
              });
      return new Ahead(now.id(), OffsetRanges.of(ranges));
    }
  }

  private static Offsets begin(TopicOffsets offsets, Start start) {
    if (start instanceof Start.End) {
      return offsets.end();
    }
    if (start instanceof Start.Time time) {
      return offsets.at(time.at());
    }
    return start instanceof Start.At given
        ? offsets.beginning().with(given.offsets())
        : offsets.beginning();
  }

  @Override
  public PCollection<Committed> expand(PBegin begin) {
    return read(begin, spec, ahead)
        .apply("Together", GroupByKey.create())
        .apply("Commit", ParDo.of(new Commit(spec, ahead)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  /** The ranges, read, decoded, checked and written, all under one key. */
  static PCollection<KV<Integer, Ingested>> read(PBegin begin, IngestSpec spec, Ahead ahead) {
    List<Range> pieces = new ArrayList<>();
    for (Range range : ahead.ranges().all()) {
      for (long from = range.from(); from < range.to(); from += PIECE) {
        pieces.add(new Range(range.partition(), from, Math.min(range.to(), from + PIECE)));
      }
    }
    return begin
        .apply("DealOut", DealOut.of(pieces, Range.class))
        .apply("ReadDecodeWrite", ParDo.of(new Read(spec, ahead)))
        .setCoder(KvCoder.of(VarIntCoder.of(), Ingested.coder()));
  }

  private static final class Read extends WorkFn<Range, KV<Integer, Ingested>> {
    private static final long serialVersionUID = 1;
    private final IngestSink.Factory sinks;
    private final Topic topic;
    private final Ahead ahead;

    Read(IngestSpec spec, Ahead ahead) {
      this.sinks = new IngestSink.Factory(spec, spec.limits.watch(spec.ref.name()));
      this.topic = spec.topic;
      this.ahead = ahead;
    }

    @ProcessElement
    public void process(@Element Range range, OutputReceiver<KV<Integer, Ingested>> out)
        throws IOException {
      topic.read();
      try (IngestSink sink = sinks.open();
          TopicRange records = new TopicRange(topic, ahead.topicId(), range)) {
        RawBatch batch = records.next();
        while (batch != null) {
          sink.accept(batch);
          batch = records.next();
        }
        sink.finish().forEach(part -> out.output(KV.of(0, part)));
      }
    }
  }

  private static final class Commit extends WorkFn<KV<Integer, Iterable<Ingested>>, Committed> {
    private static final long serialVersionUID = 1;
    private final IngestSpec spec;
    private final Ahead ahead;

    Commit(IngestSpec spec, Ahead ahead) {
      this.spec = spec;
      this.ahead = ahead;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Ingested>> all, OutputReceiver<Committed> out)
        throws IOException {
      List<Ingested> parts = new ArrayList<>();
      all.getValue().forEach(parts::add);
      CatalogConfig catalog = spec.catalog;
      Token token = Token.ofRun(spec.sink, spec.run, ahead.inputs());
      try (TableCatalog open = TableCatalog.open(catalog);
          CommitOffsets commits =
              new CommitOffsets(spec, spec.limits.ofTopic(spec.ref.name(), spec.letters))) {
        out.output(TableUse.wrote(open, commits.commit(open, token, parts)));
      }
    }
  }
}

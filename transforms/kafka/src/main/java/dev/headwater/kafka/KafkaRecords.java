package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import java.io.Serializable;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A topic's records, as they are, in batches: what a poll brought of one partition is one batch (a
 * part of it, where it is more than a megabyte). Unbounded, unless it is told where to end. Only
 * records of committed transactions, each once: where it is goes into the runner's checkpoints; no
 * consumer group is used, nothing is rebalanced.
 *
 * <p>Splits own partitions by the remainder of their numbers, so that one that comes while it runs
 * (looked for each half minute) has an owner. There are as many splits as partitions, up to 32, and
 * no fewer than the runner asks for: a job can be rescaled up to that.
 *
 * <p>Event time is the records' timestamps; a batch has its least. A partition's watermark is so
 * much behind its greatest as {@link #lateness} says, and behind the clock while nothing is left to
 * read in it; the least of a split's is the split's.
 *
 * <p>While brokers are away it waits, and says so in the log. What can't go on fails the job
 * ({@link HeadwaterException} DATA or REFUSED): the topic is not there, or is another one of its
 * name; the next record has expired; the topic ends before it. Memory: for each split what Kafka's
 * client holds ({@code fetch.max.bytes}, 16 MiB unless said; {@code max.partition.fetch.bytes}, 4
 * MiB for each partition; a record that is larger passes alone), and up to three polls of it: a
 * thread polls ahead.
 */
public final class KafkaRecords extends PTransform<PBegin, PCollection<RawBatch>> {
  private static final long serialVersionUID = 1;
  private final How how;

  /**
   * What can be chosen.
   *
   * @param after the table that knows how far the topic is in it; goes before {@code start}
   * @param end where to end; null: never
   * @param discoverMillis how often it is looked for new partitions
   */
  record How(
      Topic topic,
      Start start,
      @Nullable TableOffsets after,
      @Nullable Offsets end,
      long latenessMillis,
      long discoverMillis)
      implements Serializable {
    private static final long serialVersionUID = 1;

    /** The same in an older job and in a newer one. */
    String key() {
      return topic.name() + (after == null ? "" : " " + after.sink());
    }

    How at(TopicOptions.Place place) {
      return new How(place.topic(), start, place.after(), end, latenessMillis, discoverMillis);
    }
  }

  private KafkaRecords(How how) {
    this.how = how;
  }

  /** From the topic's beginning, without an end. */
  public static KafkaRecords of(Topic topic) {
    return new KafkaRecords(new How(topic, new Start.Beginning(), null, null, 60_000, 30_000));
  }

  /** Where to begin what no table knows of. */
  public KafkaRecords from(Start start) {
    return with(
        new How(how.topic, start, how.after, how.end, how.latenessMillis, how.discoverMillis));
  }

  /**
   * Where the table's snapshots say that it ends: a new job goes on there, and one that was taken
   * back to an old savepoint leaves out what is in the table.
   */
  public KafkaRecords after(TableOffsets table) {
    return with(
        new How(how.topic, how.start, table, how.end, how.latenessMillis, how.discoverMillis));
  }

  /** Ends before these offsets; partitions that are not among them are not read. */
  public KafkaRecords until(Offsets end) {
    return with(
        new How(how.topic, how.start, how.after, end, how.latenessMillis, how.discoverMillis));
  }

  /** How much older than the newest record of its partition one may be without being late. */
  public KafkaRecords lateness(Duration behind) {
    return with(
        new How(how.topic, how.start, how.after, how.end, behind.getMillis(), how.discoverMillis));
  }

  /** How often it is looked for new partitions, and whether the topic is still the same. */
  public KafkaRecords discover(Duration every) {
    return with(
        new How(how.topic, how.start, how.after, how.end, how.latenessMillis, every.getMillis()));
  }

  private static KafkaRecords with(How next) {
    return new KafkaRecords(next);
  }

  How how() {
    return how;
  }

  @Override
  public PCollection<RawBatch> expand(PBegin pipeline) {
    TopicOptions.add(pipeline.getPipeline().getOptions(), how);
    return pipeline.apply("Topic", Read.from(new KafkaSource(how, 0, 1)));
  }
}

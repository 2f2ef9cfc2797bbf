package dev.headwater.kafka;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** The partitions of a topic whose number, divided by the number of splits, leaves this one's. */
final class KafkaSource extends UnboundedSource<RawBatch, Mark> {
  private static final long serialVersionUID = 1;
  private static final int MOST_SPLITS = 32;

  private final KafkaRecords.How how;
  private final int number;
  private final int splits;

  KafkaSource(KafkaRecords.How how, int number, int splits) {
    this.how = how;
    this.number = number;
    this.splits = splits;
  }

  KafkaRecords.How how() {
    return how;
  }

  boolean owns(int partition) {
    return partition % splits == number;
  }

  @Override
  public List<KafkaSource> split(int desired, PipelineOptions options) {
    int partitions;
    try (TopicOffsets offsets = TopicOffsets.open(how.topic())) {
      partitions = offsets.describe().partitions().size();
    }
    int size = Math.max(desired, Math.min(partitions, MOST_SPLITS));
    List<KafkaSource> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      all.add(new KafkaSource(how, i, size));
    }
    return all;
  }

  @Override
  public KafkaReader createReader(PipelineOptions options, @Nullable Mark mark) {
    KafkaSource now = new KafkaSource(TopicOptions.now(options, how), number, splits);
    return new KafkaReader(now, mark == null ? Mark.NEW : mark);
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return new Mark.Bytes();
  }

  @Override
  public Coder<RawBatch> getOutputCoder() {
    return new RawBatchCoder();
  }
}

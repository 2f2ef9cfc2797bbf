package dev.headwater.runners;

import dev.headwater.table.StreamCommits;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** 0, 1, 2, ..., {@code count - 1}, one each ten milliseconds, from wherever its mark says. */
final class Numbers extends UnboundedSource<Integer, Numbers.Mark> {
  private static final long serialVersionUID = 1;

  private final int count;
  private final long markMillis;

  Numbers(int count) {
    this(count, 0);
  }

  /** Each checkpoint takes so long at least; other branches of the job go on meanwhile. */
  Numbers(int count, long markMillis) {
    this.count = count;
    this.markMillis = markMillis;
  }

  /** Embedded Flink with checkpoints, which begins a job that failed again from the last one. */
  static FlinkPipelineOptions flink() {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setFlinkMaster("[local]");
    options.setParallelism(1);
    options.setStreaming(true);
    options.setCheckpointingInterval(300L);
    options.setCheckpointingMode("EXACTLY_ONCE");
    options.setNumberOfExecutionRetries(20);
    options.setExecutionRetryDelay(100L);
    options.setMaxBundleSize(5L);
    options.setEnableStableInputDrain(true);
    options.setFinishBundleBeforeCheckpointing(true);
    options.setNumConcurrentCheckpoints(StreamCommits.CHECKPOINTS);
    return options;
  }

  /** Where the source is. */
  record Mark(int next) implements UnboundedSource.CheckpointMark, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public void finalizeCheckpoint() {}
  }

  @Override
  public List<Numbers> split(int desired, PipelineOptions options) {
    return List.of(this);
  }

  @Override
  public UnboundedReader<Integer> createReader(PipelineOptions options, @Nullable Mark mark) {
    return new NumbersReader(this, mark == null ? 0 : mark.next());
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<Integer> getOutputCoder() {
    return VarIntCoder.of();
  }

  private static final class NumbersReader extends UnboundedSource.UnboundedReader<Integer> {
    private final Numbers source;
    private final int first;
    private final long began = System.nanoTime();
    private int next;

    NumbersReader(Numbers source, int first) {
      this.source = source;
      this.first = first;
      this.next = first;
    }

    @Override
    public boolean start() throws IOException {
      return advance();
    }

    @Override
    public boolean advance() throws IOException {
      if (next == source.count || System.nanoTime() - began < (next - first) * 10_000_000L) {
        return false;
      }
      next++;
      return true;
    }

    @Override
    public Integer getCurrent() {
      if (next == first) {
        throw new NoSuchElementException();
      }
      return next - 1;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(next);
    }

    @Override
    public Instant getWatermark() {
      return next == source.count ? BoundedWindow.TIMESTAMP_MAX_VALUE : Instant.ofEpochMilli(next);
    }

    @Override
    public Mark getCheckpointMark() {
      try {
        Thread.sleep(source.markMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new Mark(next);
    }

    @Override
    public Numbers getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}

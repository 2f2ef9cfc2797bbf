package dev.headwater.benchmarks;

import dev.headwater.columns.RowBatch;
import dev.headwater.rows.RowBatchCoder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Batches of the pool as fast as they are taken, until a moment, a split for each worker. */
final class Endless extends UnboundedSource<RowBatch, Endless.Mark> {
  private static final long serialVersionUID = 1;

  private final long endMillis;
  private final int split;
  private final int splits;

  private Endless(long endMillis, int split, int splits) {
    this.endMillis = endMillis;
    this.split = split;
    this.splits = splits;
  }

  static Endless until(long endMillis) {
    return new Endless(endMillis, 0, 1);
  }

  /** How many batches a split has given. */
  record Mark(long given) implements UnboundedSource.CheckpointMark, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public void finalizeCheckpoint() {}
  }

  @Override
  public List<Endless> split(int desired, PipelineOptions options) {
    List<Endless> out = new ArrayList<>();
    for (int i = 0; i < desired; i++) {
      out.add(new Endless(endMillis, i, desired));
    }
    return out;
  }

  @Override
  public UnboundedReader<RowBatch> createReader(PipelineOptions options, @Nullable Mark mark) {
    return new Reader(this, mark == null ? 0 : mark.given());
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<RowBatch> getOutputCoder() {
    return RowBatchCoder.of();
  }

  private static final class Reader extends UnboundedReader<RowBatch> {
    private final Endless source;
    private long given;
    private long millis;
    private @Nullable RowBatch current;

    Reader(Endless source, long given) {
      this.source = source;
      this.given = given;
      this.millis = System.currentTimeMillis();
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      millis = System.currentTimeMillis();
      if (millis >= source.endMillis) {
        return false;
      }
      current = Pool.batch(given++ * source.splits + source.split, millis * 1_000);
      return true;
    }

    @Override
    public RowBatch getCurrent() {
      if (current == null) {
        throw new NoSuchElementException();
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(millis);
    }

    @Override
    public Instant getWatermark() {
      return millis >= source.endMillis
          ? BoundedWindow.TIMESTAMP_MAX_VALUE
          : Instant.ofEpochMilli(millis);
    }

    @Override
    public Mark getCheckpointMark() {
      return new Mark(given);
    }

    @Override
    public Endless getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}

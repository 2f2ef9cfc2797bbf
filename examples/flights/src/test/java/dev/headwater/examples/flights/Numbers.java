package dev.headwater.examples.flights;

import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded source of two splits, the even numbers and the odd, each at so many milliseconds
 * from wherever its mark says. How many there are is said by a file, when it is there.
 */
final class Numbers extends UnboundedSource<Integer, Numbers.Mark> {
  static final Schema SCHEMA =
      new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
  static final int ROWS = 100;

  private static final long serialVersionUID = 1;
  private static final int SPLITS = 2;
  private static final long LOOK_NANOS = 100_000_000;

  private final String end;
  private final long millis;
  private final int split;

  /**
   * @param end a file; once it is there it says how many numbers there are
   * @param millis between two of a split
   */
  Numbers(Path end, long millis) {
    this(end.toString(), millis, -1);
  }

  private Numbers(String end, long millis, int split) {
    this.end = end;
    this.millis = millis;
    this.split = split;
  }

  @Override
  public List<Numbers> split(int desired, PipelineOptions options) {
    return IntStream.range(0, SPLITS).mapToObj(i -> new Numbers(end, millis, i)).toList();
  }

  @Override
  public UnboundedReader<Integer> createReader(PipelineOptions options, @Nullable Mark mark) {
    return new Reader(this, mark == null ? split : mark.next());
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<Integer> getOutputCoder() {
    return VarIntCoder.of();
  }

  /** A hundred ids to a number. */
  static final class Batch extends DoFn<Integer, RowBatch> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<RowBatch> out) {
      long[] ids = LongStream.range((long) number * ROWS, (number + 1L) * ROWS).toArray();
      out.output(RowBatch.of(SCHEMA, ROWS, LongColumn.of(ids, null)));
    }
  }

  /** The next number of a split. */
  record Mark(int next) implements UnboundedSource.CheckpointMark, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public void finalizeCheckpoint() {}
  }

  private static final class Reader extends UnboundedSource.UnboundedReader<Integer> {
    private final Numbers source;
    private final int first;
    private final long began = System.nanoTime();
    private int next;
    private int enough = Integer.MAX_VALUE;
    private long looked;

    Reader(Numbers source, int first) {
      this.source = source;
      this.first = first;
      this.next = first;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      look();
      long due = (next - first) / SPLITS * source.millis * 1_000_000L;
      if (next >= enough || System.nanoTime() - began < due) {
        return false;
      }
      next += SPLITS;
      return true;
    }

    private void look() {
      long now = System.nanoTime();
      if (enough == Integer.MAX_VALUE && now - looked > LOOK_NANOS) {
        looked = now;
        Path file = Path.of(source.end);
        if (Files.exists(file)) {
          try {
            enough = Integer.parseInt(Files.readString(file));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      }
    }

    @Override
    public Integer getCurrent() {
      if (next == first) {
        throw new NoSuchElementException();
      }
      return next - SPLITS;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(next);
    }

    @Override
    public Instant getWatermark() {
      return next >= enough ? BoundedWindow.TIMESTAMP_MAX_VALUE : Instant.ofEpochMilli(next);
    }

    @Override
    public Mark getCheckpointMark() {
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

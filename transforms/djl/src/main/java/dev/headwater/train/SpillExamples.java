package dev.headwater.train;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.model.InputValues;
import dev.headwater.model.TrainSpec;
import dev.headwater.table.BatchSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * Joined rows into a scratch file, spread by the hash of their content: inputs and label are
 * computed here, on all workers, so that the trainer only reads fixed-width records.
 */
final class SpillExamples implements BatchSink<Examples> {
  private static final int CHUNK = 1 << 16;

  private final ExampleRecord layout;
  private final InputValues inputs;
  private final Expression label;
  private final SplitCuts cuts;
  private final long seed;
  private final int shift;
  private final Path path;
  private final List<Codes> codes = new ArrayList<>();
  private final @Nullable ByteBuffer[] buffers;
  private final List<Examples.Chunk> chunks = new ArrayList<>();
  private @Nullable FileChannel file;
  private long offset;
  private long rows;
  private long noLabel;
  private long unused;

  /** The codes of one input's categories, in the order they were met, and their hashes. */
  private static final class Codes {
    final Map<String, Integer> byValue = new HashMap<>();
    final List<String> values = new ArrayList<>();
    final List<Long> hashes = new ArrayList<>();

    int of(String value) {
      Integer code = byValue.get(value);
      if (code == null) {
        code = values.size();
        byValue.put(value, code);
        values.add(value);
        long hash = value.length();
        for (int i = 0; i < value.length(); i++) {
          hash = ExampleRecord.mix(hash, value.charAt(i));
        }
        hashes.add(hash);
      }
      return code;
    }
  }

  private SpillExamples(TrainSpec spec, Schema schema, TrainModel.Means means) {
    this.layout = new ExampleRecord(spec.inputs().size());
    this.inputs = new InputValues(spec.inputs(), schema);
    this.label = Expression.parse(spec.label(), schema);
    if (label.type().typeId() != Type.TypeID.BOOLEAN) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot use label " + spec.label() + ": it is a " + label.type() + ".",
          "write a condition, as in: delay > 15.");
    }
    this.cuts = new SplitCuts(spec.split(), schema);
    this.seed = ExampleRecord.mix(spec.hyperparameters().seed());
    int ranges = layout.ranges(means.rowsBound());
    this.shift = 64 - Integer.numberOfTrailingZeros(ranges);
    this.path = Path.of(means.scratch(), "examples-" + UUID.randomUUID());
    this.buffers = new ByteBuffer[ranges];
    for (int i = 0; i < inputs.size(); i++) {
      codes.add(new Codes());
    }
  }

  static SpillExamples open(TrainSpec spec, Schema schema, TrainModel.Means means) {
    return new SpillExamples(spec, schema, means);
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    place(batch);
  }

  /** Where each row of a batch went. */
  static final class Placed {
    /** As of {@link SplitCuts}; a row without a label is unused. */
    final byte[] parts;

    final BooleanColumn labels;

    /** As of {@link InputValues#columns}. */
    final Column[] inputs;

    /** Of what a row holds for the training, with the training's seed. */
    final long[] hashes;

    Placed(byte[] parts, BooleanColumn labels, Column[] inputs, long[] hashes) {
      this.parts = parts;
      this.labels = labels;
      this.inputs = inputs;
      this.hashes = hashes;
    }
  }

  /** Takes the rows, and tells where each went. */
  Placed place(RowBatch batch) throws IOException {
    byte[] parts = cuts.parts(batch);
    BooleanColumn labels = (BooleanColumn) label.evaluate(batch);
    Column[] columns = inputs.columns(batch);
    long[][] bits = new long[columns.length][];
    long[] hashes = new long[batch.size()];
    java.util.Arrays.fill(hashes, seed);
    for (int i = 0; i < columns.length; i++) {
      bits[i] = bits(i, columns[i], hashes);
    }
    for (int row = 0; row < hashes.length; row++) {
      if (parts[row] == SplitCuts.UNUSED) {
        unused++;
      } else if (labels.isNull(row)) {
        parts[row] = SplitCuts.UNUSED;
        noLabel++;
      } else {
        boolean holdout = parts[row] == SplitCuts.HOLDOUT;
        int flags =
            (labels.values()[row] ? ExampleRecord.LABEL : 0)
                | (holdout ? ExampleRecord.HOLDOUT : 0);
        hashes[row] = ExampleRecord.mix(hashes[row], flags);
        ByteBuffer out = buffer(shift == 64 ? 0 : (int) (hashes[row] >>> shift));
        out.putLong(hashes[row]);
        for (long[] column : bits) {
          out.putLong(column[row]);
        }
        out.put((byte) flags);
        rows++;
      }
    }
    return new Placed(parts, labels, columns, hashes);
  }

  /** A column's 8 bytes a row; its content is mixed into the rows' hashes. */
  private long[] bits(int i, Column column, long[] hashes) {
    Codes own = codes.get(i);
    double[] values = inputs.doubles(i, column, own::of);
    long[] out = new long[values.length];
    boolean category = inputs.isCategory(i);
    for (int row = 0; row < out.length; row++) {
      if (category) {
        boolean missing = Double.isNaN(values[row]);
        out[row] = missing ? ExampleRecord.NO_CATEGORY : (long) values[row];
        hashes[row] =
            ExampleRecord.mix(hashes[row], missing ? 0 : own.hashes.get((int) values[row]));
      } else {
        // Adding zero makes one zero of two; all kinds of NaN become one.
        out[row] = Double.doubleToLongBits(values[row] + 0.0);
        hashes[row] = ExampleRecord.mix(hashes[row], out[row]);
      }
    }
    return out;
  }

  private ByteBuffer buffer(int range) throws IOException {
    ByteBuffer buffer = buffers[range];
    if (buffer == null) {
      buffer = ByteBuffer.allocate(Math.max(1, CHUNK / layout.bytes()) * layout.bytes());
      buffers[range] = buffer;
    } else if (!buffer.hasRemaining()) {
      flush(range, buffer);
    }
    return buffer;
  }

  private void flush(int range, ByteBuffer buffer) throws IOException {
    try {
      FileChannel to = file;
      if (to == null) {
        Path folder = path.getParent();
        if (folder != null) {
          Files.createDirectories(folder);
        }
        to = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        file = to;
      }
      int bytes = buffer.flip().remaining();
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
      chunks.add(new Examples.Chunk(range, offset, bytes / layout.bytes()));
      offset += bytes;
      buffer.clear();
    } catch (IOException e) {
      throw new HeadwaterException(
          Kind.UNREACHABLE,
          "Cannot keep training rows in " + path + ": " + e.getMessage() + ".",
          "free space there and run again; the tables are as they were.",
          e);
    }
  }

  @Override
  public List<Examples> finish() throws IOException {
    for (int range = 0; range < buffers.length; range++) {
      ByteBuffer buffer = buffers[range];
      if (buffer != null && buffer.position() > 0) {
        flush(range, buffer);
      }
    }
    List<List<String>> dictionaries = codes.stream().map(c -> List.copyOf(c.values)).toList();
    return List.of(new Examples(path.toString(), chunks, dictionaries, rows, noLabel, unused));
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}

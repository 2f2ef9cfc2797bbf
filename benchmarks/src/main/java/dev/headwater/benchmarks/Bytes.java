package dev.headwater.benchmarks;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * A batch of flights as bytes and back, nanoseconds a row. Arrow's IPC stream is given its vectors
 * filled and may leave them as vectors: that is its best case. What a step over arrays would pay,
 * columns to vectors first and arrays from vectors after, is measured too; the last line compares
 * that.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Bytes.ROWS)
public class Bytes {
  static final int ROWS = 8_192;
  private static final String OPENS = "--add-opens=java.base/java.nio=ALL-UNNAMED";

  private final RowBatch batch = Flights.batch(7, ROWS);
  private final BufferAllocator allocator = new RootAllocator();
  private byte[] ours = new byte[0];
  private byte[] arrow = new byte[0];
  private VectorSchemaRoot root = VectorSchemaRoot.of();
  private MapDictionaryProvider dictionaries = new MapDictionaryProvider();

  @Setup
  public void setUp() throws IOException {
    dictionaries = new MapDictionaryProvider();
    root = vectors(dictionaries);
    ours = RowBatchBytes.encode(batch);
    arrow = arrowEncode();
  }

  @Benchmark
  public byte[] headwaterEncode() {
    return RowBatchBytes.encode(batch);
  }

  @Benchmark
  public RowBatch headwaterDecode() {
    return RowBatchBytes.decode(ours);
  }

  @Benchmark
  public byte[] arrowEncode() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 20);
    try (ArrowStreamWriter writer =
        new ArrowStreamWriter(root, dictionaries, Channels.newChannel(out))) {
      writer.start();
      writer.writeBatch();
      writer.end();
    }
    return out.toByteArray();
  }

  @Benchmark
  public int arrowDecode() throws IOException {
    try (ArrowStreamReader reader =
        new ArrowStreamReader(new ByteArrayInputStream(arrow), allocator)) {
      reader.loadNextBatch();
      return reader.getVectorSchemaRoot().getRowCount();
    }
  }

  @Benchmark
  public int arrowFromColumns() {
    MapDictionaryProvider own = new MapDictionaryProvider();
    try (VectorSchemaRoot filled = vectors(own)) {
      own.getDictionaryIds().forEach(id -> own.lookup(id).getVector().close());
      return filled.getRowCount();
    }
  }

  @Benchmark
  public List<Object> arrowDecodeToArrays() throws IOException {
    try (ArrowStreamReader reader =
        new ArrowStreamReader(new ByteArrayInputStream(arrow), allocator)) {
      reader.loadNextBatch();
      List<Object> arrays = new ArrayList<>();
      for (FieldVector vector : reader.getVectorSchemaRoot().getFieldVectors()) {
        arrays.add(array(vector));
      }
      return arrays;
    }
  }

  /** One bulk copy a column: the fastest way from a vector to an array. */
  private static Object array(FieldVector vector) {
    ByteBuffer bytes =
        vector
            .getDataBuffer()
            .nioBuffer(0, ROWS * ((BaseFixedWidthVector) vector).getTypeWidth())
            .order(ByteOrder.LITTLE_ENDIAN);
    if (vector instanceof BigIntVector) {
      long[] out = new long[ROWS];
      bytes.asLongBuffer().get(out);
      return out;
    } else if (vector instanceof Float8Vector) {
      double[] out = new double[ROWS];
      bytes.asDoubleBuffer().get(out);
      return out;
    }
    int[] out = new int[ROWS];
    bytes.asIntBuffer().get(out);
    return out;
  }

  private VectorSchemaRoot vectors(MapDictionaryProvider into) {
    List<FieldVector> vectors = new ArrayList<>();
    for (int i = 0; i < batch.columns().size(); i++) {
      vectors.add(vector(batch.schema().columns().get(i).name(), i, batch.column(i), into));
    }
    VectorSchemaRoot filled = new VectorSchemaRoot(vectors);
    filled.setRowCount(ROWS);
    return filled;
  }

  private FieldVector vector(String name, int id, Column column, MapDictionaryProvider into) {
    if (column instanceof LongColumn longs) {
      BigIntVector vector = new BigIntVector(name, allocator);
      vector.allocateNew(ROWS);
      for (int i = 0; i < ROWS; i++) {
        vector.set(i, longs.values()[i]);
      }
      return vector;
    } else if (column instanceof DoubleColumn doubles) {
      Float8Vector vector = new Float8Vector(name, allocator);
      vector.allocateNew(ROWS);
      for (int i = 0; i < ROWS; i++) {
        vector.set(i, doubles.values()[i]);
      }
      return vector;
    } else if (column instanceof IntColumn ints) {
      IntVector vector = new IntVector(name, allocator);
      fill(vector, ints.values());
      return vector;
    }
    DictionaryColumn coded = (DictionaryColumn) column;
    BytesColumn entries = coded.dictionary();
    VarCharVector values = new VarCharVector(name + " values", allocator);
    values.allocateNew(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      values.setSafe(i, entries.get(i));
    }
    values.setValueCount(entries.size());
    DictionaryEncoding encoding = new DictionaryEncoding(id, false, null);
    into.put(new org.apache.arrow.vector.dictionary.Dictionary(values, encoding));
    IntVector codes =
        new IntVector(
            name,
            new org.apache.arrow.vector.types.pojo.FieldType(
                true, encoding.getIndexType(), encoding),
            allocator);
    fill(codes, coded.codes());
    return codes;
  }

  private static void fill(IntVector vector, int[] values) {
    vector.allocateNew(values.length);
    for (int i = 0; i < values.length; i++) {
      vector.set(i, values[i]);
    }
  }

  public static void main(String[] args) throws RunnerException, IOException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("benchmarks.Bytes\\.")
                    .forks(1)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.seconds(1))
                    .jvmArgsAppend(
                        "-Xmx1g",
                        OPENS,
                        "-Darrow.enable_unsafe_memory_access=true",
                        "-Darrow.enable_null_check_for_get=false")
                    .build())
            .run();
    for (RunResult result : results) {
      System.out.printf(
          Locale.ROOT,
          "%-18s %8.2f ns a row%n",
          result.getPrimaryResult().getLabel(),
          result.getPrimaryResult().getScore());
    }
    Bytes sizes = new Bytes();
    sizes.setUp();
    System.out.printf(
        Locale.ROOT,
        "bytes a row: headwater %.1f, arrow %.1f, arrays %.1f%n",
        (double) sizes.ours.length / ROWS,
        (double) sizes.arrow.length / ROWS,
        (double) sizes.batch.bytes() / ROWS);
    System.out.printf(
        Locale.ROOT,
        "RATIO bytes encode=%.1f decode=%.1f size=%.2f%n",
        (score(results, "arrowFromColumns") + score(results, "arrowEncode"))
            / score(results, "headwaterEncode"),
        score(results, "arrowDecodeToArrays") / score(results, "headwaterDecode"),
        (double) sizes.arrow.length / sizes.ours.length);
  }

  private static double score(Collection<RunResult> results, String label) {
    return results.stream()
        .filter(result -> result.getPrimaryResult().getLabel().equals(label))
        .findFirst()
        .orElseThrow()
        .getPrimaryResult()
        .getScore();
  }
}

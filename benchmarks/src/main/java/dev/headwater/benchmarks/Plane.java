package dev.headwater.benchmarks;

import dev.headwater.columns.Column;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.rows.BeamRows;
import dev.headwater.rows.RowBatchCoder;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;

/**
 * What a row costs in a chain of five light steps, as part of a batch and as a Beam row. Each kind
 * is generated and dropped without and with the steps; the difference is theirs. Each is the least
 * of three rounds after one to warm up. Time is the process's CPU time, since both runners keep all
 * cores busy and other work on the machine must not count.
 */
final class Plane {
  private static final int BATCH = 8_192;
  private static final int STEPS = 5;
  private static final Schema ROWS = BeamRows.schema(Flights.SCHEMA);

  private Plane() {}

  public static void main(String[] args) {
    double scale = args.length > 0 ? Double.parseDouble(args[0]) : 1;
    System.out.println(
        "five light steps over ten columns, CPU ns a row (start-up, generation off)");
    System.out.println("DirectRunner: enforceImmutability, enforceEncodability off");
    System.out.println("Flink [local]: objectReuse, fasterCopy on");
    System.out.println("both: parallelism = cores, the same options for rows and batches");
    System.out.printf("%-8s %12s %12s %8s%n", "runner", "Row", "RowBatch", "ratio");
    double direct = line("direct", scale * 24, scale * 3_200);
    double flink = line("flink", scale * 240, scale * 12_800);
    System.out.printf(Locale.ROOT, "RATIO plane direct=%.1f flink=%.1f%n", direct, flink);
  }

  private static double line(String runner, double rowBlocks, double batchBlocks) {
    double row = nanosPerRow(runner, true, Math.max(2, (int) rowBlocks));
    double batch = nanosPerRow(runner, false, Math.max(2, (int) batchBlocks));
    System.out.printf(Locale.ROOT, "%-8s %12.1f %12.2f %8.1f%n", runner, row, batch, row / batch);
    return row / batch;
  }

  private static double nanosPerRow(String runner, boolean rows, int blocks) {
    long without = Long.MAX_VALUE;
    long with = Long.MAX_VALUE;
    for (int round = 0; round < 4; round++) {
      long bare = run(runner, rows, blocks, 0);
      long all = run(runner, rows, blocks, STEPS);
      if (round > 0) {
        without = Math.min(without, bare);
        with = Math.min(with, all);
      }
    }
    return (double) (with - without) / ((long) blocks * BATCH);
  }

  private static long run(String runner, boolean rows, int blocks, int steps) {
    Pipeline pipeline = Pipeline.create(Local.options(runner));
    int groups = Math.min(blocks, 64);
    List<Integer> sizes =
        IntStream.range(0, groups)
            .mapToObj(i -> blocks / groups + (i < blocks % groups ? 1 : 0))
            .toList();
    PCollection<Integer> seeds =
        pipeline.apply("groups", Create.of(sizes).withCoder(VarIntCoder.of()));
    if (rows) {
      PCollection<Row> data =
          seeds.apply("generate", ParDo.of(new GenerateRows())).setRowSchema(ROWS);
      for (int i = 0; i < steps; i++) {
        data = data.apply("step " + i, ParDo.of(new RowStep(i))).setRowSchema(ROWS);
      }
      data.apply("end", ParDo.of(new End<>()));
    } else {
      PCollection<RowBatch> data =
          seeds.apply("generate", ParDo.of(new GenerateBatches())).setCoder(RowBatchCoder.of());
      for (int i = 0; i < steps; i++) {
        data = data.apply("step " + i, ParDo.of(new BatchStep(i))).setCoder(RowBatchCoder.of());
      }
      data.apply("end", ParDo.of(new End<>()));
    }
    long start = Local.cpuNanos();
    pipeline.run().waitUntilFinish();
    return Local.cpuNanos() - start;
  }

  /** What each step does to a value, the same for rows and batches. */
  private static int delay(int step, int delay) {
    return delay * 3 + step;
  }

  private static double mean(int step, double mean) {
    return mean * 0.5 + step;
  }

  private static final class GenerateRows extends DoFn<Integer, Row> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Integer blocks, OutputReceiver<Row> out) {
      List<Row> rows = BeamRows.rows(Flights.batch(1, BATCH));
      for (int i = 0; i < blocks; i++) {
        rows.forEach(out::output);
      }
    }
  }

  private static final class GenerateBatches extends DoFn<Integer, RowBatch> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Integer blocks, OutputReceiver<RowBatch> out) {
      RowBatch batch = Flights.batch(1, BATCH);
      for (int i = 0; i < blocks; i++) {
        out.output(batch);
      }
    }
  }

  private static final class RowStep extends DoFn<Row, Row> {
    private static final long serialVersionUID = 1;
    private final int step;

    RowStep(int step) {
      this.step = step;
    }

    @ProcessElement
    public void process(@Element Row row, OutputReceiver<Row> out) {
      Object[] values = row.getValues().toArray();
      values[1] = delay(step, (Integer) values[1]);
      values[5] = mean(step, (Double) values[5]);
      out.output(Row.withSchema(ROWS).attachValues(values));
    }
  }

  private static final class BatchStep extends DoFn<RowBatch, RowBatch> {
    private static final long serialVersionUID = 1;
    private final int step;

    BatchStep(int step) {
      this.step = step;
    }

    @ProcessElement
    public void process(@Element RowBatch batch, OutputReceiver<RowBatch> out) {
      int[] delays = ((IntColumn) batch.column(1)).values();
      double[] means = ((DoubleColumn) batch.column(5)).values();
      int[] delay = new int[delays.length];
      double[] mean = new double[delays.length];
      for (int i = 0; i < delay.length; i++) {
        delay[i] = delay(step, delays[i]);
        mean[i] = mean(step, means[i]);
      }
      Column[] columns = batch.columns().toArray(Column[]::new);
      columns[1] = IntColumn.of(delay);
      columns[5] = DoubleColumn.of(mean);
      out.output(RowBatch.of(batch.schema(), batch.size(), columns));
    }
  }

  private static final class End<T> extends DoFn<T, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process() {}
  }
}

package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.pipelines.Engine;
import dev.headwater.sort.MeetRuns;
import dev.headwater.sort.RunRef;
import dev.headwater.table.DealOut;
import dev.headwater.table.RowsRead;
import dev.headwater.table.WorkFn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

final class FlinkEngineTest {
  private static final CountDownLatch SEEN = new CountDownLatch(1);
  private static final CyclicBarrier BOTH = new CyclicBarrier(2);
  private static final Queue<Integer> DONE = new ConcurrentLinkedQueue<>();
  private static final Queue<String> SAID = new ConcurrentLinkedQueue<>();
  private static final Map<String, Integer> SHARDS = new ConcurrentHashMap<>();

  @Test
  void rowsAreToldWhileAStepIsStillAtWork() {
    FlinkEngine engine = new FlinkEngine(List.of("--parallelism=1"));
    Pipeline pipeline = Pipeline.create(engine.options("flights-ingest-flights"));
    pipeline.apply("One", Create.of(1)).apply("Read", ParDo.of(new ReadAndWait()));
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    engine.run(
        pipeline,
        "ingest",
        (rows, doing) -> {
          told.add(rows);
          if (rows == 8_192) {
            SEEN.countDown();
          }
        });
    assertThat(told).contains(8_192L).isSorted().endsWith(10_000L);
  }

  @Test
  void eachWorkerTakesTheNextPieceOfWork() {
    FlinkEngine engine = new FlinkEngine(List.of("--parallelism=2"));
    Pipeline pipeline = Pipeline.create(engine.options("deal"));
    pipeline
        .apply("Deal", DealOut.of(IntStream.rangeClosed(1, 12).boxed().toList(), Integer.class))
        .apply("Work", ParDo.of(new Together()));
    engine.run(pipeline, "ingest", Engine.Watch.NONE);
    assertThat(DONE).hasSize(12).doesNotHaveDuplicates();
  }

  @Test
  void whatAWorkerLogsSaysItsRun() {
    String run = "019a91c2-0000-7000-8000-0123456789ab";
    FlinkEngine engine = new FlinkEngine(List.of("--parallelism=1"));
    Pipeline pipeline = Pipeline.create(engine.options("flights-features-delays-" + run));
    pipeline.apply("One", Create.of(1)).apply("Work", ParDo.of(new Says()));
    engine.run(pipeline, "features", Engine.Watch.NONE);
    assertThat(SAID).containsExactly(run + " features delays");
  }

  /** Says what its lines would say. */
  private static final class Says extends WorkFn<Integer, Integer> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process() {
      SAID.add(MDC.get("run") + " " + MDC.get("stage") + " " + MDC.get("target"));
    }
  }

  @Test
  void eachWorkerGetsAsManyShards() {
    FlinkEngine engine = new FlinkEngine(List.of("--parallelism=2"));
    Pipeline pipeline = Pipeline.create(engine.options("meet"));
    List<RunRef> runs =
        IntStream.range(0, 24).mapToObj(i -> new RunRef("", 0, i % 8, i, 1, 1)).toList();
    pipeline
        .apply("Runs", Create.of(runs).withCoder(RunRef.coder()))
        .apply("Shards", new MeetRuns())
        .apply("Sweep", ParDo.of(new Swept()));
    engine.run(pipeline, "features", Engine.Watch.NONE);
    assertThat(SHARDS.values()).as("%s", SHARDS).containsExactly(4, 4);
  }

  /** Notes who gets a shard, which has all its runs. */
  private static final class Swept extends WorkFn<KV<Integer, Iterable<RunRef>>, Integer> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<RunRef>> shard) {
      assertThat(shard.getValue()).hasSize(3);
      SHARDS.merge(Thread.currentThread().getName(), 1, Integer::sum);
    }
  }

  /** No piece is done before another worker has one too. */
  private static final class Together extends DoFn<Integer, Integer> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Integer piece) throws Exception {
      BOTH.await(5, TimeUnit.MINUTES);
      DONE.add(piece);
    }
  }

  /** Reads on only when its first rows were told. */
  private static final class ReadAndWait extends DoFn<Integer, Integer> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(PipelineOptions options) throws InterruptedException {
      RowsRead.add(options.getJobName(), 8_192);
      if (!SEEN.await(5, TimeUnit.MINUTES)) {
        throw new IllegalStateException("nobody looked");
      }
      RowsRead.add(options.getJobName(), 1_808);
    }
  }
}

package dev.headwater.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.GradientCollector;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.model.Hyperparameters;
import dev.headwater.model.Metrics;
import dev.headwater.model.Network;
import dev.headwater.model.NetworkSpec;
import dev.headwater.model.Tensor;
import dev.headwater.model.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One training of a network: steps over encoded rows, the holdout's loss after each epoch, the best
 * epoch's weights in the end. Goes on from a checkpoint with the same bits, on the same machine.
 */
final class TrainNetwork implements AutoCloseable {
  private static final long CHECKPOINT_STEPS = 2_000;

  /** What a training came to. */
  record Result(Map<String, Tensor> weights, int epochs, int microBatch) {}

  private final NetworkSpec spec;
  private final Hyperparameters how;
  private final Device device;
  private final EncodedRows train;
  private final EncodedRows holdout;
  private final Checkpoints checkpoints;
  private final TrainProgress progress;
  private final Schedule schedule;
  private final Network network;
  private final AdamW optimizer;
  private final ByteBuffer rows;
  private final long began = System.nanoTime();

  private String config = "";
  private int epoch;
  private long step;
  private double best = Double.POSITIVE_INFINITY;
  private int worse;
  private boolean rolledBack;
  private int microBatch;
  private long stepsHere;
  private Map<String, Tensor> bestWeights = Map.of();

  TrainNetwork(
      NetworkSpec spec,
      Hyperparameters how,
      Device device,
      EncodedRows train,
      EncodedRows holdout,
      Checkpoints checkpoints,
      TrainProgress progress) {
    this.spec = spec;
    this.how = how;
    this.device = device;
    this.train = train;
    this.holdout = holdout;
    this.checkpoints = checkpoints;
    this.progress = progress;
    this.schedule = new Schedule(how, train.rows());
    this.network = Network.create(spec, train.width(), device, ExampleRecord.mix(how.seed()));
    this.optimizer = new AdamW(network, how.weightDecay());
    this.rows = train.buffer(how.batch());
    this.microBatch = how.batch();
  }

  Result run(String configHash) throws IOException {
    Torch.noGradients();
    config = configHash;
    bestWeights = network.weights();
    Optional<Checkpoint> newest = checkpoints.newest();
    if (newest.isPresent()) {
      restore(newest.get());
    }
    Checkpoint safe = checkpoint();
    while (epoch < how.epochs() && worse < how.patience()) {
      int[] blocks = schedule.blocks(epoch);
      boolean fine = true;
      while (fine && step < schedule.steps()) {
        float loss = step(schedule.step(blocks, step));
        fine = Float.isFinite(loss);
        if (fine) {
          step++;
          report(loss);
          if (step % CHECKPOINT_STEPS == 0 && step < schedule.steps()) {
            safe = checkpoint();
            checkpoints.write(safe);
          }
        }
      }
      if (!fine) {
        rollBack(safe);
        continue;
      }
      endEpoch();
      safe = checkpoint();
      checkpoints.write(safe);
    }
    return new Result(bestWeights, epoch, microBatch);
  }

  private void endEpoch() throws IOException {
    double loss = metrics(spec, device, network.weights(), holdout).logLoss();
    if (loss < best) {
      best = loss;
      worse = 0;
      bestWeights = network.weights();
    } else {
      worse++;
    }
    epoch++;
    step = 0;
    progress.at(new TrainProgress.Step("evaluate", epoch, done(), total(), 0, loss, left()));
  }

  private long done() {
    return epoch * schedule.steps() + step;
  }

  private long total() {
    return how.epochs() * schedule.steps();
  }

  private double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  private double left() {
    return stepsHere == 0 ? 0 : seconds() / stepsHere * (total() - done());
  }

  private void report(float loss) {
    stepsHere++;
    double rate = stepsHere * (double) how.batch() / seconds();
    progress.at(new TrainProgress.Step("train", epoch, done(), total(), rate, loss, left()));
  }

  /** One update; its loss, not finite if loss or gradient are not, and then nothing is updated. */
  private float step(int[][] blocks) throws IOException {
    rows.clear();
    int n = 0;
    float[] labels = new float[how.batch()];
    for (int[] block : blocks) {
      train.read(block[0], block[1], rows);
      for (int i = 0; i < block[1]; i++) {
        labels[n++] = train.label(block[0] + i) ? 1 : 0;
      }
    }
    while (true) {
      try {
        synchronized (Torch.RANDOM) {
          return update(labels, n);
        }
      } catch (EngineException e) {
        if (microBatch == 1 || !String.valueOf(e.getMessage()).contains("out of memory")) {
          throw e;
        }
        microBatch = Math.max(1, microBatch / 2);
        optimizer.clearGradients();
      }
    }
  }

  private float update(float[] labels, int n) {
    Torch.engine().setRandomSeed(schedule.seed(epoch, step));
    try (NDManager own = network.manager().newSubManager()) {
      float loss = gradient(own, labels, n);
      float norm = optimizer.gradientNorm(own);
      if (!Float.isFinite(loss) || !Float.isFinite(norm)) {
        return Float.NaN;
      }
      double rate = schedule.rate(optimizer.updates()) * (rolledBack ? 0.1 : 1);
      optimizer.update(own, rate);
      return loss;
    }
  }

  /** The gradient of the mean loss, added up over parts of the batch that fit the device. */
  private float gradient(NDManager own, float[] labels, int n) {
    Engine engine = Torch.engine();
    float total = 0;
    int width = train.width();
    try (GradientCollector collector = engine.newGradientCollector()) {
      for (int from = 0; from < n; from += microBatch) {
        int part = Math.min(microBatch, n - from);
        try (NDManager small = own.newSubManager()) {
          ByteBuffer slice = rows.slice(from * width * 4, part * width * 4);
          slice.order(ByteOrder.nativeOrder());
          NDArray x = small.create(slice.asFloatBuffer(), new Shape(part, width));
          NDArray y = small.create(java.util.Arrays.copyOfRange(labels, from, from + part));
          // An array that stays until the gradient is there. Of div(n) DJL lets the number's memory
          // go at once, but PyTorch reads it again on the way back: after a collection, anything.
          NDArray all = small.create((float) n);
          NDArray z = network.logits(x, true);
          NDArray loss =
              Activation.relu(z).sub(z.mul(y)).add(z.abs().neg().exp().add(1).log()).sum().div(all);
          collector.backward(loss);
          total += loss.getFloat();
        }
      }
    }
    return total;
  }

  private void rollBack(Checkpoint safe) {
    if (rolledBack) {
      throw new HeadwaterException(
          Kind.FAILED,
          "Cannot train: the loss is not a number in epoch "
              + (epoch + 1)
              + ", also at a tenth of the learning rate "
              + how.learningRate()
              + ".",
          "set a lower learning rate, or look for extreme values in the inputs.");
    }
    restore(safe);
    rolledBack = true;
    optimizer.clearGradients();
  }

  private Checkpoint checkpoint() {
    Map<String, Tensor> arrays = new TreeMap<>(optimizer.state());
    network.weights().forEach((name, tensor) -> arrays.put("w." + name, tensor));
    bestWeights.forEach((name, tensor) -> arrays.put("b." + name, tensor));
    return new Checkpoint(
        new Checkpoint.State(
            config,
            epoch,
            step,
            optimizer.updates(),
            Double.toHexString(best),
            worse,
            rolledBack,
            microBatch),
        arrays);
  }

  private void restore(Checkpoint from) {
    network.load(named("w.", from.arrays()));
    bestWeights = named("b.", from.arrays());
    optimizer.load(from.arrays(), from.state().updates());
    epoch = from.state().epoch();
    step = from.state().step();
    best = Double.parseDouble(from.state().best());
    worse = from.state().worse();
    rolledBack = from.state().rolledBack();
    microBatch = from.state().microBatch();
  }

  private static Map<String, Tensor> named(String prefix, Map<String, Tensor> arrays) {
    Map<String, Tensor> out = new HashMap<>();
    arrays.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            out.put(name.substring(prefix.length()), tensor);
          }
        });
    return out;
  }

  /** How good weights are on rows, inferred as scoring does. */
  static Metrics metrics(
      NetworkSpec spec, Device device, Map<String, Tensor> weights, EncodedRows rows)
      throws IOException {
    Metrics.Collector collector = new Metrics.Collector();
    try (Network network = Network.load(spec, rows.width(), device, weights)) {
      ByteBuffer between = rows.buffer(Network.BATCH);
      float[] encoded = new float[Network.BATCH * rows.width()];
      for (int from = 0; from < rows.rows(); from += Network.BATCH) {
        int n = Math.min(Network.BATCH, rows.rows() - from);
        rows.read(from, n, encoded, between);
        float[] logits = network.infer(encoded);
        for (int i = 0; i < n; i++) {
          collector.add(Network.probability(logits[i]), rows.label(from + i));
        }
      }
    }
    return collector.metrics();
  }

  @Override
  public void close() {
    network.close();
  }
}

package dev.headwater.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import dev.headwater.catalog.HeadwaterException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A DJL block with its parameters on a device. Inference may be used by many threads; closed, it
 * frees its native memory.
 */
public final class Network implements AutoCloseable {
  /**
   * Rows that are inferred at once, always: PyTorch's matrix products give a row other bits in a
   * batch of another size, and the same ones anywhere within a batch of this size.
   */
  public static final int BATCH = 4096;

  private final NDManager manager;
  private final Block block;
  private final int inputs;
  private final List<String> names = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();

  private Network(NDManager manager, Block block, int inputs) {
    this.manager = manager;
    this.block = block;
    this.inputs = inputs;
  }

  /** A new network, its parameters drawn by the seed. */
  public static Network create(NetworkSpec spec, int inputs, Device device, long seed) {
    Torch.noGradients();
    Block block = block(spec, inputs);
    NDManager manager = Torch.engine().newBaseManager(device);
    Network network = new Network(manager, block, inputs);
    synchronized (Torch.RANDOM) {
      Torch.engine().setRandomSeed((int) (seed ^ seed >>> 32));
      initialize(network, spec);
    }
    for (Pair<String, Parameter> pair : block.getParameters()) {
      network.names.add("%03d.%s".formatted(network.names.size(), pair.getKey()));
      network.parameters.add(pair.getValue());
    }
    if (spec instanceof NetworkSpec.Mlp) {
      network.draw(seed);
    }
    return network;
  }

  /** A network with these parameters, for inference. */
  public static Network load(
      NetworkSpec spec, int inputs, Device device, Map<String, Tensor> weights) {
    Network network = create(spec, inputs, device, 0);
    network.parameters.forEach(p -> p.getArray().setRequiresGradient(false));
    network.load(weights);
    return network;
  }

  private static void initialize(Network network, NetworkSpec spec) {
    Shape rows = new Shape(BATCH, network.inputs);
    try {
      network.block.initialize(network.manager, DataType.FLOAT32, rows);
      if (spec instanceof NetworkSpec.Custom custom) {
        UserNetwork.check(custom, network.block.getOutputShapes(new Shape[] {rows}));
      }
    } catch (RuntimeException e) {
      network.close();
      throw e instanceof HeadwaterException || spec instanceof NetworkSpec.Mlp
          ? e
          : UserNetwork.failed(((NetworkSpec.Custom) spec).java(), e);
    }
  }

  private static Block block(NetworkSpec spec, int inputs) {
    if (spec instanceof NetworkSpec.Mlp mlp) {
      SequentialBlock block = new SequentialBlock();
      for (int width : mlp.hidden()) {
        block.add(Linear.builder().setUnits(width).build()).add(Activation::relu);
      }
      return block.add(Linear.builder().setUnits(1).build());
    }
    return UserNetwork.block((NetworkSpec.Custom) spec, inputs);
  }

  /** The same draws on every machine: uniform, by the number of inputs of each layer (He). */
  private void draw(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Tensor> drawn = new TreeMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      long[] shape = parameters.get(i).getArray().getShape().getShape();
      float[] values = new float[Math.toIntExact(parameters.get(i).getArray().size())];
      if (shape.length == 2) {
        double limit = StrictMath.sqrt((i + 2 < parameters.size() ? 6.0 : 1.0) / shape[1]);
        for (int k = 0; k < values.length; k++) {
          values[k] = (float) ((2 * random.nextDouble() - 1) * limit);
        }
      }
      drawn.put(names.get(i), new Tensor(shape, values));
    }
    load(drawn);
  }

  public NDManager manager() {
    return manager;
  }

  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  public List<String> names() {
    return List.copyOf(names);
  }

  /** The logits, one a row. */
  public NDArray logits(NDArray rows, boolean training) {
    NDManager own = rows.getManager();
    return block
        .forward(new ParameterStore(own, false), new NDList(rows), training)
        .singletonOrThrow()
        .reshape(-1);
  }

  /**
   * Logits of encoded rows.
   *
   * @param encoded a multiple of {@link #BATCH} rows, the last ones of which may be padding
   */
  public float[] infer(float[] encoded) {
    Torch.noGradients();
    int rows = encoded.length / inputs;
    float[] out = new float[rows];
    for (int from = 0; from < rows; from += BATCH) {
      try (NDManager batch = manager.newSubManager()) {
        FloatBuffer slice = FloatBuffer.wrap(encoded, from * inputs, BATCH * inputs);
        NDArray x = batch.create(slice, new Shape(BATCH, inputs));
        System.arraycopy(logits(x, false).toFloatArray(), 0, out, from, BATCH);
      }
    }
    return out;
  }

  /** A multiple of {@link #BATCH} that holds so many rows. */
  public static int padded(int rows) {
    return Math.max(1, Math.addExact(rows, BATCH - 1) / BATCH) * BATCH;
  }

  /** The probability of a logit. */
  public static double probability(double logit) {
    return 1 / (1 + StrictMath.exp(-logit));
  }

  public Map<String, Tensor> weights() {
    Map<String, Tensor> out = new TreeMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      out.put(names.get(i), tensor(parameters.get(i).getArray()));
    }
    return out;
  }

  public static Tensor tensor(NDArray array) {
    return new Tensor(array.getShape().getShape(), array.toFloatArray());
  }

  /** Overwrites the parameters. */
  public void load(Map<String, Tensor> weights) {
    if (!weights.keySet().equals(Set.copyOf(names))) {
      throw new IllegalArgumentException("weights " + weights.keySet() + " for " + names);
    }
    for (int i = 0; i < parameters.size(); i++) {
      Tensor tensor = weights.get(names.get(i));
      if (tensor != null) {
        set(parameters.get(i).getArray(), tensor);
      }
    }
  }

  /** Overwrites an array. */
  public static void set(NDArray array, Tensor tensor) {
    if (!array.getShape().equals(new Shape(tensor.shape()))) {
      throw new IllegalArgumentException(tensor + " for " + array.getShape());
    }
    // NDArray.set(Buffer) goes a way that PyTorch warns of on stderr; this one copies the same
    // bits.
    try (NDArray values = array.getManager().create(tensor.values(), array.getShape())) {
      array.set(new NDIndex("..."), values);
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}

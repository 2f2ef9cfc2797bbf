package dev.headwater.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.Map;

/** The PyTorch engine of this JVM: offline, one thread an operation, started once. */
public final class Torch {
  /**
   * The monitor of whoever trains: DJL collects gradients for one training at a time in a JVM. It
   * is DJL's, since on a Flink cluster this class may be there more than once, and DJL is not.
   */
  public static final Object TRAINING = GradientCollector.class;

  /**
   * The monitor of whoever draws random numbers or seeds them: PyTorch has one sequence of them in
   * a process, and a model that is loaded beside a training would go on in the training's.
   */
  public static final Object RANDOM = NDManager.class;

  private Torch() {}

  /**
   * The engine.
   *
   * @throws HeadwaterException if its native libraries cannot be loaded
   */
  public static Engine engine() {
    // Read by DJL when the engine starts; what the user says on the command line stands.
    Map.of(
            "ai.djl.offline", "true",
            "ai.djl.pytorch.num_threads", "1",
            "ai.djl.pytorch.num_interop_threads", "1")
        .forEach(
            (key, value) -> {
              if (System.getProperty(key) == null) {
                System.setProperty(key, value);
              }
            });
    try {
      return Engine.getEngine("PyTorch");
    } catch (EngineException | LinkageError e) {
      throw new HeadwaterException(
          Kind.UNREACHABLE,
          "Cannot start PyTorch: " + e.getMessage() + ".",
          "check that pytorch-native-cpu and pytorch-jni are on the class path, and that"
              + " DJL_CACHE_DIR can be written.",
          e);
    }
  }

  /**
   * The device of this name: {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}.
   *
   * @throws HeadwaterException if it is asked for and not there
   */
  public static Device device(String name) {
    Engine engine = engine();
    int gpus = engine.getGpuCount();
    if (name.equals("auto")) {
      return gpus > 0 ? Device.gpu() : Device.cpu();
    }
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    if (!name.matches("gpu(:[0-9]{1,3})?")) {
      throw new HeadwaterException(
          Kind.USAGE, "There is no device '" + name + "'.", "write auto, cpu, gpu or gpu:0.");
    }
    int wanted = name.equals("gpu") ? 0 : Integer.parseInt(name.substring(4));
    if (wanted >= gpus) {
      throw new HeadwaterException(
          Kind.UNREACHABLE,
          "Cannot use device " + name + ": PyTorch sees " + gpus + " GPUs here.",
          "use device auto or cpu, or set PYTORCH_LIBRARY_PATH to a PyTorch built for the GPU.");
    }
    return Device.gpu(wanted);
  }

  /**
   * Has this thread not record what it does for gradients. PyTorch's default for a new thread is to
   * record; then parameters could not be changed in place, and inference would keep its graph.
   */
  public static void noGradients() {
    engine();
    JniUtils.setGradMode(false);
  }
}

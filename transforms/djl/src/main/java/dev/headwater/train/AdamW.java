package dev.headwater.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.headwater.model.Network;
import dev.headwater.model.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Adam with decoupled weight decay, whose whole state can be saved and loaded: DJL's own keeps its
 * moments to itself.
 */
final class AdamW {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final Network network;
  private final double weightDecay;
  private final List<NDArray> arrays = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<NDArray> first = new ArrayList<>();
  private final List<NDArray> second = new ArrayList<>();
  private long updates;

  AdamW(Network network, double weightDecay) {
    this.network = network;
    this.weightDecay = weightDecay;
    for (int i = 0; i < network.parameters().size(); i++) {
      if (network.parameters().get(i).requiresGradient()) {
        NDArray array = network.parameters().get(i).getArray();
        names.add(network.names().get(i));
        arrays.add(array);
        first.add(network.manager().zeros(array.getShape(), DataType.FLOAT32));
        second.add(network.manager().zeros(array.getShape(), DataType.FLOAT32));
      }
    }
  }

  /** The square of the gradient's norm; not finite if a gradient is not. */
  float gradientNorm(NDManager step) {
    float sum = 0;
    for (NDArray array : arrays) {
      NDArray gradient = array.getGradient();
      gradient.attach(step);
      sum += gradient.square().sum().getFloat();
    }
    return sum;
  }

  /** One update from the gradients; they are zero afterwards. */
  void update(NDManager step, double rate) {
    updates++;
    float unbias1 = (float) (1 - StrictMath.pow(BETA1, (double) updates));
    float unbias2 = (float) (1 - StrictMath.pow(BETA2, (double) updates));
    for (int i = 0; i < arrays.size(); i++) {
      NDArray array = arrays.get(i);
      NDArray gradient = array.getGradient();
      NDArray m = first.get(i);
      NDArray v = second.get(i);
      for (NDArray one : List.of(gradient, m, v)) {
        one.attach(step);
      }
      m.muli(BETA1).addi(gradient.mul(1 - BETA1));
      v.muli(BETA2).addi(gradient.square().muli(1 - BETA2));
      NDArray change = v.div(unbias2).sqrt().addi(EPSILON);
      change = m.div(change).muli((float) (rate / unbias1));
      m.attach(network.manager());
      v.attach(network.manager());
      if (weightDecay > 0 && array.getShape().dimension() > 1) {
        array.muli((float) (1 - rate * weightDecay));
      }
      array.subi(change);
      gradient.subi(gradient);
    }
  }

  /** All gradients zero, also those that are no numbers. */
  void clearGradients() {
    for (NDArray array : arrays) {
      if (array.hasGradient()) {
        JniUtils.zeroGrad((PtNDArray) array);
      }
    }
  }

  long updates() {
    return updates;
  }

  /** The moments, by name. */
  Map<String, Tensor> state() {
    Map<String, Tensor> out = new TreeMap<>();
    for (int i = 0; i < arrays.size(); i++) {
      out.put("m." + names.get(i), Network.tensor(first.get(i)));
      out.put("v." + names.get(i), Network.tensor(second.get(i)));
    }
    return out;
  }

  /** Takes up where {@link #state} was taken. */
  void load(Map<String, Tensor> state, long afterUpdates) {
    for (int i = 0; i < arrays.size(); i++) {
      Tensor m = state.get("m." + names.get(i));
      Tensor v = state.get("v." + names.get(i));
      if (m == null || v == null) {
        throw new IllegalArgumentException("no moments of " + names.get(i));
      }
      Network.set(first.get(i), m);
      Network.set(second.get(i), v);
    }
    updates = afterUpdates;
  }
}

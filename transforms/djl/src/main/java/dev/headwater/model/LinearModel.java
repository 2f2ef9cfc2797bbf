package dev.headwater.model;

import java.util.Map;

/** A logistic regression over the plain part of encoded rows; the same bits on every machine. */
public final class LinearModel {
  private final float[] weights;
  private final float bias;

  public LinearModel(float[] weights, float bias) {
    this.weights = weights.clone();
    this.bias = bias;
  }

  /** The logit of one encoded row. */
  public double logit(float[] encoded, int at) {
    double z = bias;
    for (int i = 0; i < weights.length; i++) {
      z += (double) weights[i] * encoded[at + i];
    }
    return z;
  }

  public Map<String, Tensor> tensors() {
    return Map.of(
        "weight", new Tensor(new long[] {weights.length}, weights),
        "bias", new Tensor(new long[] {1}, new float[] {bias}));
  }

  public static LinearModel of(Map<String, Tensor> tensors) {
    Tensor weight = tensors.get("weight");
    Tensor bias = tensors.get("bias");
    if (weight == null || bias == null || bias.values().length != 1) {
      throw new IllegalArgumentException("a linear model has weight and bias, not " + tensors);
    }
    return new LinearModel(weight.values(), bias.values()[0]);
  }
}

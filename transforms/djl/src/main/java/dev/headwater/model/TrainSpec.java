package dev.headwater.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a training depends on beside the rows themselves: from this and the pinned snapshots it
 * can be repeated. Stored in {@code model.json}.
 *
 * @param model the model's name
 * @param inputs in the order that the network sees them
 * @param label a boolean SQL expression over the joined columns
 * @param pins the snapshots that are read, by what they are to the model ("rows", an alias)
 */
public record TrainSpec(
    String model,
    List<ModelInput> inputs,
    String label,
    SplitBy split,
    NetworkSpec network,
    Hyperparameters hyperparameters,
    Map<String, String> pins)
    implements Serializable {
  public TrainSpec {
    inputs = new ArrayList<>(inputs);
    pins = new TreeMap<>(pins);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("a model needs an input");
    }
  }

  /** One JSON document, the same bytes for the same specification. */
  public String toJson() {
    return Json.write(this);
  }

  public static TrainSpec fromJson(String json) {
    return Json.read(json, TrainSpec.class);
  }
}

package dev.headwater.model;

import dev.headwater.sketch.Profile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A model on disk: {@code model.json}, {@code weights.safetensors}, {@code baseline.safetensors},
 * {@code profile.json} and {@code metrics.json}, sealed by a {@code MANIFEST}. It holds data and
 * never code: a jar, a Java file or anything else that is not known is refused.
 *
 * @param weights the network's parameters
 * @param baseline the logistic regression's, on the plain part of the encoded inputs
 * @param profile how each input is distributed in the training rows
 */
public record ModelFolder(
    ModelDescription description,
    Map<String, Tensor> weights,
    Map<String, Tensor> baseline,
    Profile profile,
    TrainingFigures figures) {
  private static final String MODEL = "model.json";
  private static final String WEIGHTS = "weights.safetensors";
  private static final String BASELINE = "baseline.safetensors";
  private static final String PROFILE = "profile.json";
  private static final String METRICS = "metrics.json";
  private static final Set<String> FILES = Set.of(MODEL, WEIGHTS, BASELINE, PROFILE, METRICS);

  /**
   * Writes the folder, which must not exist.
   *
   * @return SHA-256 of its manifest
   */
  public String write(Path folder) throws IOException {
    return SealedFolder.write(
        folder,
        Map.of(
            MODEL, utf8(Json.write(description)),
            WEIGHTS, SafeTensors.write(weights),
            BASELINE, SafeTensors.write(baseline),
            PROFILE, utf8(profile.toJson()),
            METRICS, utf8(Json.write(figures))));
  }

  /**
   * Reads a folder after all its files are verified.
   *
   * @throws dev.headwater.catalog.HeadwaterException if it is not whole, unchanged and known
   */
  public static ModelFolder open(Path folder) {
    Map<String, byte[]> files = SealedFolder.read(folder, FILES);
    ModelDescription description = Json.read(text(folder, files, MODEL), ModelDescription.class);
    if (description.format() > ModelDescription.FORMAT) {
      throw SealedFolder.refused(
          folder,
          "its format is "
              + description.format()
              + ", and this version reads up to "
              + ModelDescription.FORMAT);
    }
    try {
      return new ModelFolder(
          description,
          SafeTensors.read(bytes(folder, files, WEIGHTS)),
          SafeTensors.read(bytes(folder, files, BASELINE)),
          Profile.fromJson(text(folder, files, PROFILE)),
          Json.read(text(folder, files, METRICS), TrainingFigures.class));
    } catch (IOException e) {
      throw SealedFolder.refused(folder, String.valueOf(e.getMessage()));
    }
  }

  /** SHA-256 of the weights' file. */
  public String weightsDigest() {
    return Digests.of(SafeTensors.write(weights));
  }

  private static byte[] bytes(Path folder, Map<String, byte[]> files, String name) {
    byte[] out = files.get(name);
    if (out == null) {
      throw SealedFolder.refused(folder, "it has no " + name);
    }
    return out;
  }

  private static String text(Path folder, Map<String, byte[]> files, String name) {
    return new String(bytes(folder, files, name), StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

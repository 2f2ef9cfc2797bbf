package dev.headwater.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code model.json}: what a model is, apart from its weights.
 *
 * @param format of the folder; a newer one than {@value #FORMAT} is refused
 * @param joinedSchema the Iceberg schema, as JSON, of the rows that inputs and label are computed
 *     from
 * @param dataDigest SHA-256 of the ordered raw training and holdout rows
 * @param versions of the libraries it was trained with
 */
public record ModelDescription(
    int format,
    TrainSpec spec,
    String joinedSchema,
    List<Encoding> encodings,
    String dataDigest,
    Map<String, String> versions)
    implements Serializable {
  public static final int FORMAT = 1;

  public ModelDescription {
    encodings = new ArrayList<>(encodings);
    versions = new TreeMap<>(versions);
  }
}

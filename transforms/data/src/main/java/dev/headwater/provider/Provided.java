package dev.headwater.provider;

import java.util.List;
import org.apache.beam.sdk.schemas.transforms.SchemaTransform;
import org.apache.beam.sdk.schemas.transforms.TypedSchemaTransformProvider;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * A transform with a name, {@code headwater:<verb>:v1}: the number goes up when what is written for
 * the older one would mean something else.
 *
 * @param <C> its configuration, a class with public fields
 */
abstract class Provided<C> extends TypedSchemaTransformProvider<C> {
  static final String INPUT = "input";
  static final String OUTPUT = "output";

  private final String verb;
  private final String description;
  private final boolean reads;

  /**
   * @param reads whether it has no input
   */
  Provided(String verb, String description, boolean reads) {
    this.verb = verb;
    this.description = description;
    this.reads = reads;
  }

  @Override
  public String identifier() {
    return "headwater:" + verb + ":v1";
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public List<String> inputCollectionNames() {
    return reads ? List.of() : List.of(INPUT);
  }

  @Override
  public List<String> outputCollectionNames() {
    return List.of(OUTPUT);
  }

  /** What it does with its one input. */
  interface Applied {
    PCollectionRowTuple to(PCollectionRowTuple input);
  }

  static SchemaTransform transform(Applied applied) {
    return new OfRows(applied);
  }

  /** One output, or two of them. */
  static PCollectionRowTuple outputs(
      PCollection<Row> good, String errorsName, @Nullable PCollection<Row> errors) {
    PCollectionRowTuple out = PCollectionRowTuple.of(OUTPUT, good);
    return errors == null ? out : out.and(errorsName, errors);
  }

  private static final class OfRows extends SchemaTransform {
    private static final long serialVersionUID = 1;
    private final transient Applied applied;

    OfRows(Applied applied) {
      this.applied = applied;
    }

    @Override
    public PCollectionRowTuple expand(PCollectionRowTuple input) {
      return applied.to(input);
    }
  }
}

package dev.headwater.score;

import dev.headwater.rows.BeamRows;
import dev.headwater.rows.ErrorOutput;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.schemas.JavaFieldSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldDescription;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldName;
import org.apache.beam.sdk.schemas.transforms.SchemaTransform;
import org.apache.beam.sdk.schemas.transforms.TypedSchemaTransformProvider;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** {@code headwater:score:v1}: rows with what a model says of them. */
public final class ScoreProvider extends TypedSchemaTransformProvider<ScoreProvider.Configuration> {
  /** Found as a service. */
  public ScoreProvider() {}

  /** What can be said. */
  @DefaultSchema(JavaFieldSchema.class)
  public static final class Configuration {
    @SchemaFieldDescription("A model's folder, as headwater model show says it.")
    public String model = "";

    @SchemaFieldDescription("What the rows say as the model's version; 0 if unsaid.")
    public @Nullable Long version;

    @SchemaFieldDescription("Where rows go that an input fails on; without it they stop all.")
    @SchemaFieldName("error_handling")
    public @Nullable ErrorOutput errorHandling;
  }

  @Override
  public String identifier() {
    return "headwater:score:v1";
  }

  @Override
  public String description() {
    return "Scores rows with a trained model: they come out with probability and their inputs.";
  }

  @Override
  public List<String> inputCollectionNames() {
    return List.of("input");
  }

  @Override
  public List<String> outputCollectionNames() {
    return List.of("output");
  }

  @Override
  protected SchemaTransform from(Configuration said) {
    return new OfRows(said);
  }

  private static final class OfRows extends SchemaTransform {
    private static final long serialVersionUID = 1;
    private final transient Configuration said;

    OfRows(Configuration said) {
      this.said = said;
    }

    @Override
    public PCollectionRowTuple expand(PCollectionRowTuple input) {
      PCollection<Row> rows = input.getSinglePCollection();
      Schema schema = BeamRows.schema(rows.getSchema());
      long version = said.version == null ? 0 : said.version;
      Score score = Score.with(Path.of(said.model), version, schema);
      ErrorOutput to = said.errorHandling;
      ErrorOutput.Divided divided = ErrorOutput.divide(rows, schema, score.dividing(), to);
      PCollectionRowTuple out =
          PCollectionRowTuple.of(
              "output", divided.good().apply("Rows", BeamRows.rows(score.schema())));
      PCollection<Row> errors = divided.errors();
      return to == null || errors == null ? out : out.and(to.output, errors);
    }
  }
}

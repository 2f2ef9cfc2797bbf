package dev.headwater.provider;

import dev.headwater.rows.BeamRows;
import dev.headwater.rows.ErrorOutput;
import dev.headwater.validate.Contract;
import dev.headwater.validate.Validate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.JavaFieldSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldDescription;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldName;
import org.apache.beam.sdk.schemas.transforms.SchemaTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** {@code headwater:validate:v1}: rows that keep a contract, and those that don't. */
public final class ValidateProvider extends Provided<ValidateProvider.Configuration> {
  /** Found as a service. */
  public ValidateProvider() {
    super("validate", "Lets rows pass that keep a contract; the others are errors.", false);
  }

  /** What can be said: the contract, as in its own file. */
  @DefaultSchema(JavaFieldSchema.class)
  public static final class Configuration {
    @SchemaFieldDescription("What columns must be, by their names.")
    public @Nullable Map<String, Column> columns;

    @SchemaFieldDescription(
        "Names and SQL expressions; a row for which one is false is bad, null is not.")
    public @Nullable Map<String, String> rules;

    @SchemaFieldDescription("Where bad rows go; without it the first one fails the pipeline.")
    @SchemaFieldName("error_handling")
    public @Nullable ErrorOutput errorHandling;
  }

  /** What a column must be. */
  @DefaultSchema(JavaFieldSchema.class)
  public static final class Column {
    @SchemaFieldDescription("Whether null is bad.")
    public @Nullable Boolean required;

    @SchemaFieldDescription("The least value, as in SQL without quotes.")
    public @Nullable String min;

    @SchemaFieldDescription("The greatest value, as in SQL without quotes.")
    public @Nullable String max;

    @SchemaFieldDescription("All values that there may be.")
    public @Nullable List<String> allowed;

    @SchemaFieldDescription("A regular expression that the whole text must match.")
    public @Nullable String pattern;

    @SchemaFieldDescription("Iceberg's name of its type.")
    public @Nullable String type;
  }

  @Override
  protected SchemaTransform from(Configuration said) {
    Contract contract = contract(said);
    ErrorOutput to = said.errorHandling;
    return transform(
        input -> {
          PCollection<Row> rows = input.getSinglePCollection();
          Schema schema = BeamRows.schema(rows.getSchema());
          ErrorOutput.Divided divided =
              ErrorOutput.divide(rows, schema, Validate.by(contract).dividing(), to);
          return outputs(
              divided.good().apply("Rows", BeamRows.rows(schema)),
              to == null ? "" : to.output,
              divided.errors());
        });
  }

  private static Contract contract(Configuration said) {
    List<Contract.ColumnRule> columns = new ArrayList<>();
    if (said.columns != null) {
      said.columns.forEach(
          (name, of) ->
              columns.add(
                  new Contract.ColumnRule(
                      name,
                      of.type,
                      Boolean.TRUE.equals(of.required),
                      of.min,
                      of.max,
                      of.allowed == null ? List.of() : of.allowed,
                      of.pattern)));
    }
    List<Contract.NamedRule> rules = new ArrayList<>();
    if (said.rules != null) {
      said.rules.forEach((name, sql) -> rules.add(new Contract.NamedRule(name, sql)));
    }
    return Contract.of(columns, rules);
  }
}

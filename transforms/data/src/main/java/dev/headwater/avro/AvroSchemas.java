package dev.headwater.avro;

import java.util.List;
import java.util.Objects;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/** Avro's schemas out of their JSON. */
public final class AvroSchemas {
  private AvroSchemas() {}

  /**
   * A schema. Names are taken as they are: those of others' files and registries are not ours to
   * judge.
   *
   * @throws org.apache.avro.SchemaParseException if it is none
   */
  public static Schema parse(String json) {
    return parse(List.of(json));
  }

  /** The last of several, which may use those before it. */
  public static Schema parse(List<String> all) {
    Schema.Parser parser =
        new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
    Schema last = null;
    for (String json : all) {
      last = parser.parse(json);
    }
    return Objects.requireNonNull(last, "at least one schema");
  }
}

package dev.headwater.avro;

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
    return new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false).parse(json);
  }
}

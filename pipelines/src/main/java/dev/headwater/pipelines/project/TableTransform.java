package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.user.UserClass;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.Row;

/**
 * A class of the user's that makes a table of tables.
 *
 * @param java as {@link Class#getName}
 */
public record TableTransform(String java) {
  static TableTransform parse(String text) {
    if (!text.matches(Step.CLASS)) {
      throw new IllegalArgumentException(
          "'" + text + "' names no class. Write com.acme.Join; a nested one: com.acme.Main$Join.");
    }
    return new TableTransform(text);
  }

  /**
   * A new one.
   *
   * @throws HeadwaterException USAGE if there is no such class, or it is no transform
   */
  public PTransform<PCollectionRowTuple, PCollection<Row>> transform() {
    Class<?> type = UserClass.find(java);
    if (!PTransform.class.isAssignableFrom(type)) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Class " + java + " is no Beam transform.",
          "let it extend PTransform<PCollectionRowTuple, PCollection<Row>>.");
    }
    @SuppressWarnings("unchecked") // what it takes and gives is seen when it is expanded
    PTransform<PCollectionRowTuple, PCollection<Row>> made =
        (PTransform<PCollectionRowTuple, PCollection<Row>>) UserClass.make(type);
    return made;
  }
}

package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.user.UserClass;
import dev.headwater.user.UserObject;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * A Beam transform of the user's that a table's rows go through.
 *
 * @param name as Beam's steps are called
 * @param java its class
 * @param given the transform itself, where it is more than a new object of its class
 */
public record Step(
    String name, String java, @Nullable PTransform<PCollection<Row>, PCollection<Row>> given) {
  static final String NAME = "[\\p{L}_$][\\p{L}\\p{N}_$]*";
  static final String CLASS = NAME + "(\\." + NAME + ")*";

  /** Behind the class of what has state of its own. */
  private static final String STATE = "(...)";

  /** From a class's name. */
  static Step parse(String java) {
    if (java.endsWith(STATE)) {
      throw new IllegalArgumentException(
          "'" + java + "' has state of its own, and can only be declared in Java");
    }
    if (!java.matches(CLASS)) {
      throw new IllegalArgumentException(
          "'"
              + java
              + "' names no class. Write com.acme.Enrich; a nested one: com.acme.Main$Enrich.");
    }
    return new Step(
        java.substring(Math.max(java.lastIndexOf('.'), java.lastIndexOf('$')) + 1), java, null);
  }

  /**
   * From a transform; one without state of its own is known by its class alone.
   *
   * @throws HeadwaterException USAGE if a part of it is not serializable
   */
  static Step of(String name, PTransform<PCollection<Row>, PCollection<Row>> transform) {
    Class<?> type = transform.getClass();
    String state = UserObject.of(transform).state();
    boolean plain;
    try {
      plain = state.equals(UserObject.of((PTransform<?, ?>) UserClass.make(type)).state());
    } catch (HeadwaterException e) {
      // Only who made it can make it.
      plain = false;
    }
    return new Step(name, type.getName(), plain ? null : transform);
  }

  /** As the project file says it; one that it can't say has brackets behind its class. */
  String form() {
    return given == null ? java : java + STATE;
  }

  /**
   * The transform, a new one where the class alone makes it.
   *
   * @throws HeadwaterException USAGE if there is no such class, or it is no transform
   */
  public PTransform<PCollection<Row>, PCollection<Row>> transform() {
    if (given != null) {
      return given;
    }
    Class<?> type = UserClass.find(java);
    if (!PTransform.class.isAssignableFrom(type)) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Class " + java + " is no Beam transform.",
          "let it extend PTransform<PCollection<Row>, PCollection<Row>>.");
    }
    @SuppressWarnings("unchecked") // what it takes and gives is seen when it is expanded
    PTransform<PCollection<Row>, PCollection<Row>> made =
        (PTransform<PCollection<Row>, PCollection<Row>>) UserClass.make(type);
    return made;
  }

  /**
   * The transform as an object: its state, and the users' classes that it is made of.
   *
   * @throws HeadwaterException USAGE as {@link #transform}, or if a part of it is not serializable
   */
  UserObject object() {
    return UserObject.of(transform());
  }
}

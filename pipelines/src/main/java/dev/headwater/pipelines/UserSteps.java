package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.ingest.Through;
import dev.headwater.pipelines.project.Step;
import dev.headwater.pipelines.project.TableDecl;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A table's transforms of the user's, and whose fault it is. */
final class UserSteps {
  private UserSteps() {}

  /**
   * The transforms.
   *
   * @throws HeadwaterException USAGE if one can't be made
   */
  static Through of(TableDecl table) {
    return new Through(
        table.name(),
        table.steps().stream().map(s -> new Through.Step(s.name(), s.transform())).toList());
  }

  static String names(TableDecl table) {
    return String.join(", ", table.steps().stream().map(Step::name).toList());
  }

  /** What a pipeline threw; said of the transform whose code it was thrown in. */
  static RuntimeException blamed(TableDecl table, RuntimeException thrown) {
    return blamed(table.steps(), "table " + table.name(), thrown);
  }

  /** As above, of a class. */
  static RuntimeException blamed(String java, String of, RuntimeException thrown) {
    return blamed(List.of(new Step(java, java, null)), of, thrown);
  }

  private static RuntimeException blamed(List<Step> steps, String of, RuntimeException thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
      Throwable at = t;
      if (at instanceof HeadwaterException) {
        return thrown;
      }
      Optional<Step> step = steps.stream().filter(s -> in(s, at)).findFirst();
      if (step.isPresent() && !wraps(at)) {
        return new HeadwaterException(
            HeadwaterException.Kind.FAILED,
            "Transform "
                + step.get().name()
                + " of "
                + of
                + " failed: "
                + at
                + frame(step.get(), at)
                + ".",
            "mend it, or let it leave out the rows that it cannot take; nothing was committed.",
            thrown);
      }
    }
    return thrown;
  }

  /** Beam's wrappings tell of the same throw again. */
  private static boolean wraps(Throwable t) {
    return t.getCause() != null
        && t.getCause() != t
        && t.getClass().getName().startsWith("org.apache.beam.");
  }

  private static boolean in(Step step, Throwable thrown) {
    return frames(step, thrown).findFirst().isPresent();
  }

  private static String frame(Step step, Throwable thrown) {
    return frames(step, thrown)
        .findFirst()
        .map(f -> " (" + f.getFileName() + ":" + f.getLineNumber() + ")")
        .orElse("");
  }

  /** Frames in the transform's class, those nested in it, or its neighbours in the package. */
  private static Stream<StackTraceElement> frames(Step step, Throwable thrown) {
    String own = step.java().substring(0, step.java().lastIndexOf('.') + 1);
    return Stream.of(thrown.getStackTrace())
        .filter(
            f -> {
              String at = f.getClassName();
              return own.isEmpty()
                  ? at.equals(step.java()) || at.startsWith(step.java() + "$")
                  : at.startsWith(own) && at.indexOf('.', own.length()) < 0;
            });
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.expr.ExpressionException;
import java.io.IOException;
import java.util.Locale;

/** What a stage threw, as a failure that its reader can act on. */
final class Failure {
  private Failure() {}

  static RuntimeException of(RuntimeException thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
      if (t instanceof HeadwaterException known) {
        return known;
      }
      if (t instanceof ExpressionException wrong) {
        return new HeadwaterException(
            HeadwaterException.Kind.DATA,
            wrong.getMessage() + ".",
            "mend the expression in the project file, or the rows that it fails on.",
            thrown);
      }
      if (t instanceof IOException io && full(io)) {
        return new HeadwaterException(
            HeadwaterException.Kind.UNREACHABLE,
            "The disk has no space left: " + io.getMessage() + ".",
            "free some space and run again; the tables are as they were.",
            thrown);
      }
    }
    return thrown;
  }

  private static boolean full(IOException e) {
    String message = e.getMessage() == null ? "" : e.getMessage().toLowerCase(Locale.ROOT);
    return message.contains("no space left") || message.contains("disk quota");
  }
}

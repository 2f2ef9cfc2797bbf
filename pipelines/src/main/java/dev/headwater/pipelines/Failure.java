package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.expr.ExpressionException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;

/** What a stage threw, as a failure that its reader can act on. */
final class Failure {
  private Failure() {}

  /**
   * The failure to tell.
   *
   * @param doing what failed: "run model/late"
   * @param home where the project's things are
   */
  static RuntimeException of(RuntimeException thrown, String doing, Path home) {
    for (Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
      if (t instanceof HeadwaterException known) {
        return known;
      }
      if (t instanceof ExpressionException wrong) {
        return new HeadwaterException(
            HeadwaterException.Kind.DATA,
            "Cannot "
                + doing
                + ": "
                + wrong.getMessage()
                + (wrong.row().isEmpty() ? "." : " The row is " + wrong.row() + "."),
            "mend the expression in the project file, or the rows that it fails on.",
            thrown);
      }
      if (t instanceof IOException io && full(io)) {
        return new HeadwaterException(
            HeadwaterException.Kind.UNREACHABLE,
            "Cannot " + doing + ": no space is left on the disk of " + place(io, home) + ".",
            "free some space and run again; the tables are as they were.",
            thrown);
      }
      if (FailureClass.isSilence(t)) {
        return new HeadwaterException(
            HeadwaterException.Kind.UNREACHABLE,
            "Cannot " + doing + ": something does not answer (" + t + ").",
            "see that what it names runs and is reached from here, and run again.",
            thrown);
      }
    }
    return thrown;
  }

  /** The file, where the failure names it. */
  private static String place(IOException e, Path home) {
    return e instanceof FileSystemException named && named.getFile() != null
        ? named.getFile()
        : home.toString();
  }

  /** Whether a disk is full. */
  static boolean isFull(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
      if (t instanceof IOException io && full(io)) {
        return true;
      }
    }
    return false;
  }

  private static boolean full(IOException e) {
    String message = e.getMessage() == null ? "" : e.getMessage().toLowerCase(Locale.ROOT);
    return message.contains("no space left") || message.contains("disk quota");
  }
}

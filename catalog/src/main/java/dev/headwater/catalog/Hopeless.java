package dev.headwater.catalog;

import java.nio.file.AccessDeniedException;
import java.sql.SQLException;
import java.util.ConcurrentModificationException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.UnprocessableEntityException;
import org.apache.iceberg.exceptions.ValidationException;

/**
 * Tells failures that the same attempt would meet again from those that may pass. What counts is
 * the innermost cause: Avro, thread pools and catalogs wrap what they don't know. In doubt a
 * failure may pass.
 */
public final class Hopeless {
  private Hopeless() {}

  /**
   * Whether trying again is of no use: a computation that failed, an argument or a change that is
   * refused, a right that is missing, a table that is gone. Not I/O, statuses of 5xx, lost
   * connections, conflicts, nor what is of a class that nobody here knows.
   */
  public static boolean is(Throwable failure) {
    Throwable cause = cause(failure);
    return forbidden(cause)
        || cause instanceof ValidationException
        || cause instanceof BadRequestException
        || cause instanceof UnprocessableEntityException
        || cause instanceof NoSuchTableException
        || cause instanceof NoSuchNamespaceException
        || isComputation(cause);
  }

  /** Whether a right is missing: at the catalog, the database, the storage or the disk. */
  public static boolean forbidden(Throwable failure) {
    Throwable cause = cause(failure);
    return cause instanceof ForbiddenException
        || cause instanceof NotAuthorizedException
        || cause instanceof AccessDeniedException
        || (cause instanceof SQLException sql && DatabaseTrouble.forbidden(sql))
        || (isAmazons(cause) && String.valueOf(cause.getMessage()).contains("Status Code: 403"));
  }

  /** What the innermost cause says, without a full stop. */
  public static String said(Throwable failure) {
    Throwable cause = cause(failure);
    return cause.getMessage() == null ? cause.toString() : Trouble.first(cause);
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
      cause = next;
    }
    return cause;
  }

  /** What Java itself says of arguments, states, numbers, collections, buffers and times. */
  private static boolean isComputation(Throwable cause) {
    String of = cause.getClass().getPackageName();
    return cause instanceof RuntimeException
        && cause.getClass() != RuntimeException.class
        && !(cause instanceof ConcurrentModificationException)
        && (of.equals("java.lang")
            || of.equals("java.util")
            || of.equals("java.nio")
            || of.startsWith("java.time"));
  }

  private static boolean isAmazons(Throwable cause) {
    return cause.getClass().getName().startsWith("software.amazon.awssdk.");
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Locale;

/** What kind of thing failed a stage, which says whether the same may go well in a while. */
enum FailureClass {
  /** The rows are not what they should be: they will be the same the next time. */
  DATA,
  /** The project, a user's class or ours is wrong, or a right is missing: somebody must act. */
  CODE,
  /** Something that is needed did not answer: it may, in a while. */
  INFRASTRUCTURE;

  /** The class of a failure as it is told. */
  static FailureClass of(Throwable told) {
    if (told instanceof HeadwaterException known) {
      return switch (known.kind()) {
        case DATA -> DATA;
        case UNREACHABLE -> INFRASTRUCTURE;
        default -> CODE;
      };
    }
    return CODE;
  }

  /** Whether it may pass by itself; a full disk, and work of which nobody knows, need a look. */
  static boolean passes(Throwable told) {
    return of(told) == INFRASTRUCTURE
        && !(told instanceof OutcomeUnknownException)
        && !Failure.isFull(told);
  }

  /** Whether something far away did not answer, as those who talk with it say so. */
  static boolean isSilence(Throwable thrown) {
    if (thrown instanceof SQLException sql) {
      String state = String.valueOf(sql.getSQLState());
      return sql instanceof SQLTransientException
          || sql instanceof SQLRecoverableException
          || state.startsWith("08")
          || state.startsWith("57P");
    }
    return thrown instanceof SocketException
        || thrown instanceof SocketTimeoutException
        || thrown instanceof UnknownHostException
        || thrown instanceof HttpTimeoutException
        || (thrown instanceof IOException && String.valueOf(thrown.getMessage()).contains("reset"));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

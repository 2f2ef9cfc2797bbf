package dev.headwater.catalog;

import dev.headwater.catalog.HeadwaterException.Kind;
import java.sql.SQLException;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a database's errors mean to somebody who has to do something about them. */
final class DatabaseTrouble {
  private static final String NO_RIGHT = "42501";

  private DatabaseTrouble() {}

  /** The database's error among the causes, explained. */
  static Optional<HeadwaterException> find(CatalogConfig config, String doing, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return Optional.of(explain(config, doing, sql));
      }
    }
    return Optional.empty();
  }

  static HeadwaterException explain(CatalogConfig config, String doing, SQLException e) {
    String what = "Cannot %s: the database %s ".formatted(doing, config.where());
    String[] said = e instanceof SQLiteException sqlite ? sqlite(sqlite) : postgresql(e);
    Kind kind = forbidden(e) ? Kind.REFUSED : Kind.UNREACHABLE;
    return new HeadwaterException(kind, what + said[0] + ".", said[1], e);
  }

  /** Whether the database says that this user may not, or that nobody may. */
  static boolean forbidden(SQLException e) {
    if (e instanceof SQLiteException sqlite) {
      SQLiteErrorCode code = sqlite.getResultCode();
      return code == SQLiteErrorCode.SQLITE_READONLY
          || code == SQLiteErrorCode.SQLITE_PERM
          || code == SQLiteErrorCode.SQLITE_AUTH;
    }
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("28") || state.equals(NO_RIGHT);
  }

  private static String[] sqlite(SQLiteException e) {
    String name = e.getResultCode().name();
    if (name.startsWith("SQLITE_BUSY") || name.startsWith("SQLITE_LOCKED")) {
      return new String[] {
        "is locked by another process", "Let the other process finish, or end it, and run again."
      };
    }
    if (name.startsWith("SQLITE_NOTADB") || name.startsWith("SQLITE_CORRUPT")) {
      return new String[] {
        "is damaged or not a database (" + name + ")",
        "Put a copy of the file back; the tables' own files are not touched by this."
      };
    }
    if (name.startsWith("SQLITE_CANTOPEN")
        || name.startsWith("SQLITE_READONLY")
        || name.startsWith("SQLITE_PERM")
        || name.startsWith("SQLITE_AUTH")) {
      return new String[] {
        "cannot be opened for writing (" + name + ")",
        "Make the file and its directory writable for this user."
      };
    }
    if (name.startsWith("SQLITE_FULL") || name.startsWith("SQLITE_IOERR")) {
      return new String[] {
        "cannot be written (" + name + ")", "Make space on its disk, or mend it, and run again."
      };
    }
    return new String[] {"failed: " + e.getMessage(), "Look at the cause, and run again."};
  }

  private static String[] postgresql(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.startsWith("28")) {
      return new String[] {
        "does not accept the user or the password", "Check jdbc.user and jdbc.password."
      };
    }
    if (state.equals(NO_RIGHT)) {
      return new String[] {
        "does not allow it: " + Trouble.first(e),
        "Ask its owner for the right (GRANT), or use another user."
      };
    }
    if (state.equals("3D000")) {
      return new String[] {"does not exist", "Create it, or name another one."};
    }
    if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
      return new String[] {
        "does not answer (" + state + ")", "See that its server runs and is reached from here."
      };
    }
    return new String[] {
      "failed: " + e.getMessage() + (state.isEmpty() ? "" : " (" + state + ")"),
      "Look at the cause, and run again."
    };
  }
}

package dev.headwater.catalog;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A failure that its reader can act on: what went wrong, where, and how to fix it. Its kind picks
 * the command's exit status.
 */
public class HeadwaterException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Why it failed, and the exit status that says so. */
  public enum Kind {
    /** The work itself failed. */
    FAILED(1),
    /** The command or the project file is wrong. */
    USAGE(2),
    /** The data is not what its contract, or the stage, can accept. */
    DATA(3),
    /** A gate or a protection refused. */
    REFUSED(4),
    /** Something that is needed does not answer: a catalog, a server, a device, a disk. */
    UNREACHABLE(5);

    private final int exitStatus;

    Kind(int exitStatus) {
      this.exitStatus = exitStatus;
    }

    public int exitStatus() {
      return exitStatus;
    }
  }

  private final Kind kind;
  private final String what;
  private final String fix;

  /**
   * @param what one sentence: what failed, and where ("Cannot read data/a.parquet: it ends early.")
   * @param fix one sentence: what to do about it
   */
  public HeadwaterException(Kind kind, String what, String fix, @Nullable Throwable cause) {
    super(what + " Fix: " + fix, cause);
    this.kind = kind;
    this.what = Objects.requireNonNull(what);
    this.fix = Objects.requireNonNull(fix);
  }

  public HeadwaterException(Kind kind, String what, String fix) {
    this(kind, what, fix, null);
  }

  public Kind kind() {
    return kind;
  }

  public String what() {
    return what;
  }

  public String fix() {
    return fix;
  }

  /** With its kind, which is all that is left of it where only its stack trace travels. */
  @Override
  @SuppressWarnings("OverrideThrowableToString") // its message is for people: they need no kind
  public String toString() {
    return getClass().getName() + " [" + kind + "]: " + getMessage();
  }
}

package dev.headwater.lineage;

import org.jspecify.annotations.Nullable;

/** A wrong setting, or a name that nothing is known of: what is wrong, and how to fix it. */
public final class LineageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String what;
  private final String fix;

  public LineageException(String what, String fix, @Nullable Throwable cause) {
    super(what + " Fix: " + fix, cause);
    this.what = what;
    this.fix = fix;
  }

  public LineageException(String what, String fix) {
    this(what, fix, null);
  }

  public String what() {
    return what;
  }

  public String fix() {
    return fix;
  }
}

package dev.headwater.pipelines;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What was found when something was looked at that runs need.
 *
 * @param about what was looked at: "disk", "catalog prod"
 * @param what what is so
 * @param fix how to mend it; empty if it is well
 */
public record Finding(String about, State state, String what, String fix) {
  /** How bad it is. */
  public enum State {
    WELL,
    /** Runs work, but something is not as it should be. */
    DOUBTFUL,
    /** Runs fail, or will. */
    ILL
  }

  /** As it should be. */
  public static Finding well(String about, String what) {
    return new Finding(about, State.WELL, what, "");
  }

  static Finding doubtful(String about, String what, String fix) {
    return new Finding(about, State.DOUBTFUL, what, fix);
  }

  /** In the way of runs. */
  public static Finding ill(String about, String what, String fix) {
    return new Finding(about, State.ILL, what, fix);
  }

  /** The same to programs. */
  public Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("about", about);
    data.put("state", state.name().toLowerCase(Locale.ROOT));
    data.put("what", what);
    if (!fix.isEmpty()) {
      data.put("fix", fix);
    }
    return data;
  }
}

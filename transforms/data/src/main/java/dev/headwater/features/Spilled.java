package dev.headwater.features;

import dev.headwater.sort.RunRef;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What one group of splits became: runs of points and events, and where its rows went.
 *
 * @param in rows read
 * @param unasked rows whose where-condition is not true
 * @param pointless rows without a key or a time: they have no place in a view
 * @param neverKnown rows with a key that never become known: they are points, but no events
 */
record Spilled(List<RunRef> runs, long in, long unasked, long pointless, long neverKnown)
    implements Serializable {
  Spilled {
    runs = new ArrayList<>(runs);
  }
}

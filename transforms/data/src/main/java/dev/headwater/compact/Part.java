package dev.headwater.compact;

import dev.headwater.table.SplitGroup;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What one worker reads of one group.
 *
 * @param group its place in the plan
 * @param maxBytes of a new file
 * @param shard the first of the group's shards
 * @param bounds keys at which the second shard begins, the third, …; ascending
 */
record Part(int group, SplitGroup splits, long maxBytes, int shard, List<byte[]> bounds)
    implements Serializable {
  Part {
    bounds = new ArrayList<>(bounds);
  }
}

package dev.headwater.derive;

import dev.headwater.columns.DictionaryColumn;
import dev.headwater.sort.MeetRuns;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.SortKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/**
 * Runs brought together by shard; the first shard is there even without any, so that what is made
 * of no rows is made.
 */
final class Shards
    extends PTransform<PCollectionList<RunRef>, PCollection<KV<Integer, Iterable<RunRef>>>> {
  private static final long serialVersionUID = 1;

  private static final RunRef NOTHING = new RunRef("", 0, 0, 0, 0, 0);

  @Override
  public PCollection<KV<Integer, Iterable<RunRef>>> expand(PCollectionList<RunRef> runs) {
    PCollection<RunRef> nothing =
        runs.getPipeline()
            .apply("Nothing " + getName(), Create.of(NOTHING).withCoder(RunRef.coder()));
    return runs.and(nothing)
        .apply("AllRuns", Flatten.pCollections())
        .apply("Shards", new MeetRuns());
  }

  /** The runs of a shard that have rows, of one of the streams that meet there. */
  static List<RunRef> of(Iterable<RunRef> shard, int stream) {
    List<RunRef> runs = new ArrayList<>();
    for (RunRef run : shard) {
      if (run.rows() > 0 && run.stream() == stream) {
        runs.add(run);
      }
    }
    return runs;
  }

  /** Where each key's rows meet. */
  static int[] of(DictionaryColumn keys, int shards) {
    long[] hashes = SortKey.hashes(keys);
    int[] to = new int[hashes.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = SortKey.shard(hashes[i], shards);
    }
    return to;
  }

  /** Rows on their way: bytes of this name first, then longs, then their own columns. */
  static Schema schema(List<String> names, Schema rows) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (String name : names) {
      fields.add(
          fields.isEmpty()
              ? Types.NestedField.required(1, name, Types.BinaryType.get())
              : Types.NestedField.required(fields.size() + 1, name, Types.LongType.get()));
    }
    for (Types.NestedField field : rows.columns()) {
      fields.add(Types.NestedField.optional(fields.size() + 1, field.name(), field.type()));
    }
    return org.apache.iceberg.types.TypeUtil.assignIncreasingFreshIds(new Schema(fields));
  }
}

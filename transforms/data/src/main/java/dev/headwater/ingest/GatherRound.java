package dev.headwater.ingest;

import dev.headwater.table.WorkFn;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.values.KV;

/** Waits until all pieces of a round are written. Memory: their files' metadata. */
final class GatherRound extends WorkFn<KV<String, Round.Part>, Round.Whole> {
  private static final long serialVersionUID = 1;

  @StateId("parts")
  private final StateSpec<BagState<Round.Part>> parts =
      StateSpecs.bag(SerializableCoder.of(Round.Part.class));

  @StateId("count")
  private final StateSpec<ValueState<Integer>> count = StateSpecs.value(VarIntCoder.of());

  @ProcessElement
  public void process(
      @Element KV<String, Round.Part> part,
      @StateId("parts") BagState<Round.Part> parts,
      @StateId("count") ValueState<Integer> count,
      OutputReceiver<Round.Whole> out) {
    Round round = part.getValue().round();
    Integer before = count.read();
    int now = (before == null ? 0 : before) + 1;
    if (now < round.pieces()) {
      parts.add(part.getValue());
      count.write(now);
      return;
    }
    List<Round.Part> all = new ArrayList<>(List.of(part.getValue()));
    parts.read().forEach(all::add);
    parts.clear();
    count.clear();
    out.output(new Round.Whole(round, all.stream().map(Round.Part::written).toList()));
  }
}

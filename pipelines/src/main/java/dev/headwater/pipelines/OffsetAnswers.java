package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.kafka.Offsets;
import dev.headwater.kafka.Progress;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How far a table is in its topic: what the table says, beside what the brokers say. */
final class OffsetAnswers {
  private final Stages stages;

  OffsetAnswers(Stages stages) {
    this.stages = stages;
  }

  /** Where the brokers don't answer, what the table says, and exit status 5. */
  Answer of(Target target) {
    @Nullable TableDecl declared = stages.project().tables().get(target.name());
    if (declared == null || stages.project().topic(declared).isEmpty()) {
      throw ProjectLauncher.nothing(
          target + " is not filled from a topic.",
          "name a table whose source has kafka: headwater offsets TABLE.");
    }
    TopicTable table = new TopicTable(stages, target);
    Optional<Progress> progress = table.progress();
    TopicReach reach = null;
    HeadwaterException away = null;
    try {
      reach = table.reach();
    } catch (HeadwaterException e) {
      away = e;
    }
    return answer(target, table, progress.orElse(null), reach, away);
  }

  private static Answer answer(
      Target target,
      TopicTable table,
      @Nullable Progress progress,
      @Nullable TopicReach reach,
      @Nullable HeadwaterException away) {
    Offsets next = progress != null ? progress.next() : reach != null ? reach.from() : Offsets.NONE;
    Map<Integer, Instant> times = progress == null ? Map.of() : progress.times();
    TreeSet<Integer> partitions = new TreeSet<>(next.all().keySet());
    if (reach != null) {
      partitions.addAll(reach.to().all().keySet());
    }
    List<List<String>> rows = new ArrayList<>();
    List<Object> data = new ArrayList<>();
    long lag = 0;
    for (int partition : partitions) {
      Long at = reach == null ? next.of(partition) : reach.from().of(partition);
      Long end = reach == null ? null : reach.to().of(partition);
      Long behind = at == null || end == null ? null : Math.max(0, end - at);
      lag += behind == null ? 0 : behind;
      Instant time = times.get(partition);
      rows.add(
          List.of(
              Integer.toString(partition),
              text(at),
              text(end),
              text(behind),
              time == null ? "" : time.toString()));
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("partition", partition);
      one.put("offset", at);
      one.put("end", end);
      one.put("lag", behind);
      one.put("time", time == null ? null : time.toString());
      data.add(one);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("table", target.toString());
    all.put("servers", table.kafka().servers());
    all.put("topic", table.kafka().topic());
    all.put("partitions", data);
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(
        new Answer.Block.Line(
            target.name()
                + " from topic "
                + table.kafka().topic()
                + " of "
                + table.kafka().servers()));
    blocks.add(
        new Answer.Block.Grid(List.of("partition", "table", "topic", "lag", "last record"), rows));
    if (away == null) {
      all.put("lag", lag);
      blocks.add(new Answer.Block.Line(Stages.grouped(lag) + " records behind"));
      return Answer.of(all, blocks);
    }
    all.put(
        "error",
        Map.of(
            "kind",
            away.kind().name().toLowerCase(java.util.Locale.ROOT),
            "what",
            away.what(),
            "fix",
            away.fix()));
    blocks.add(new Answer.Block.Line(away.what()));
    blocks.add(new Answer.Block.Line("Fix: " + away.fix()));
    return new Answer(blocks, all, away.kind().exitStatus());
  }

  private static String text(@Nullable Long number) {
    return number == null ? "" : Stages.grouped(number);
  }
}

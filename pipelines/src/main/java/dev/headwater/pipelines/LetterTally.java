package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Edge;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What became of letters that were tried again. One thread. */
final class LetterTally {
  private final Map<String, Long> reasons = new TreeMap<>();
  private long good;
  private long bad;
  private long before;
  private long again;
  private long none;
  private long finished;
  private List<Edge> made = List.of();

  void good(long rows) {
    good += rows;
  }

  void bad(String reason) {
    bad++;
    reasons.merge(reason, 1L, Long::sum);
  }

  /** One that is no row on purpose now. */
  void none() {
    none++;
  }

  /** One whose row was in the table already. */
  void before() {
    before++;
  }

  /** One whose file was read again since: what is wrong with it now is another letter. */
  void again() {
    again++;
  }

  void finished(long rows) {
    finished = rows;
  }

  void snapshot(List<Edge> outputs) {
    made = List.copyOf(outputs);
  }

  long tried() {
    return good + bad + none;
  }

  Map<String, Double> figures() {
    Map<String, Double> out = new LinkedHashMap<>();
    out.put("letters_tried", (double) tried());
    out.put("letters_replayed", (double) good);
    out.put("letters_still", (double) bad);
    return out;
  }

  /** As people and programs are told. */
  Answer answer(String table, boolean dryRun) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("tried", tried());
    data.put("replayed", good);
    data.put("still", bad);
    data.put("no_rows", none);
    data.put("replayed_before", before);
    data.put("read_again_since", again);
    data.put("finished", finished);
    data.put("reasons", new LinkedHashMap<>(reasons));
    data.put("outputs", made.stream().map(Edge::toString).toList());
    data.put("dry_run", dryRun);
    java.util.ArrayList<Answer.Block> blocks = new java.util.ArrayList<>();
    if (finished > 0) {
      blocks.add(
          new Answer.Block.Line(
              "Finished a replay that was interrupted: its "
                  + Stages.grouped(finished)
                  + " rows were in the table already."));
    }
    blocks.add(
        new Answer.Block.Line(
            tried() == 0
                ? "No letter of " + table + " to try."
                : Stages.grouped(tried())
                    + " letters of "
                    + table
                    + (dryRun ? " tried, nothing changed: " : " tried: ")
                    + Stages.grouped(good)
                    + (dryRun ? " would be in the table, " : " are in the table now, ")
                    + Stages.grouped(bad)
                    + (dryRun ? " would stay letters." : " stay letters.")));
    if (none > 0) {
      blocks.add(
          new Answer.Block.Line(Stages.grouped(none) + " are no rows on purpose, and done with."));
    }
    if (before > 0) {
      blocks.add(
          new Answer.Block.Line(
              Stages.grouped(before) + " were replayed before and were left alone."));
    }
    if (again > 0) {
      blocks.add(
          new Answer.Block.Line(
              Stages.grouped(again)
                  + " are of files that were read again since, and were left alone."));
    }
    if (!reasons.isEmpty()) {
      blocks.add(new Answer.Block.Line(""));
      blocks.add(
          new Answer.Block.Grid(
              List.of("reason now", "letters"),
              reasons.entrySet().stream()
                  .map(e -> List.of(SafeText.shown(e.getKey()), Stages.grouped(e.getValue())))
                  .toList()));
    }
    return Answer.of(data, blocks);
  }
}

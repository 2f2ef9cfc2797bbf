package dev.headwater.pipelines.against;

import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.DeclaredReads;
import dev.headwater.pipelines.project.Origin;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes as people and programs read them: by reason, those that break somebody first, each with
 * all that reads it.
 *
 * @param unfit targets that don't fit what they read any more
 */
record Told(Project project, String ref, String commit, Set<Target> unfit) {
  private static final int FEW = 4;

  /** A change, and who reads what changed. */
  private record Read(Change change, Reason reason, List<DeclaredReads.Reader> readers) {}

  Answer of(List<Change> changes, DeclaredReads reads) {
    Map<Reason, List<Read>> groups = new EnumMap<>(Reason.class);
    for (Change change : changes) {
      Read read = read(change, reads);
      groups.computeIfAbsent(read.reason(), reason -> new ArrayList<>()).add(read);
    }
    List<Map<String, Object>> data = new ArrayList<>();
    List<Answer.Block> blocks = new ArrayList<>();
    long breaking =
        groups.entrySet().stream()
            .filter(g -> g.getKey().breaking())
            .mapToLong(g -> g.getValue().size())
            .sum();
    blocks.add(new Answer.Block.Line(head(breaking, changes.size() - breaking)));
    groups.forEach(
        (reason, group) -> {
          String mark = reason.breaking() ? "  BREAKS " : "  ";
          blocks.add(new Answer.Block.Line(mark + reason.sentence()));
          for (Read read : group) {
            data.add(data(read));
            blocks.add(
                new Answer.Block.Line(
                    ("    " + read.change().subject() + "  " + read.change().what())
                        .stripTrailing()));
            read.readers().forEach(r -> blocks.add(new Answer.Block.Line(line(r))));
          }
        });
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("project", project.name());
    facts.put("against", ref);
    facts.put("commit", commit);
    facts.put("breaking", breaking > 0);
    facts.put("changes", data);
    return new Answer(blocks, facts, breaking > 0 ? Against.BREAKING : 0);
  }

  private String head(long breaking, long others) {
    String beside =
        project.name()
            + " beside "
            + ref
            + " ("
            + commit.substring(0, Math.min(12, commit.length()))
            + "): ";
    if (breaking + others == 0) {
      return beside + "nothing that others see has changed.";
    }
    return beside
        + (breaking == 1
            ? "1 change breaks"
            : (breaking == 0 ? "no change" : breaking + " changes")
                + (breaking == 0 ? " breaks" : " break"))
        + ", "
        + others
        + (others == 1 ? " does not." : " do not.");
  }

  private static Read read(Change change, DeclaredReads reads) {
    Reason reason = change.reason();
    boolean looks = reason.breaking() || reason == Reason.RECOMPUTED;
    List<DeclaredReads.Reader> readers =
        !looks || reason == Reason.UNFIT || reason == Reason.TIGHTENED
            ? List.of()
            : reads.of(
                change.column() == null
                    ? reads.all(change.target())
                    : Set.of(new DeclaredReads.Ref(change.target().name(), change.column())));
    boolean learned =
        reason == Reason.RECOMPUTED
            && readers.stream().anyMatch(r -> r.target().kind() == Target.Kind.MODEL);
    return new Read(change, learned ? Reason.LEARNED : reason, readers);
  }

  private String line(DeclaredReads.Reader reader) {
    List<String> parts = new ArrayList<>();
    if (!reader.columns().isEmpty()) {
      parts.add(few(reader.columns()));
    }
    if (!reader.steers().isEmpty()) {
      parts.add("by " + String.join(", ", reader.steers()));
    }
    if (unfit.contains(reader.target())) {
      parts.add("does not fit any more");
    }
    return ("      read by "
        + reader.target()
        + (parts.isEmpty() ? "" : ": " + String.join("; ", parts)));
  }

  private static String few(List<String> names) {
    int more = names.size() - FEW;
    return more <= 1
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, FEW)) + " and " + more + " more";
  }

  private Map<String, Object> data(Read read) {
    Change change = read.change();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("target", change.target().toString());
    facts.put("column", change.column());
    facts.put("reason", read.reason().word());
    facts.put("breaking", read.reason().breaking());
    facts.put("what", change.what());
    Origin origin = project.origin();
    String path = change.target().path();
    if (origin.line(path).isPresent()) {
      facts.put("file", origin.file(path));
      facts.put("line", origin.line(path).getAsInt());
    }
    facts.put(
        "readers",
        read.readers().stream()
            .map(
                r -> {
                  Map<String, Object> reader = new LinkedHashMap<>();
                  reader.put("target", r.target().toString());
                  reader.put("columns", r.columns());
                  reader.put("steers", r.steers());
                  reader.put("fits", !unfit.contains(r.target()));
                  return reader;
                })
            .toList());
    return facts;
  }
}

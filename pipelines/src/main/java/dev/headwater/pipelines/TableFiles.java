package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.ingest.LandedFiles;
import dev.headwater.ingest.SourceFile;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * The files of a table's source: those that are there now, those that a run has pinned, and those
 * whose rows the table has already.
 */
final class TableFiles {
  /** The parameter of a run that holds what its table's columns could become. */
  static final String POLICY = "schema";

  private final Stages stages;
  private final TableDecl table;
  private final HeldFiles held;

  TableFiles(Stages stages, Target target, TableDecl table, TableOutput output) {
    this.stages = stages;
    this.table = table;
    this.held = new HeldFiles(stages, target, output);
  }

  /** The versions of files that a run beginning now would read. */
  List<Edge> inputs() {
    SourceStore.Look look = store().look();
    Map<String, Edge> all = new LinkedHashMap<>();
    if (table.write().mode().keeps()) {
      // What the table holds came from files that are gone by now, too.
      held.all().forEach(edge -> all.put(edge.name(), edge));
    } else {
      // A file that is being written again is for now what the table has of it.
      held.standing().map(Run::inputs).orElse(List.of()).stream()
          .filter(edge -> look.young().contains(edge.name()))
          .forEach(edge -> all.put(edge.name(), edge));
    }
    look.settled().forEach((name, file) -> all.put(name, new Edge("file", name, file.version())));
    return List.copyOf(all.values());
  }

  /**
   * Why there is no file to read yet; empty if there is one, or if the table has all it needs.
   *
   * @throws HeadwaterException DATA if there is none, and nobody said that there may be some later
   */
  Optional<String> waits() {
    SourceStore.Look look = store().look();
    if (!look.settled().isEmpty() || (table.write().mode().keeps() && !held.all().isEmpty())) {
      return Optional.empty();
    }
    if (!look.young().isEmpty()) {
      int files = look.young().size();
      return Optional.of(
          "waits: " + (files == 1 ? "a file is" : files + " files are") + " being written");
    }
    if (stages.again() && held.standing().isEmpty()) {
      return Optional.of("waits for files");
    }
    throw new HeadwaterException(
        HeadwaterException.Kind.DATA,
        "Cannot read " + String.join(", ", store().source().paths()) + ": there is no such file.",
        "check the source's path in the project file; it begins at the project's folder.");
  }

  /** The files that the table holds already, where all it needs is the new ones. */
  Set<Edge> landed(Run run) {
    if (table.write().mode() == Write.Mode.REPLACE) {
      return Set.of();
    }
    if (table.write().mode().keeps()) {
      return held.all();
    }
    Optional<Run> last = held.standing();
    if (last.isEmpty()) {
      return Set.of();
    }
    Set<Edge> before = new HashSet<>(last.get().inputs());
    if (!held.says(before)
        || !last.get().stageVersion().equals(run.stageVersion())
        || !sameRows(last.get(), run)
        || unfit(last.get())
        || !held.isNewest(last.get())) {
      return Set.of();
    }
    Set<Edge> now = new HashSet<>(run.inputs());
    return now.containsAll(before) && now.size() > before.size() ? before : Set.of();
  }

  /**
   * What the snapshot of a run is to say.
   *
   * @param came the files whose rows come
   * @param append whether the table's other rows stay
   */
  Map<String, String> summary(Run run, Table into, Map<Edge, SourceFile> came, boolean append) {
    Map<String, LandedFiles.Landed> more = new LinkedHashMap<>();
    came.forEach((edge, file) -> more.put(edge.name(), landed(file)));
    LandedFiles before = LandedFiles.none();
    if (append || table.write().mode().keeps()) {
      before = held.files();
      more.entrySet().removeAll(Set.copyOf(before.files().entrySet()));
      Map<String, SourceFile> now = all();
      renamed(run).keySet().forEach(name -> more.put(name, landed(now.get(name))));
    }
    return before.and(more).summary(into, run.id().toString());
  }

  private static LandedFiles.Landed landed(@Nullable SourceFile of) {
    SourceFile file = Objects.requireNonNull(of);
    return new LandedFiles.Landed(file.size(), file.version());
  }

  /**
   * Files whose content the table has under a name that is no more, where the rows of files that
   * went stay: new name to old.
   */
  Map<String, String> renamed(Run run) {
    if (!table.write().mode().keeps() || table.write().mode() == Write.Mode.REPLACE) {
      return Map.of();
    }
    SourceStore.Look look = store().look();
    Map<String, LandedFiles.Landed> there = new LinkedHashMap<>();
    held.all().forEach(e -> there.put(e.name(), new LandedFiles.Landed(-1, e.version())));
    Map<String, SourceFile> come = new LinkedHashMap<>(look.settled());
    come.entrySet()
        .removeIf(
            file ->
                there.containsKey(file.getKey())
                    || !run.inputs()
                        .contains(new Edge("file", file.getKey(), file.getValue().version())));
    return LandedFiles.none().and(there).renamed(come, look.settled().keySet(), look.young());
  }

  /** The run's files as they were when it began, but for those whose rows stay anyway. */
  Map<Edge, SourceFile> pinned(Run run, Set<Edge> landed) {
    Write.Mode mode = table.write().mode();
    Map<String, SourceFile> now = all();
    Set<String> before = new HashSet<>();
    landed.forEach(edge -> before.add(edge.name()));
    Set<String> renamed = renamed(run).keySet();
    Map<Edge, SourceFile> out = new LinkedHashMap<>();
    for (Edge edge : run.inputs()) {
      if (mode.keeps() && (landed.contains(edge) || renamed.contains(edge.name()))) {
        continue;
      }
      SourceFile file = now.get(edge.name());
      if (file == null && landed.contains(edge)) {
        // It is being written again; its rows stay.
        continue;
      }
      if (file == null || !file.version().equals(edge.version())) {
        throw new HeadwaterException(
            HeadwaterException.Kind.DATA,
            "Cannot ingest " + edge.name() + ": it has changed since the run began.",
            "let whatever writes it finish, then run again.");
      }
      if (mode == Write.Mode.APPEND && before.contains(edge.name())) {
        throw new HeadwaterException(
            HeadwaterException.Kind.DATA,
            "Cannot append " + edge.name() + ": it has changed since its rows were appended.",
            "give new rows a file of their own, or declare write: mirror, overwrite or upsert.");
      }
      out.put(edge, file);
    }
    return out;
  }

  /**
   * The files that the table has rows of, as they are now.
   *
   * @throws HeadwaterException REFUSED if one of them is gone
   */
  Map<Edge, SourceFile> again() {
    SourceStore.Look look = store().look();
    Map<Edge, SourceFile> out = new LinkedHashMap<>();
    for (Edge edge : held.all()) {
      SourceFile file = look.settled().get(edge.name());
      if (file == null && look.young().contains(edge.name())) {
        throw new HeadwaterException(
            HeadwaterException.Kind.REFUSED,
            "Cannot read " + edge.name() + " again: it is being written.",
            "let whatever writes it finish, then try again.");
      }
      if (file == null) {
        throw new HeadwaterException(
            HeadwaterException.Kind.REFUSED,
            "Cannot read "
                + edge.name()
                + " again: it is gone, and the rows that "
                + table.name()
                + " has of it would be lost.",
            "put it back, or take the rows out with headwater table delete.");
      }
      out.put(new Edge("file", edge.name(), file.version()), file);
    }
    return out;
  }

  /** What the table holds already. */
  HeldFiles held() {
    return held;
  }

  /** Whether all that a run has to do is to give columns other names. */
  boolean onlyColumns(Run run) {
    Optional<Run> last = held.standing();
    return last.isPresent()
        && table.steps().isEmpty()
        && last.get().stageVersion().equals(run.stageVersion())
        && !last.get().declaration().equals(run.declaration())
        && sameRows(last.get(), run)
        && !unfit(last.get())
        && held.isNewest(last.get())
        && Set.copyOf(last.get().inputs()).equals(Set.copyOf(run.inputs()));
  }

  /** Whether rows that a run has put away could be in the table by what is declared now. */
  boolean unfit(Run run) {
    return !table.write().mode().keeps()
        && run.metrics().getOrDefault(Shaping.UNFIT, 0.0) > 0
        && !policy().equals(run.parameters().getOrDefault(POLICY, ""));
  }

  String policy() {
    return table.schema().toString();
  }

  private boolean sameRows(Run before, Run now) {
    return before.declaration().equals(now.declaration())
        || (table.steps().isEmpty()
            && Staleness.sameBut(
                Set.of(POLICY),
                before.parameters().getOrDefault(Staleness.DECLARATION, "{}"),
                now.parameters().getOrDefault(Staleness.DECLARATION, "{}")));
  }

  /** The files that are there now and that nobody is writing any more, by name. */
  Map<String, SourceFile> all() {
    return store().look().settled();
  }

  private SourceStore store() {
    return new SourceStore(
        stages, Objects.requireNonNull(stages.project().sources().get(table.from())));
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.ClientSettings;
import dev.headwater.lineage.Destination;
import dev.headwater.lineage.FlushReport;
import dev.headwater.lineage.Journal;
import dev.headwater.lineage.LineageException;
import dev.headwater.lineage.Sender;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Questions about runs and lineage. */
final class Answers {
  private static final Duration FLUSH = Duration.ofSeconds(30);
  private static final long ROOM = 1L << 30;

  private final Stages stages;
  private final Journal journal;

  Answers(Stages stages, Journal journal) {
    this.stages = stages;
    this.journal = journal;
  }

  Answer runs(@Nullable Target target, int limit) {
    List<List<String>> rows = new ArrayList<>();
    List<Object> data = new ArrayList<>();
    for (Run run : stages.workspace().registry().runs().list(stages.project().name(), limit)) {
      if (target != null && !run.target().equals(target.toString())) {
        continue;
      }
      Double seconds = run.metrics().get("seconds");
      String end = run.outputs().isEmpty() ? "" : run.outputs().get(0).toString();
      rows.add(
          List.of(
              run.id().toString(),
              run.stage(),
              run.target(),
              run.status().name().toLowerCase(Locale.ROOT),
              run.started().toString(),
              seconds == null ? "" : String.format(Locale.ROOT, "%.1f s", seconds),
              run.error() == null ? end : run.error()));
      data.add(facts(run));
    }
    return Answer.of(
        Map.of("runs", data),
        new Answer.Block.Grid(
            List.of("run", "stage", "target", "status", "started", "took", "what"), rows));
  }

  private static Map<String, Object> facts(Run run) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("id", run.id().toString());
    facts.put("parent", run.parent() == null ? null : run.parent().toString());
    facts.put("stage", run.stage());
    facts.put("target", run.target());
    facts.put("status", run.status().name().toLowerCase(Locale.ROOT));
    facts.put("started", run.started().toString());
    facts.put("ended", run.ended() == null ? null : run.ended().toString());
    facts.put("inputs", run.inputs().stream().map(Object::toString).toList());
    facts.put("outputs", run.outputs().stream().map(Object::toString).toList());
    facts.put("metrics", run.metrics());
    facts.put("error", run.error());
    return facts;
  }

  Answer lineageStatus() {
    Journal.Counts counts = journal.counts();
    Map<String, Object> data = new LinkedHashMap<>();
    Map<String, String> lines = new LinkedHashMap<>();
    try {
      ClientSettings settings = settings();
      data.put("server", settings.origin());
      lines.put("server", settings.origin());
    } catch (LineageException e) {
      data.put("server", e.getMessage());
      lines.put("server", e.getMessage());
    }
    data.put("pending", counts.pending());
    data.put("delivered", counts.delivered());
    data.put("parked", counts.parked());
    lines.put("pending", Stages.grouped(counts.pending()));
    lines.put("delivered", Stages.grouped(counts.delivered()));
    lines.put("parked", Stages.grouped(counts.parked()));
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(new Answer.Block.Facts(lines));
    for (Journal.Entry entry : journal.parked(5)) {
      blocks.add(
          new Answer.Block.Line("event " + entry.sequence() + " was refused: " + entry.answer()));
    }
    for (Journal.Entry entry : journal.pending(1)) {
      if (entry.answer() != null && !entry.answer().isEmpty()) {
        blocks.add(new Answer.Block.Line("the last attempt failed: " + entry.answer()));
      }
    }
    return Answer.of(data, blocks);
  }

  Answer lineageFlush() {
    Destination destination;
    try {
      ClientSettings settings = settings();
      Optional<Destination> open = settings.open();
      if (open.isEmpty()) {
        throw ProjectLauncher.nothing(
            "There is nowhere to send lineage events: " + settings.origin() + ".",
            "set OPENLINEAGE_URL, or put an openlineage.yml into the project's folder.");
      }
      destination = open.get();
    } catch (LineageException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          Objects.requireNonNullElse(e.getMessage(), "openlineage.yml cannot be read."),
          "mend openlineage.yml.",
          e);
    }
    try (Sender sender = Sender.start(journal, destination)) {
      FlushReport report = sender.flush(FLUSH);
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("delivered", report.delivered());
      data.put("pending", report.pending());
      data.put("parked", report.parked());
      data.put("last_error", report.lastError());
      String text =
          Stages.grouped(report.delivered())
              + " delivered, "
              + Stages.grouped(report.pending())
              + " pending, "
              + Stages.grouped(report.parked())
              + " parked"
              + (report.lastError() == null ? "" : ": " + report.lastError());
      int status = report.pending() > 0 ? HeadwaterException.Kind.UNREACHABLE.exitStatus() : 0;
      return new Answer(List.of(new Answer.Block.Line(text)), data, status);
    }
  }

  private ClientSettings settings() {
    return ClientSettings.read(stages.project().origin().folder());
  }

  /** Whether a catalog answers, and lists the namespaces that sources name. */
  private String reached(String name) {
    CatalogDecl declared = Objects.requireNonNull(stages.project().catalogs().get(name));
    String access = declared.access() == CatalogDecl.Access.WRITE ? "write" : "read";
    try {
      List<TableRef> tables =
          stages.project().sources().keySet().stream()
              .flatMap(source -> stages.project().foreign(source).stream())
              .filter(ref -> ref.catalog().equals(name))
              .toList();
      TableRef any = new TableRef(name, "headwater", "doctor");
      stages.workspace().catalog(any).list("headwater");
      List<String> missing =
          tables.stream()
              .filter(ref -> stages.workspace().catalog(ref).find(ref).isEmpty())
              .map(TableRef::toString)
              .toList();
      return declared.config().where()
          + ", "
          + access
          + (missing.isEmpty() ? "" : ", without " + String.join(", ", missing));
    } catch (HeadwaterException e) {
      return "not reached: " + e.what() + " " + e.fix();
    }
  }

  Answer doctor() {
    Map<String, String> lines = new LinkedHashMap<>();
    boolean well = true;
    lines.put("java", System.getProperty("java.version") + ", " + System.getProperty("java.home"));
    lines.put("engine", stages.engine().name() + " " + stages.engine().version());
    lines.put("catalog", stages.workspace().catalog().config().where());
    for (String name : stages.project().catalogs().keySet()) {
      if (!name.equals(TableRef.DEFAULT_CATALOG)) {
        String said = reached(name);
        well &= !said.startsWith("not reached");
        lines.put("catalog " + name, said);
      }
    }
    try {
      long room = Files.getFileStore(stages.workspace().home()).getUsableSpace();
      boolean enough = room > ROOM;
      well &= enough;
      lines.put(
          "disk",
          Stages.grouped(room >> 20)
              + " MiB free"
              + (enough ? "" : ": too little, make room for runs and tables"));
    } catch (IOException e) {
      well = false;
      lines.put("disk", "cannot be read: " + e.getMessage());
    }
    lines.put("heap", Stages.grouped(Runtime.getRuntime().maxMemory() >> 20) + " MiB");
    lines.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    Map<String, Object> data = new LinkedHashMap<>(lines);
    data.put("well", well);
    return new Answer(List.of(new Answer.Block.Facts(lines)), data, well ? 0 : 1);
  }
}

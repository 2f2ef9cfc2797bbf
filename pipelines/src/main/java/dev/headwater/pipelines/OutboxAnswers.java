package dev.headwater.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.lineage.ClientSettings;
import dev.headwater.lineage.Destination;
import dev.headwater.lineage.FlushReport;
import dev.headwater.lineage.Journal;
import dev.headwater.lineage.LineageException;
import dev.headwater.lineage.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Questions about lineage's outbox. */
final class OutboxAnswers {
  private static final Duration FLUSH = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Stages stages;
  private final RegistryJournal journal;

  OutboxAnswers(Stages stages, RegistryJournal journal) {
    this.stages = stages;
    this.journal = journal;
  }

  Answer status() {
    Journal.Counts counts = journal.counts();
    long delivered = journal.sent();
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
    data.put("delivered", delivered);
    data.put("parked", counts.parked());
    lines.put("pending", Stages.grouped(counts.pending()));
    lines.put("delivered", Stages.grouped(delivered));
    lines.put("parked", Stages.grouped(counts.parked()));
    Optional<String> sender = journal.leader();
    sender.ifPresent(
        who -> {
          data.put("sender", who);
          lines.put("sender", who);
        });
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

  Answer flush() {
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
      FlushReport report = sender.drain(FLUSH);
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

  Answer parked(int limit) {
    List<Object> data = new ArrayList<>();
    List<Answer.Block> blocks = new ArrayList<>();
    for (Journal.Entry entry : journal.parked(limit)) {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("event", entry.sequence());
      event.put("attempts", entry.attempts());
      event.put("answer", entry.answer());
      event.put("payload", entry.payload());
      data.add(event);
      blocks.add(new Answer.Block.Line("event " + entry.sequence() + ": " + entry.answer()));
      blocks.add(new Answer.Block.Line("  " + told(entry.payload())));
    }
    long all = journal.counts().parked();
    if (data.isEmpty()) {
      blocks.add(new Answer.Block.Line("No event is parked."));
    } else {
      String more = all > data.size() ? "%,d more. ".formatted(all - data.size()) : "";
      blocks.add(new Answer.Block.Line(more + "Once the cause is mended: headwater lineage retry"));
    }
    return Answer.of(Map.of("parked", data, "all", all), blocks);
  }

  /** Which event it is, in a few words. */
  private static String told(String payload) {
    try {
      JsonNode event = JSON.readTree(payload);
      return event.path("eventType").asText()
          + " of "
          + event.at("/job/name").asText()
          + ", run "
          + event.at("/run/runId").asText();
    } catch (JsonProcessingException e) {
      return "no JSON";
    }
  }

  Answer retry(@Nullable Long event) {
    List<Journal.Entry> first = journal.parked(1);
    if (event == null && first.isEmpty()) {
      return Answer.of(Map.of("pending", 0), new Answer.Block.Line("No event is parked."));
    }
    long from = event == null ? first.get(0).sequence() : event;
    int pending = journal.rewind(from);
    if (pending == 0) {
      throw ProjectLauncher.nothing(
          "There is no event " + from + ", nor one after it, that was delivered or parked.",
          "take a number of headwater lineage parked.");
    }
    return Answer.of(
        Map.of("from", from, "pending", pending),
        new Answer.Block.Line(
            "%s from %d on will be sent again. Next: headwater lineage flush"
                .formatted(pending == 1 ? "1 event" : Stages.grouped(pending) + " events", from)));
  }

  private ClientSettings settings() {
    return ClientSettings.read(stages.project().origin().folder());
  }
}

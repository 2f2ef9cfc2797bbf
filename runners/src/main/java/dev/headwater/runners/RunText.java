package dev.headwater.runners;

import dev.headwater.pipelines.RunEvent;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.UpkeepStep;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The words of a run. */
final class RunText {
  private static final String DIM = "\u001b[2m";
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  private RunText() {}

  /** " ingest flights ". */
  static String head(Target target) {
    return "  " + Blocks.pad(target.kind().stage(), 8) + "  " + Blocks.pad(target.name(), 15);
  }

  /** A stage's result; a failure has lines of its own under it. */
  static List<String> lines(StageResult result, boolean colour) {
    List<String> lines = new ArrayList<>();
    switch (result.status()) {
      case DONE -> {
        String rows = result.rows() < 0 ? "" : RunScreen.count(result.rows()) + " rows";
        lines.add(
            (head(result.target())
                    + " ".repeat(Math.max(1, 16 - rows.length()))
                    + rows
                    + "   "
                    + Blocks.pad(result.note(), 31)
                    + Blocks.pad("", Math.max(0, 9 - seconds(result).length()))
                    + seconds(result)
                    + "   "
                    + result.made())
                .stripTrailing());
      }
      case FRESH -> lines.add(tinted(quiet(result, "fresh"), DIM, colour));
      case SENT -> lines.add(quiet(result, "sent"));
      case SKIPPED -> lines.add(tinted(quiet(result, "skipped"), DIM, colour));
      case FAILED -> {
        lines.add(tinted(head(result.target()) + " failed after " + seconds(result), RED, colour));
        if (result.failure() != null) {
          Failures.lines(result.failure(), null).forEach(line -> lines.add("    " + line));
        }
      }
    }
    return lines;
  }

  /** A step of maintenance; a failure has lines of its own under it. */
  static List<String> lines(UpkeepStep step, boolean colour) {
    List<String> lines = new ArrayList<>();
    String head = head(step);
    if (step.failure() == null) {
      lines.add(head + "  " + step.text());
    } else {
      lines.add(tinted(head + "  failed; the rows are as they were", RED, colour));
      Failures.lines(step.failure(), null).forEach(line -> lines.add("    " + line));
    }
    return lines;
  }

  static String head(UpkeepStep step) {
    return "  " + Blocks.pad(step.step(), 8) + "  " + Blocks.pad(step.table(), 15);
  }

  static Map<String, Object> data(UpkeepStep step) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", step.table());
    data.put("step", step.step());
    data.put("text", step.text());
    data.put("seconds", step.seconds());
    if (step.failure() != null) {
      data.put("error", Failures.error(step.failure(), null));
    }
    return data;
  }

  private static String quiet(StageResult result, String word) {
    String made = result.made().isEmpty() ? "" : "   " + result.made();
    String note = made.isEmpty() ? result.note() : Blocks.pad(result.note(), 40);
    return (head(result.target()) + " ".repeat(16 - word.length()) + word + "   " + note + made)
        .stripTrailing();
  }

  /** " 1,203,000 rows 1,100,000/s 1.6 s left". */
  static String going(RunEvent.Advanced event, long nanos) {
    StringBuilder out = new StringBuilder();
    if (!event.doing().isEmpty()) {
      out.append("  ").append(event.doing());
    }
    double seconds = nanos / 1e9;
    if (event.rows() > 0 && seconds > 0) {
      double rate = event.rows() / seconds;
      out.append("  ").append(RunScreen.count(event.rows()));
      if (event.total() > 0) {
        out.append(" of ").append(RunScreen.count(event.total()));
      }
      out.append(" rows  ").append(RunScreen.count(Math.round(rate))).append("/s");
      if (event.total() > event.rows()) {
        out.append("  ")
            .append(
                String.format(Locale.ROOT, "%.0f s left", (event.total() - event.rows()) / rate));
      }
    }
    return out.toString();
  }

  /** " 1,203,000 rows 12,300/s 240 behind checkpoint 12". */
  static String going(RunEvent.Streamed event) {
    return "  "
        + RunScreen.count(event.rows())
        + " rows  "
        + RunScreen.count(Math.round(event.rate()))
        + "/s"
        + (event.lag() < 0 ? "" : "  " + RunScreen.count(event.lag()) + " behind")
        + (event.doing().isEmpty() ? "" : "  " + event.doing());
  }

  static List<String> ending(RunReport report) {
    List<String> lines = new ArrayList<>();
    if (report.stages().isEmpty() && report.upkeep().isEmpty()) {
      lines.add("Nothing has changed: nothing had to run.");
    }
    if (!report.stages().isEmpty() && report.fresh() && report.upkeep().isEmpty()) {
      lines.add("Everything is fresh: nothing had to run.");
    }
    if (!report.trace().isEmpty()) {
      lines.add("");
      lines.addAll(report.trace());
    }
    if (!report.next().isEmpty()) {
      lines.add("Next: " + String.join(" · ", report.next()));
    }
    return lines;
  }

  /** A run as data. */
  static Map<String, Object> data(RunReport report) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("project", report.header().project());
    data.put("environment", report.header().environment());
    data.put("runner", report.header().runner());
    data.put("cores", report.header().cores());
    data.put("status", report.failed() ? "failed" : report.fresh() ? "fresh" : "done");
    data.put("stages", report.stages().stream().map(RunText::data).toList());
    data.put("upkeep", report.upkeep().stream().map(RunText::data).toList());
    data.put("trace", report.trace());
    data.put("next", report.next());
    return data;
  }

  private static Map<String, Object> data(StageResult stage) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("target", stage.target().toString());
    data.put("stage", stage.target().kind().stage());
    data.put("status", stage.status().name().toLowerCase(Locale.ROOT));
    if (stage.rows() >= 0) {
      data.put("rows", stage.rows());
    }
    data.put("note", stage.note());
    data.put("seconds", stage.seconds());
    data.put("made", stage.made());
    data.put("facts", stage.facts());
    if (stage.failure() != null) {
      data.put("error", Failures.error(stage.failure(), null));
    }
    return data;
  }

  private static String seconds(StageResult result) {
    return String.format(Locale.ROOT, "%.1f s", result.seconds());
  }

  private static String tinted(String text, String tint, boolean colour) {
    return colour ? tint + text + PLAIN : text;
  }
}

package dev.headwater.pipelines.project;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What follows a model in the project file: scores, and monitors of them. */
record ScoreSection(Map<String, ModelDecl> models, Map<String, ScoreDecl> scores) {
  private static final ModelRef NO_MODEL = new ModelRef("", ModelRef.CHAMPION);

  ScoreDecl score(Section s) {
    ModelRef model = s.has("model") ? s.value("model", ModelRef::parse) : null;
    if (!s.has("model")) {
      s.required("model", "<a model>@champion");
    }
    ModelDecl declared = model == null ? null : models.get(model.model());
    String rows = s.text("rows");
    String time = s.text("time");
    String where = s.expression("where");
    if (rows == null && declared != null) {
      rows = declared.rows();
    }
    if (time == null) {
      // A model that is broken or unknown has its own problem.
      time = declared == null ? "" : declared.time();
    }
    return new ScoreDecl(
        s.name(), model == null ? NO_MODEL : model, Values.or(rows, ""), time, where);
  }

  MonitorDecl monitor(Section s) {
    String current = s.required("current", "<scores>");
    String time = s.text("time");
    List<String> columns = s.texts("columns");
    MonitorDecl.Reference reference =
        s.value("reference", text -> MonitorDecl.Reference.parse(text, columns, time));
    if (!s.has("reference")) {
      List.of("time", "columns")
          .forEach(key -> onlyOf(s, key, "a reference", "the model says it of its scores"));
    } else {
      onlyOf(s, "model", "scores", "the reference is a table");
    }
    ModelRef model = s.value("model", ModelRef::parse);
    if (model == null && !s.has("model") && current != null) {
      ScoreDecl score = scores.get(current);
      model = score == null ? NO_MODEL : score.model();
    }
    List<String> periods =
        Arrays.stream(MonitorDecl.Period.values())
            .map(p -> p.name().toLowerCase(Locale.ROOT))
            .toList();
    String by = s.value("by", t -> Values.oneOf(t, periods));
    if (by != null && !by.equals("all") && s.has("reference") && time == null) {
      s.problem("by", "needs the column that it is about. Write time: <a date or timestamp>");
    }
    MonitorDecl.Period unsaid =
        s.has("reference") && time == null ? MonitorDecl.Period.ALL : MonitorDecl.Period.WEEK;
    Double threshold = s.value("threshold", t -> Values.number(t, 0));
    return new MonitorDecl(
        s.name(),
        s.has("reference") ? null : model == null ? NO_MODEL : model,
        Values.or(current, ""),
        by == null ? unsaid : MonitorDecl.Period.valueOf(by.toUpperCase(Locale.ROOT)),
        threshold == null ? MonitorDecl.THRESHOLD : threshold,
        reference);
  }

  private static void onlyOf(Section s, String key, String what, String why) {
    if (s.has(key)) {
      s.problem(key, "is for a monitor of " + what + ": " + why + ". Leave it out");
    }
  }
}

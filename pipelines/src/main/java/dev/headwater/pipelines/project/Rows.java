package dev.headwater.pipelines.project;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows that a file's views and models can name, as far as it has been read. */
record Rows(
    Map<String, SourceDecl> sources, Map<String, TableDecl> tables, Map<String, ScoreDecl> scores) {
  /** The rows' time: as written, or as their table has it; null only with a problem noted. */
  @Nullable String time(Section s, @Nullable String rows) {
    String time = s.text("time");
    if (time != null || rows == null) {
      return time;
    }
    TableDecl table = tables.get(rows);
    ScoreDecl score = scores.get(rows);
    SourceDecl source = sources.get(rows);
    String theirs =
        table != null
            ? table.time()
            : score != null ? score.time() : source != null ? source.time() : "";
    if (theirs == null) {
      s.problem(
          "time", "is missing, and table " + rows + " has none. Write time: <a timestamp column>");
    }
    return theirs;
  }
}

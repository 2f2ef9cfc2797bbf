package dev.headwater.pipelines.project;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows that a file's views and models can name, as far as it has been read. */
record Rows(
    Map<String, SourceDecl> sources,
    Map<String, TableDecl> tables,
    Map<String, DerivedDecl> derived,
    Map<String, ScoreDecl> scores) {
  /** The rows' time: as written, or as their table has it; null only with a problem noted. */
  @Nullable String time(Section s, @Nullable String rows) {
    String time = s.text("time");
    if (time != null || rows == null) {
      return time;
    }
    TableDecl table = tables.get(rows);
    DerivedDecl made = derived.get(rows);
    ScoreDecl score = scores.get(rows);
    SourceDecl source = sources.get(rows);
    String theirs = "";
    if (table != null) {
      theirs = table.time();
    } else if (made != null) {
      theirs = made.time();
    } else if (score != null) {
      theirs = score.time();
    } else if (source != null) {
      theirs = source.time();
    }
    if (theirs == null) {
      s.problem(
          "time", "is missing, and table " + rows + " has none. Write time: <a timestamp column>");
    }
    return theirs;
  }
}

package dev.headwater.runners;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Uses the verbs that people wait for, once each, over a small project of its own: the classes that
 * it has loaded by then are those of the archive that the launcher makes of it.
 */
final class WarmUp {
  private static final String PROJECT =
      """
      project: warm
      sources:
        in: {files: a.csv, columns: {id: long, town: string}}
      tables:
        rides: {from: in}
        towns: {sql: "select town, count(*) as n from rides where id > 0 group by town"}
      """;

  private static final String[][] VERBS = {
    {"--help"},
    {"run", "--help"},
    {"explain"},
    {"run"},
    {"plan"},
    {"runs"},
    {"runs", "-o", "json"},
    {"trace", "rides"},
    {"impact", "rides"},
    {"head", "rides"},
    {"profile", "rides"},
    {"table", "show", "rides"},
    {"table", "history", "rides"},
    {"letters", "rides"},
    {"lineage", "status"},
    {"no-such-verb"},
  };

  private WarmUp() {}

  /** In the empty folder that is named. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Files.writeString(folder.resolve("headwater.yaml"), PROJECT);
    Files.writeString(folder.resolve("a.csv"), "id,town\n1,x\n");
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Screen screen = new Screen(nowhere, nowhere, false, false, false, false);
    for (String[] verb : VERBS) {
      List<String> all = new ArrayList<>(List.of(verb));
      if (!all.contains("--help")) {
        all.addAll(List.of("-C", folder.toString()));
      }
      Session session = new Session(null, Headwater::provider);
      int unused = Headwater.execute(screen, session, all.toArray(String[]::new));
    }
  }
}

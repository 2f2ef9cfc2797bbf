package dev.headwater.runners;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where a command shows what it has.
 *
 * @param out results
 * @param err progress and failures
 * @param live whether err is a terminal, where a line can be drawn over
 * @param colour whether out takes colours
 */
record Screen(
    PrintStream out, PrintStream err, boolean live, boolean colour, boolean json, boolean quiet) {

  /** The process's own; the script says whether they are terminals, since Java can't. */
  static Screen system() {
    boolean out = "1".equals(System.getProperty("headwater.tty.out"));
    boolean err = "1".equals(System.getProperty("headwater.tty.err"));
    String noColour = System.getenv("NO_COLOR");
    boolean dumb = "dumb".equals(System.getenv("TERM"));
    return new Screen(
        utf8(System.out),
        utf8(System.err),
        err && !dumb,
        out && !dumb && (noColour == null || noColour.isEmpty()),
        false,
        false);
  }

  /** As the arguments ask, even if they are wrong: then the failure is still said in JSON. */
  Screen asAsked(List<String> args) {
    boolean asJson = false;
    boolean asQuiet = quiet;
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      String next = i + 1 < args.size() ? args.get(i + 1) : "";
      asQuiet |= arg.equals("-q") || arg.equals("--quiet");
      asJson |= List.of("-ojson", "-o=json", "--output=json").contains(arg);
      asJson |= (arg.equals("-o") || arg.equals("--output")) && next.equalsIgnoreCase("json");
    }
    return new Screen(out, err, live, colour, asJson, asQuiet);
  }

  Screen with(boolean asJson, boolean asQuiet) {
    return new Screen(out, err, live, colour, asJson, asQuiet);
  }

  /** The same with stdout kept for an answer: progress goes to stderr. */
  Screen progressOnly() {
    return new Screen(err, err, live, colour && live, json, quiet);
  }

  private static PrintStream utf8(PrintStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }
}

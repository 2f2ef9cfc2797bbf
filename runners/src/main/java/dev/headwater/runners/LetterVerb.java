package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.LetterFilter;
import dev.headwater.pipelines.LetterTask;
import dev.headwater.pipelines.Progress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The rows that could not be in a table: looked at, mended, tried again. */
@Command(
    name = "letters",
    description = "Show a table's dead letters, count them, or try them again.",
    footer = {
      "",
      "After the table: show (without a word), summary, export, replay.",
      "",
      "A replay tries letters with the decoder, the columns and the contract of today. Rows that",
      "are fine come into the table once; the others stay letters, with today's reason.",
      "",
      "To mend some: export --to FILE, change raw or row in it, replay --file FILE.",
      "",
      "Examples:",
      "  headwater letters flights summary --since 2001-06-01",
      "  headwater letters flights replay --code min --dry-run"
    })
final class LetterVerb extends LookVerbs.OfTarget {
  private static final List<String> WORDS = List.of("show", "summary", "export", "replay");

  @Option(
      names = {"-n", "--limit", "--rows"},
      paramLabel = "N",
      converter = Count.class,
      description = "Show so many; 10 by default.")
  private int limit = 10;

  @Option(
      names = "--code",
      paramLabel = "CODE",
      description = "Only letters that broke such a rule; may be given again.")
  private List<String> codes = new ArrayList<>();

  @Option(names = "--column", paramLabel = "NAME", description = "Only rules about this column.")
  private @Nullable String column;

  @Option(
      names = "--source",
      paramLabel = "FILE",
      description = "Only of this file, topic or transform; its end will do.")
  private @Nullable String source;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = Moment.class,
      description = "Only of runs that began then or later.")
  private @Nullable Instant since;

  @Option(names = "--run", paramLabel = "ID", description = "Only of this run.")
  private @Nullable String run;

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description = "Only where it is true, over the letters' columns.")
  private @Nullable String where;

  @Option(names = "--all", description = "Also those whose rows are in the table by now.")
  private boolean all;

  @Option(names = "--to", paramLabel = "FILE", description = "Where to export to.")
  private @Nullable Path to;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Replay the letters of an export, with the rows as they stand there.")
  private @Nullable Path file;

  @Option(names = "--dry-run", description = "Only say what a replay would do.")
  private boolean dryRun;

  @Mixin private ConfirmOption confirmed = new ConfirmOption();

  @Mixin private WaitOption wait = new WaitOption();

  @Override
  public Integer call() {
    List<String> given = new ArrayList<>(arguments());
    String last = given.isEmpty() ? "" : given.get(given.size() - 1);
    String word = given.size() > 1 && WORDS.contains(last) ? last : "show";
    if (given.size() > 1 && WORDS.contains(last)) {
      given.remove(given.size() - 1);
    }
    Named named = namedOfLetters(given);
    LetterTask task = task(word);
    Progress progress = new RunScreen(screen().progressOnly(), System::nanoTime);
    LaunchOptions options = wait.in(LaunchOptions.DEFAULT).confirm(confirmed.environment());
    try (Launcher launcher = session().open(named.project(), options)) {
      return show(launcher.letters(named.target(), task, progress));
    }
  }

  private LetterTask task(String word) {
    LetterFilter which = new LetterFilter(codes, column, source, since, run, where, all);
    if (!word.equals("replay") && (dryRun || file != null)) {
      throw wrong("--dry-run and --file are for replay.", "write headwater letters TABLE replay.");
    }
    if (!word.equals("export") && to != null) {
      throw wrong("--to is for export.", "write headwater letters TABLE export --to FILE.");
    }
    return switch (word) {
      case "summary" -> new LetterTask.Summary(which);
      case "replay" -> new LetterTask.Replay(which, file, dryRun);
      case "export" -> {
        if (to == null) {
          throw wrong("Where to?", "write headwater letters TABLE export --to FILE.");
        }
        yield new LetterTask.Export(which, to);
      }
      default -> new LetterTask.Show(which, limit);
    };
  }

  private static HeadwaterException wrong(String what, String fix) {
    return new HeadwaterException(HeadwaterException.Kind.USAGE, what, fix);
  }
}

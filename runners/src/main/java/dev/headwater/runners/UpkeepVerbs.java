package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.compact.CompactRule;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.TableTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What keeps a table small and quick. */
final class UpkeepVerbs {
  private UpkeepVerbs() {}

  /** {@code 7d}, {@code 12h}, {@code 30m}, {@code 90s}. */
  static final class Age implements ITypeConverter<Duration> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,6})\\s*([dhms])");

    @Override
    public Duration convert(String text) {
      Matcher m = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
      if (!m.matches()) {
        throw new TypeConversionException("'" + text + "' is no age; write 7d, 12h or 30m");
      }
      long n = Long.parseLong(m.group(1));
      return switch (m.group(2)) {
        case "d" -> Duration.ofDays(n);
        case "h" -> Duration.ofHours(n);
        case "m" -> Duration.ofMinutes(n);
        default -> Duration.ofSeconds(n);
      };
    }
  }

  /** {@code 512m}, {@code 1g}, or bytes. */
  static final class Size implements ITypeConverter<Long> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,12})\\s*([kmg]?)(?:i?b)?");

    @Override
    public Long convert(String text) {
      Matcher m = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
      if (!m.matches()) {
        throw new TypeConversionException("'" + text + "' is no size; write 512m or 1g");
      }
      int shift = " kmg".indexOf(m.group(2).isEmpty() ? " " : m.group(2)) * 10;
      return Long.parseLong(m.group(1)) << shift;
    }
  }

  /** Fewer files. */
  @Command(
      name = "compact",
      description = "Rewrite a table's small files into few, or all of them in order.",
      footer = {
        "",
        "Options of Beam and its runner (--targetParallelism=4) are passed on.",
        "",
        "Examples:",
        "  headwater table compact tag:hourly",
        "  headwater table compact flights --sort \"origin, date desc\" --where \"date >= date"
            + " '2001-06-01'\""
      })
  static final class Compact extends RunVerbs.Running {
    @Option(names = "--where", paramLabel = "SQL", description = "Only files that may match.")
    private @Nullable String where;

    @Option(
        names = "--sort",
        paramLabel = "COLUMNS",
        description = "All files in this order; without it the table's own, for small ones.")
    private String sort = "";

    @Option(
        names = "--target-size",
        paramLabel = "SIZE",
        converter = Size.class,
        description = "Of a new file (512m); otherwise as the table says.")
    private long target;

    @Option(
        names = "--min-files",
        paramLabel = "N",
        description = "Leave fewer small files of a partition alone; 5 by default.")
    private int minFiles = CompactRule.MIN_FILES;

    @Option(names = "--dry-run", description = "Only say what it would do.")
    private boolean dryRun;

    @Mixin private WaitOption wait = new WaitOption();

    @Override
    public Integer call() {
      Tables tables = tables(arguments());
      if (minFiles < 1) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE, "--min-files " + minFiles + ".", "write 1 or more.");
      }
      TableTask task = new TableTask.Compact(where, columns(sort), target, minFiles);
      Progress progress = new RunScreen(screen().progressOnly(), System::nanoTime);
      return askEach(
          tables.project(),
          tables.targets(),
          wait.in(options()),
          (l, table) -> l.table(table, task, dryRun, progress));
    }

    /** Commas within brackets part nothing. */
    private static List<String> columns(String text) {
      List<String> out = new ArrayList<>();
      int depth = 0;
      int from = 0;
      for (int i = 0; i <= text.length(); i++) {
        char c = i == text.length() ? ',' : text.charAt(i);
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == ',' && (depth <= 0 || i == text.length())) {
          String part = text.substring(from, i).strip();
          if (!part.isEmpty()) {
            out.add(part);
          }
          from = i + 1;
        }
      }
      return out;
    }
  }

  /** Fewer snapshots. */
  @Command(
      name = "expire",
      description = "Forget a table's old snapshots, and delete the files that only they have.",
      footer = {
        "",
        "Tagged ones stay, so do the newest of each sink and what an open run may need.",
        "",
        "Examples:",
        "  headwater table expire 'shop_*' --dry-run",
        "  headwater table expire flights --older-than 7d --keep 10 --yes"
      })
  static final class Expire extends ChangeVerb.Asking {
    @Option(
        names = "--older-than",
        paramLabel = "AGE",
        converter = Age.class,
        description = "7d by default.")
    private Duration olderThan = Duration.ofDays(7);

    @Option(names = "--keep", paramLabel = "N", description = "The newest N stay; 10 by default.")
    private int keep = 10;

    @Override
    public Integer call() {
      Tables tables = tables();
      if (keep < 1) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "--keep " + keep + ": the newest snapshot is the table.",
            "write --keep 1 or more.");
      }
      return destroy(tables, new TableTask.Expire(olderThan, keep));
    }
  }

  /** Fewer forgotten files. */
  @Command(
      name = "orphans",
      description = "List files of a table that nothing refers to; delete them with --yes.",
      footer = {
        "",
        "Files must be older than three days and than twice the longest run.",
        "",
        "Examples:",
        "  headwater table orphans flights",
        "  headwater table orphans flights --older-than 7d --yes"
      })
  static final class Orphans extends ChangeVerb {
    @Option(
        names = "--older-than",
        paramLabel = "AGE",
        converter = Age.class,
        description = "As young as is safe by default.")
    private @Nullable Duration olderThan;

    @Option(
        names = {"-y", "--yes"},
        description = "Delete them.")
    private boolean yes;

    @Mixin private ConfirmOption confirmed = new ConfirmOption();

    @Override
    public Integer call() {
      Tables tables = tables();
      TableTask task = new TableTask.Orphans(olderThan);
      return with(
          tables,
          LaunchOptions.DEFAULT.confirm(confirmed.environment()),
          (l, table) -> l.table(table, task, dryRun() || !yes, progress()));
    }
  }

  /** Fewer manifests. */
  @Command(
      name = "rewrite-manifests",
      description = "Gather a table's many small manifests to few.",
      footer = {
        "",
        "Examples:",
        "  headwater table rewrite-manifests flights",
        "  headwater table rewrite-manifests flights --dry-run"
      })
  static final class Manifests extends ChangeVerb {
    @Override
    public Integer call() {
      return change(tables(), new TableTask.Manifests());
    }
  }
}

package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.PlaySpec;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Rows of the past into a topic, as if they came now. */
@Command(
    name = "play",
    description =
        "Play a table's rows into a Kafka topic, in the order and the pace of their time.",
    footer = {
      "",
      "Examples:",
      "  headwater play examples/flights --from 2001-06-01 --speed 3600",
      "  headwater play flights --to 2001-06-01 --speed max --key origin"
    })
final class PlayVerb extends LookVerbs.OfTarget {
  private static final long EVERY_LIVE = 200_000_000L;
  private static final long EVERY_PLAIN = 10_000_000_000L;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = Moment.class,
      description = "Rows from this event time on: 2001-06-01, 2001-06-01T12:00:00Z.")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = Moment.class,
      description = "Rows before this event time.")
  private @Nullable Instant to;

  @Option(
      names = "--speed",
      paramLabel = "N",
      converter = Speed.class,
      description = "N seconds of event time in one; max: as fast as it goes. 1 by default.")
  private double speed = 1;

  @Option(
      names = "--servers",
      paramLabel = "HOST:PORT",
      description = "Kafka's; localhost:9092 by default.")
  private String servers = "localhost:9092";

  @Option(
      names = "--topic",
      paramLabel = "NAME",
      description = "The topic; the table's name by default. It is made if it is not there.")
  private @Nullable String topic;

  @Option(
      names = "--time",
      paramLabel = "COLUMN",
      description = "The event time; the one that is declared by default.")
  private @Nullable String time;

  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      description = "The records' key: those of one key stay in their order.")
  private @Nullable String key;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      converter = Count.class,
      description = "Of a topic that is made; 1 by default.")
  private int partitions = 1;

  @Option(
      names = "--property",
      paramLabel = "NAME=VALUE",
      description = "One of Kafka's own; a secret as NAME.secret=env/VARIABLE. May be repeated.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Override
  public Integer call() {
    List<String> rest = new ArrayList<>(arguments());
    Project project = project(rest);
    Target target = rest.isEmpty() ? only(project) : table().target();
    PlaySpec spec =
        new PlaySpec(
            target,
            from,
            to,
            speed,
            servers,
            topic == null ? target.name() : topic,
            time,
            key,
            partitions,
            properties);
    RunScreen shown = new RunScreen(screen(), System::nanoTime);
    Answer answer;
    try (Launcher launcher = session().open(project, LaunchOptions.DEFAULT)) {
      answer = launcher.play(spec, progress(target, shown));
    } finally {
      shown.status("");
    }
    return show(answer);
  }

  /** A project with one table of times needs no name. */
  private static Target only(Project project) {
    List<String> timed =
        project.tables().values().stream()
            .filter(table -> table.time() != null)
            .map(TableDecl::name)
            .toList();
    if (timed.size() != 1) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Which table?",
          "name one of " + String.join(", ", project.tables().keySet()) + ".");
    }
    return new Target(Target.Kind.TABLE, timed.get(0));
  }

  private PlaySpec.Watch progress(Target target, RunScreen shown) {
    long began = System.nanoTime();
    long every = screen().live() ? EVERY_LIVE : EVERY_PLAIN;
    long[] drawn = {began};
    return (rows, of, at) -> {
      long now = System.nanoTime();
      if (now - drawn[0] >= every) {
        drawn[0] = now;
        shown.progress(
            String.format(
                Locale.ROOT,
                "  %s  %s  %s of %s rows  %s/s  %s",
                Blocks.pad("play", 8),
                Blocks.pad(target.name(), 15),
                RunScreen.count(rows),
                RunScreen.count(of),
                RunScreen.count(Math.round(rows / ((now - began) / 1e9))),
                at));
      }
    };
  }

  /** A number above zero, or max. */
  static final class Speed implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      try {
        double speed = text.equals("max") ? 0 : Double.parseDouble(text);
        if (speed >= 0 && Double.isFinite(speed)) {
          return speed;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      throw new TypeConversionException("'" + text + "' is no speed; write 1, 3600 or max");
    }
  }
}

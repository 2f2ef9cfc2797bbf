package dev.headwater.runners;

import dev.headwater.pipelines.LaunchOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How long another process that is at the same is waited for. */
final class WaitOption {
  private static final String FOREVER = "forever";

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      arity = "0..1",
      preprocessor = Attached.class,
      converter = Time.class,
      description = {
        "Wait for another process that is at it, with --wait=10m so long at most; otherwise it",
        "fails at once (status 5)."
      })
  private @Nullable Duration atMost;

  /** What is set, and this. */
  LaunchOptions in(LaunchOptions options) {
    return atMost == null ? options : options.patient(atMost);
  }

  /** What stands behind it is a target, unless an = is between them. */
  static final class Attached implements IParameterPreprocessor {
    @Override
    @SuppressWarnings("JdkObsolete") // picocli's own
    public boolean preprocess(
        Stack<String> rest, CommandSpec verb, ArgSpec option, Map<String, Object> info) {
      if (" ".equals(info.get("separator"))) {
        rest.push(FOREVER);
      }
      return false;
    }
  }

  /** A time; without one as long as it takes. */
  static final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return text.equals(FOREVER) ? LaunchOptions.FOREVER : new UpkeepVerbs.Age().convert(text);
    }
  }
}

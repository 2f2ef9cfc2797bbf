package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Question;
import dev.headwater.pipelines.connect.Connect;
import dev.headwater.pipelines.project.Project;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What other tools open the tables with. */
@Command(
    name = "connect",
    description = "Print what opens the project's tables in pyiceberg, duckdb, spark or trino.",
    footer = {
      "",
      "Secrets are named by where they are, never printed.",
      "",
      "Examples:",
      "  headwater connect duckdb | duckdb -init /dev/stdin",
      "  headwater connect spark --catalog prod"
    })
final class ConnectVerb extends Verb {
  @Parameters(paramLabel = "TOOL", arity = "1..2", description = "pyiceberg, duckdb, spark, trino.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--catalog",
      paramLabel = "NAME",
      description = "Another catalog that the project declares; default if unsaid.")
  private @Nullable String catalog;

  @Override
  public Integer call() {
    List<String> rest = new ArrayList<>(arguments);
    Optional<Connect.Client> found = rest.stream().flatMap(a -> client(a).stream()).findFirst();
    found.ifPresent(client -> rest.removeIf(a -> client(a).isPresent()));
    Project project = project(rest);
    if (found.isEmpty() || !rest.isEmpty()) {
      String given = rest.isEmpty() ? "Which tool?" : "There is no way into '" + rest.get(0) + "'.";
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          given,
          "name one of "
              + Arrays.stream(Connect.Client.values())
                  .map(Connect.Client::toString)
                  .collect(Collectors.joining(", "))
              + ".");
    }
    return ask(project, l -> l.ask(new Question.Connect(found.get(), catalog)));
  }

  private static Optional<Connect.Client> client(String text) {
    return Arrays.stream(Connect.Client.values())
        .filter(c -> c.toString().equals(text.toLowerCase(Locale.ROOT)))
        .findFirst();
  }
}

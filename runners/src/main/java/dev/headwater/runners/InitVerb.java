package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.SourceFormat;
import dev.headwater.pipelines.Inference;
import dev.headwater.pipelines.init.Init;
import dev.headwater.pipelines.init.InitSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Begins a project. */
@Command(
    name = "init",
    description = "Make a project with a contract and a first model, from files or a table.",
    footer = {
      "",
      "The data is only read. What is written runs at once; comments say what is a guess, and why.",
      "Without --from it has a few rows that are made up.",
      "",
      "Examples:",
      "  headwater init shop --from data/orders.csv --label returned",
      "  headwater init sales --from prod.sales.orders --time ordered_at"
    })
final class InitVerb extends Verb {
  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "The new folder, and the project's name; by default after the data.")
  private @Nullable Path to;

  @Option(
      names = "--from",
      paramLabel = "PATH|TABLE",
      description = "A file, a folder, a glob, or catalog.namespace.table. May be given again.")
  private List<String> from = List.of();

  @Option(
      names = "--catalog",
      paramLabel = "KEY=VALUE",
      description =
          "How the table's catalog is reached, as Iceberg names it; a secret as"
              + " KEY.secret=env/NAME. May be given again.")
  private Map<String, String> catalog = new LinkedHashMap<>();

  @Option(names = "--time", paramLabel = "COLUMN", description = "When a row happened.")
  private @Nullable String time;

  @Option(
      names = "--label",
      paramLabel = "COLUMN|CONDITION",
      description = "What the model shall tell.")
  private @Nullable String label;

  @Option(
      names = {"-n", "--rows"},
      paramLabel = "N",
      converter = Count.class,
      description = "About how many rows are looked at, at most; 1000000 by default.")
  private int rows = 1_000_000;

  @Option(names = "--java", description = "Declare it in Java too, with a pom.xml and a test.")
  private boolean java;

  @Override
  public Integer call() {
    Path folder = to;
    if (folder == null) {
      if (from.isEmpty()) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "Which folder?",
            "write headwater init DIR, or headwater init --from FILE.");
      }
      String first = from.get(0);
      boolean file = first.contains("/") || SourceFormat.Kind.ofName(first) != null;
      folder = Path.of(Inference.name(file ? first : first.substring(first.lastIndexOf('.') + 1)));
    }
    session().logs().start();
    return show(Init.make(new InitSpec(folder(), folder, from, catalog, time, label, rows, java)));
  }
}

package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.SourceFormat;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.pipelines.Inference;
import dev.headwater.pipelines.TopicInference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds out what files hold. */
@Command(
    name = "ingest",
    description =
        "Print files or a topic as a source and a table, ready to be kept in headwater.yaml.",
    footer = {
      "",
      "Nothing is written, and no project is needed. Tables are filled by `headwater run`.",
      "",
      "Examples:",
      "  headwater ingest --infer data/*.csv --rows 100000 >> headwater.yaml",
      "  headwater ingest --infer --servers localhost:9092 --topic clicks"
    })
final class IngestVerb extends Verb {
  @Parameters(paramLabel = "PATH", arity = "0..*", description = "Files, folders or globs.")
  private List<String> paths = List.of();

  @Option(names = "--infer", description = "Find the columns out, from footers or a sample.")
  private boolean infer;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "What the files are, where neither names nor first bytes say it.")
  private SourceFormat.@Nullable Kind format;

  @Option(names = "--topic", paramLabel = "TOPIC", description = "A Kafka topic instead of files.")
  private @Nullable String topic;

  @Option(
      names = "--servers",
      paramLabel = "HOST:PORT",
      description = "Where the topic's brokers answer; localhost:9092 by default.")
  private String servers = "localhost:9092";

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description = "One of Kafka's; a secret as KEY.secret=env/NAME. May be given again.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(names = "--name", paramLabel = "NAME", description = "The table's name.")
  private @Nullable String name;

  @Option(
      names = {"-n", "--rows"},
      paramLabel = "N",
      converter = Count.class,
      description = "How many rows of each file are looked at; 10000 by default.")
  private int rows = 10_000;

  @Override
  public Integer call() {
    if (!infer || paths.isEmpty() == (topic == null)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          infer
              ? "Which files, or which topic?"
              : "Tables are filled by `headwater run`, not by `ingest`.",
          "write headwater ingest --infer PATH or --infer --topic TOPIC, or headwater run TARGET.");
    }
    if (name != null && !name.toLowerCase(Locale.ROOT).matches("[a-z_][a-z0-9_]*")) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "'" + name + "' can't be a table's name.",
          "begin with a letter; letters, digits and low lines may follow.");
    }
    if (topic != null) {
      String project = Inference.in(folder(), false).project();
      return show(new TopicInference(servers, topic, properties, project).of(name, rows));
    }
    boolean stored = paths.stream().anyMatch(SourceFiles::isStored);
    return show(Inference.in(folder(), stored).of(paths, format, name, rows));
  }
}

package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.project.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A project for Kubernetes. */
@Command(
    name = "manifests",
    description = "Write the project's clusters, streams and runs as resources of Kubernetes.",
    footer = {
      "",
      "They are for the Flink Kubernetes Operator; clusters: {NAME: {kubernetes: ...}} says how.",
      "",
      "Examples:",
      "  headwater manifests --to k8s",
      "  headwater manifests examples/flights -o json"
    })
final class ManifestsVerb extends Verb {
  /** The first line of our files: what is of no use any more is deleted by it. */
  private static final String MARK = "# Written by headwater manifests.\n";

  @Parameters(
      paramLabel = "PROJECT",
      arity = "0..1",
      description = "The project's folder, instead of the one around you.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "A file for each in this folder; otherwise all on stdout.")
  private @Nullable Path folder;

  @Option(
      names = "--schedule",
      paramLabel = "CRON",
      description = "When the project runs; each hour if unsaid.")
  private String schedule = "0 * * * *";

  @Override
  public Integer call() {
    List<String> rest = new ArrayList<>(arguments);
    Project project = project(rest);
    List<Map<String, Object>> all = Manifests.of(project, schedule);
    ProjectPod pod = new ProjectPod(project);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("resources", all);
    data.put("secret", Map.of("name", pod.secret(), "keys", pod.secrets().keySet()));
    List<Answer.Block> blocks = new ArrayList<>();
    if (folder == null) {
      String text = all.stream().map(ManifestsVerb::yaml).collect(Collectors.joining("---\n"));
      blocks.add(new Answer.Block.Line(text.stripTrailing()));
    } else {
      write(folder, all);
      data.put("folder", folder.toString());
      blocks.add(new Answer.Block.Line(all.size() + " resources in " + folder));
    }
    secret(pod);
    return show(Answer.of(data, blocks.toArray(Answer.Block[]::new)));
  }

  /** Secrets never go through us: what is to be in theirs is said beside the result. */
  private void secret(ProjectPod pod) {
    SortedMap<String, String> keys = pod.secrets();
    if (!keys.isEmpty() && !screen().json() && !screen().quiet()) {
      screen().err().println("Secret " + pod.secret() + " must have:");
      keys.forEach((key, what) -> screen().err().println("  " + key + ", " + what));
    }
  }

  /** As it is written into a file. */
  static String yaml(Map<String, Object> resource) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setWidth(200)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .build();
    return new Dump(settings).dumpToString(resource);
  }

  private static void write(Path folder, List<Map<String, Object>> all) {
    try {
      Files.createDirectories(folder);
      try (Stream<Path> there = Files.list(folder)) {
        for (Path old : there.filter(f -> f.toString().endsWith(".yaml")).toList()) {
          if (Files.readString(old).startsWith(MARK)) {
            Files.delete(old);
          }
        }
      }
      int n = 1;
      for (Map<String, Object> resource : all) {
        String kind = String.valueOf(resource.get("kind")).toLowerCase(Locale.ROOT);
        String name =
            resource.get("metadata") instanceof Map<?, ?> of ? String.valueOf(of.get("name")) : "";
        Path file = folder.resolve("%02d-%s-%s.yaml".formatted(n++, kind, name));
        Files.writeString(file, MARK + yaml(resource));
      }
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot write to " + folder + ": " + e.getMessage() + ".",
          "name a folder that can be written.",
          e);
    }
  }
}

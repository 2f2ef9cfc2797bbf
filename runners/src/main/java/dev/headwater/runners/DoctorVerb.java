package dev.headwater.runners;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.Doctor;
import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.Finding;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.Project;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;

/** Checks what is needed. */
@Command(
    name = "doctor",
    description = "Check what this project needs to run, and say how to mend what is wrong.",
    footer = {
      "",
      "Java, memory, disks, natives, GPU, catalogs, registry, topics, lineage, clusters. It changes",
      "nothing. Exit status 1 if runs would fail.",
      "",
      "Examples:",
      "  headwater doctor",
      "  headwater doctor examples/flights --cluster=10.0.0.7:8081 -o json"
    })
final class DoctorVerb extends RunVerbs.Running {
  @Override
  public Integer call() {
    Project project = project(new ArrayList<>(arguments()));
    session().logs().start();
    LaunchOptions options = options();
    Engine engine = EngineLaunchers.engine(project, options);
    List<Finding> found =
        new ArrayList<>(Doctor.examine(project, engine.name() + " " + engine.version()));
    Set<String> clusters = new LinkedHashSet<>(project.clusters().keySet());
    BeamOptions.cluster(options.beam()).ifPresent(clusters::add);
    clusters.forEach(name -> found.add(cluster(project, name)));
    return show(answer(found));
  }

  private static Finding cluster(Project project, String name) {
    String about = "cluster " + name;
    CatalogDecl declared = project.catalogs().get(TableRef.DEFAULT_CATALOG);
    try {
      Engine engine = new ClusterEngine(Cluster.of(name, project.clusters()), List.of(), false);
      engine.check(declared == null ? CatalogConfig.embedded(project.home()) : declared.config());
      return Finding.well(about, engine.name() + ", " + engine.workers() + " slots");
    } catch (HeadwaterException e) {
      return Finding.ill(about, e.what(), e.fix());
    }
  }

  private static Answer answer(List<Finding> found) {
    List<Answer.Block> blocks = new ArrayList<>();
    int width = found.stream().mapToInt(f -> Blocks.width(f.about())).max().orElse(0);
    for (Finding finding : found) {
      String word = finding.state().name().toLowerCase(Locale.ROOT);
      blocks.add(
          new Answer.Block.Line(
              "  "
                  + Blocks.pad(word, 8)
                  + "  "
                  + Blocks.pad(finding.about(), width)
                  + "  "
                  + finding.what()));
      if (!finding.fix().isEmpty()) {
        blocks.add(new Answer.Block.Line(" ".repeat(width + 14) + "Fix: " + finding.fix()));
      }
    }
    boolean well = found.stream().noneMatch(f -> f.state() == Finding.State.ILL);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("well", well);
    data.put("findings", found.stream().map(Finding::data).toList());
    return new Answer(blocks, data, well ? 0 : 1);
  }
}

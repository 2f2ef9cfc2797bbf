package dev.headwater.pipelines.project;

import java.util.Set;
import java.util.function.BiConsumer;

/** What targets need, against the clusters that are declared. */
final class ResourceRules {
  private ResourceRules() {}

  /**
   * Tells what can't be met by what is declared.
   *
   * @param broken dotted names of declarations that exist but could not be read
   */
  static void check(Project project, Set<String> broken, BiConsumer<String, String> problem) {
    project
        .resources()
        .forEach(
            (target, needs) -> {
              String cluster = needs.cluster();
              if (cluster == null || broken.contains("clusters." + cluster)) {
                return;
              }
              String path = target.path() + ".resources.cluster";
              ClusterDecl declared = project.clusters().get(cluster);
              if (declared == null) {
                problem.accept(
                    path,
                    "there is no cluster '"
                        + cluster
                        + "' in clusters."
                        + Nearest.of(cluster, project.clusters().keySet()));
              } else if (needs.gpu() && !declared.gpu()) {
                problem.accept(
                    path, "'" + cluster + "' has no GPU. Write compute: gpu there, if it has one");
              }
            });
  }
}

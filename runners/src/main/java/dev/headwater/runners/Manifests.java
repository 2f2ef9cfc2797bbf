package dev.headwater.runners;

import static dev.headwater.runners.ProjectPod.map;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.ClusterDecl;
import dev.headwater.pipelines.project.Pods;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Resources;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A project as resources of Kubernetes and its Flink operator: a session cluster for each cluster
 * with pods, a job for each stream, and a cron job that runs the rest. The same project gives the
 * same, to the byte.
 */
final class Manifests {
  private static final String FLINK = "flink.apache.org/v1beta1";

  /** What the operator calls a pod's own container. */
  private static final String CONTAINER = "flink-main-container";

  private static final String MASTER_MEMORY = "1600m";

  /** Where Prometheus finds what each pod's stages do. */
  private static final Map<String, Object> METRICS =
      map("name", "metrics", "containerPort", WorkerMetrics.PORT, "protocol", "TCP");

  /** The operator takes no longer names of deployments. */
  private static final String NAME = "[a-z]([-a-z\\d]{0,43}[a-z\\d])?";

  private static final String LOG_LINES =
      """
      rootLogger.level = INFO
      rootLogger.appenderRef.console.ref = Console
      appender.console.name = Console
      appender.console.type = CONSOLE
      appender.console.layout.type = PatternLayout
      appender.console.layout.pattern = \
      %d{yyyy-MM-dd'T'HH:mm:ss.SSS}{UTC}Z %p run=%X{run} stage=%X{stage} target=%X{target} [%t] %c: %m%n
      """;

  private final Project project;
  private final ProjectPod pod;
  private final Map<String, Pods> clusters = new LinkedHashMap<>();

  private Manifests(Project project) {
    this.project = project;
    this.pod = new ProjectPod(project);
    for (ClusterDecl cluster : project.clusters().values()) {
      if (cluster.pods() != null) {
        clusters.put(cluster.name(), cluster.pods());
      }
    }
  }

  /**
   * The resources, in an order in which each comes after what it needs.
   *
   * @param schedule when the project runs, as cron writes it
   * @throws HeadwaterException USAGE if the project can't run in pods
   */
  static List<Map<String, Object>> of(Project project, String schedule) {
    return new Manifests(project).all(schedule);
  }

  private List<Map<String, Object>> all(String schedule) {
    check();
    List<Map<String, Object>> all = new ArrayList<>();
    Set<String> namespaces = new HashSet<>();
    for (Pods pods : clusters.values()) {
      if (namespaces.add(pods.namespace())) {
        all.add(pod.files(pods.namespace()));
        all.add(pod.claim(pods));
      }
    }
    clusters.forEach((name, pods) -> all.add(deployment(name, pods)));
    for (Target target : project.targets()) {
      if (follows(target)) {
        all.add(stream(target));
      } else if (!project.resources(target).equals(Resources.ANY)) {
        // What no cluster has is to be told now, and not by the first run.
        String unused = place(target);
      }
    }
    all.add(cron(schedule));
    return all;
  }

  private void check() {
    if (clusters.isEmpty()) {
      throw refused(
          "Project " + project.name() + " has no cluster in Kubernetes.",
          "declare one: clusters: {prod: {kubernetes: {image: ...}}}.");
    }
    CatalogDecl own = project.catalogs().get(TableRef.DEFAULT_CATALOG);
    String uri = own == null ? "" : own.properties().getOrDefault(CatalogConfig.URI, "");
    if (own == null || uri.startsWith("jdbc:sqlite:")) {
      throw refused(
          "The catalog of project " + project.name() + " is a file of one machine.",
          "declare one that all pods reach, PostgreSQL or REST: catalogs: {default: {uri:"
              + " jdbc:postgresql://...}}.");
    }
    if (!uri.startsWith("jdbc:") && project.registry() == null) {
      throw refused(
          "The runs and locks of project " + project.name() + " would be in a file.",
          "declare a database for them: registry: {uri: jdbc:postgresql://...}.");
    }
    for (String name : clusters.keySet()) {
      if (!pod.name(name).matches(NAME)) {
        throw refused(
            "'" + pod.name(name) + "' can't be the name of a deployment.",
            "give the project and the cluster shorter names: 45 letters, digits and - at most.");
      }
    }
  }

  private boolean follows(Target target) {
    return target.kind() == Target.Kind.TABLE
        && Optional.ofNullable(project.tables().get(target.name()))
            .map((TableDecl table) -> project.topic(table).isPresent())
            .orElse(false);
  }

  private Map<String, Object> deployment(String name, Pods pods) {
    Map<String, Object> workers = map("replicas", pods.workers());
    workers.put("resource", resource(pods.cpu(), mebi(pods.memory())));
    if (pods.gpus() > 0) {
      workers.put("podTemplate", ProjectPod.gpus(CONTAINER, pods.gpus()));
    }
    return pod.resource(
        FLINK,
        "FlinkDeployment",
        pods.namespace(),
        name,
        map(
            "image",
            pods.image(),
            "flinkVersion",
            "v1_19",
            // TaskManagers stand before a job asks for them: jobs are refused where there are none.
            "mode",
            "standalone",
            "serviceAccount",
            pods.account(),
            "flinkConfiguration",
            configuration(name, pods),
            "logConfiguration",
            map("log4j-console.properties", LOG_LINES),
            "podTemplate",
            pod.template(pods, map("name", CONTAINER, "ports", List.of(METRICS)), Map.of()),
            "jobManager",
            map("replicas", 1, "resource", resource(1, MASTER_MEMORY)),
            "taskManager",
            workers));
  }

  private static Map<String, Object> resource(double cpu, String memory) {
    return map("cpu", cpu, "memory", memory);
  }

  /** What a cluster needs for our jobs; what the project says counts more. */
  private Map<String, Object> configuration(String name, Pods pods) {
    Map<String, Object> all = new TreeMap<>();
    all.put("taskmanager.numberOfTaskSlots", Integer.toString(pods.slots()));
    all.put("taskmanager.network.sort-shuffle.min-buffers", "64");
    all.put("cluster.evenly-spread-out-slots", "true");
    all.put("env.java.opts.all", "--add-opens=java.base/java.util=ALL-UNNAMED");
    all.put("classloader.parent-first-patterns.additional", "ai.djl.;org.sqlite.;org.postgresql.");
    all.put("metrics.reporter.headwater.factory.class", WorkerMetricsFactory.class.getName());
    all.put("metrics.reporter.headwater.port", Integer.toString(WorkerMetrics.PORT));
    all.putAll(StreamMain.RESTARTS);
    if (pods.state() != null) {
      String state = pods.state().replaceFirst("/+$", "") + "/" + pod.name(name);
      all.put("state.checkpoints.dir", state + "/checkpoints");
      all.put("state.savepoints.dir", state + "/savepoints");
      all.put("high-availability.type", "kubernetes");
      all.put("high-availability.storageDir", state + "/ha");
    }
    all.putAll(pods.flink());
    return all;
  }

  /**
   * What a table has is its place in the topic too: without a folder for savepoints a job begins
   * where its table ends. There is no jar: the operator sends an empty one then, and the class is
   * in the image.
   */
  private Map<String, Object> stream(Target target) {
    String cluster = place(target);
    Pods pods = pods(cluster);
    Map<String, Object> job =
        map(
            "entryClass",
            StreamMain.class.getName(),
            "args",
            List.of(ProjectPod.HOME, target.name(), cluster, pod.digest()),
            "parallelism",
            Math.max(1, project.resources(target).parallelism()),
            "upgradeMode",
            pods.state() == null ? "stateless" : "savepoint",
            "state",
            "running");
    return pod.resource(
        FLINK,
        "FlinkSessionJob",
        pods.namespace(),
        target.name(),
        map("deploymentName", pod.name(cluster), "job", job));
  }

  private Pods pods(String cluster) {
    Pods pods = clusters.get(cluster);
    if (pods == null) {
      throw new IllegalStateException(cluster);
    }
    return pods;
  }

  /** The cluster that its project names for it, or the first one in pods that has what it needs. */
  private String place(Target target) {
    Resources needs = project.resources(target);
    return clusters.entrySet().stream()
        .filter(c -> needs.cluster() == null || c.getKey().equals(needs.cluster()))
        .filter(c -> c.getValue().gpus() > 0 || !needs.gpu())
        .filter(c -> c.getValue().memory() / c.getValue().slots() >= needs.memory())
        .filter(c -> c.getValue().workers() * c.getValue().slots() >= needs.parallelism())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(
            () ->
                refused(
                    "No cluster in Kubernetes has what " + target + " needs: " + needs.text() + ".",
                    "declare one that has, or ask for less in " + target + "'s resources."));
  }

  private Map<String, Object> cron(String schedule) {
    String first = clusters.keySet().iterator().next();
    Pods pods = pods(first);
    Map<String, Object> template =
        pod.template(
            pods,
            map(
                "name",
                "headwater",
                "image",
                pods.image(),
                "command",
                List.of("headwater", "run", "-C", ProjectPod.HOME, "--cluster", first),
                "resources",
                map("requests", resource(1, "2500Mi"), "limits", map("memory", "2500Mi"))),
            map("restartPolicy", "Never", "serviceAccountName", pods.account()));
    return pod.resource(
        "batch/v1",
        "CronJob",
        pods.namespace(),
        "run",
        map(
            "schedule",
            schedule,
            // A run that is still at it has the targets' locks: another would only wait.
            "concurrencyPolicy",
            "Forbid",
            "jobTemplate",
            map("spec", map("backoffLimit", 0, "template", template))));
  }

  private static String mebi(long bytes) {
    return (bytes >> 20) + "m";
  }

  private static HeadwaterException refused(String what, String fix) {
    return new HeadwaterException(HeadwaterException.Kind.USAGE, what, fix);
  }
}

package dev.headwater.pipelines.project;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as pods of Kubernetes, which the Flink Kubernetes Operator makes of what {@code
 * headwater manifests} writes.
 *
 * @param namespace where they are
 * @param image Flink 1.19 with Java 17; in its lib what {@code headwater worker-lib} copies, and
 *     {@code headwater} on its path
 * @param account the service account of its pods
 * @param workers how many TaskManagers
 * @param slots of each
 * @param cpu cores of each
 * @param memory bytes of each, for the whole process
 * @param gpus of each
 * @param state a folder or bucket for checkpoints and savepoints that outlives the pods; null: none
 * @param storage bytes of the volume that all pods share, where models and scratch are
 * @param storageClass of that volume, which many pods write; null: the default one
 * @param flink more of Flink's configuration
 * @param environment variables of all pods; secrets come by reference
 */
public record Pods(
    String namespace,
    String image,
    String account,
    int workers,
    int slots,
    double cpu,
    long memory,
    int gpus,
    @Nullable String state,
    long storage,
    @Nullable String storageClass,
    Map<String, String> flink,
    Map<String, String> environment) {
  private static final long GIBI = 1L << 30;
  private static final long STORAGE = 20 * GIBI;
  private static final int MOST = 10_000;

  public Pods {
    flink = Collections.unmodifiableMap(new TreeMap<>(flink));
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
  }

  /** The REST port of a cluster's JobManager, within Kubernetes. */
  String address(String project, String cluster) {
    return "http://" + name(project, cluster) + "-rest." + namespace + ":8081";
  }

  /**
   * What a part of a project is called there: "late_scores" of "flights" is flights-late-scores.
   */
  public static String name(String project, String part) {
    return label(project + "-" + part);
  }

  /** A name as Kubernetes takes them. */
  public static String label(String name) {
    return name.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  static @Nullable Pods parse(@Nullable Section s, boolean gpu) {
    if (s == null) {
      return null;
    }
    String image = s.required("image", "registry.example.com/flights:1");
    String namespace = s.value("namespace", Pods::checked);
    String account = s.value("service_account", Pods::checked);
    Long workers = s.value("workers", t -> Values.whole(t, 1, MOST));
    Long slots = s.value("slots", t -> Values.whole(t, 1, MOST));
    Double cpu = s.value("cpu", t -> Values.number(t, 0.1));
    Long memory = s.value("memory", Values::bytes);
    Long gpus = s.value("gpus", t -> Values.whole(t, gpu ? 1 : 0, 64));
    String state = s.text("state");
    Long storage = s.value("storage", Values::bytes);
    String storageClass = s.text("storage_class");
    Map<String, String> flink = SettingsSection.properties(s.section("flink"));
    Map<String, String> environment = SettingsSection.properties(s.section("environment"));
    if (gpus != null && gpus > 0 && !gpu) {
      s.problem("gpus", "needs compute: gpu on the cluster");
    }
    for (Map<String, String> plain : java.util.List.of(flink, environment)) {
      Properties.secrets(plain, (key, what) -> s.problem(key + " " + what));
    }
    s.end();
    int each = slots == null ? 1 : slots.intValue();
    return new Pods(
        Values.or(namespace, "default"),
        Values.or(image, ""),
        Values.or(account, "flink"),
        workers == null ? 1 : workers.intValue(),
        each,
        cpu == null ? each : cpu,
        memory == null ? 2 * GIBI * each : memory,
        gpus == null ? (gpu ? 1 : 0) : gpus.intValue(),
        state,
        storage == null ? STORAGE : storage,
        storageClass,
        flink,
        environment);
  }

  private static String checked(String text) {
    if (!text.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
      throw new IllegalArgumentException(
          "'" + text + "' is no name in Kubernetes: small letters, digits and -");
    }
    return text;
  }
}

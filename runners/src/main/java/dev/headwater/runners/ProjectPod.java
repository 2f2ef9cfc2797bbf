package dev.headwater.runners;

import dev.headwater.pipelines.project.Belongings;
import dev.headwater.pipelines.project.Environment;
import dev.headwater.pipelines.project.Environments;
import dev.headwater.pipelines.project.Pods;
import dev.headwater.pipelines.project.Project;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What every pod of a project has: its files, a volume that all share, and its secrets. */
final class ProjectPod {
  /** Where the project is in a pod. */
  static final String HOME = "/project";

  private static final String ENV = "env/";
  private static final String FILE = "file/";

  /** Of the user that Flink's images run as: what it is to write belongs to it. */
  private static final long GROUP = 9999;

  private static final String GPU = "nvidia.com/gpu";
  private static final String WORK = "work";
  private static final String PROJECT = "project";
  private static final String SECRETS = "secrets";

  private final Project project;
  private final SortedMap<String, String> files;
  private final String digest;
  private final SortedSet<String> variables = new TreeSet<>();

  /** Files of the secret, by the path that they are read from. */
  private final SortedSet<String> secretFiles = new TreeSet<>();

  ProjectPod(Project project) {
    this.project = project;
    Belongings belongings = Belongings.of(project);
    this.files = belongings.files();
    this.digest = belongings.digest();
    for (String reference : belongings.secrets()) {
      if (reference.startsWith(ENV)) {
        variables.add(reference.substring(ENV.length()));
      } else if (reference.startsWith(FILE)) {
        secretFiles.add(inPod(reference.substring(FILE.length())));
      }
    }
    belongings.keyFiles().forEach(file -> secretFiles.add(inPod(file)));
  }

  private static String inPod(String file) {
    return file.startsWith("/") ? file : HOME + "/" + file;
  }

  /** Some digits of the project's files. */
  String digest() {
    return digest;
  }

  /** The secret's keys, each with what it is; empty if none is needed. */
  SortedMap<String, String> secrets() {
    SortedMap<String, String> keys = new TreeMap<>();
    variables.forEach(name -> keys.put(name, "the variable " + name));
    secretFiles.forEach(path -> keys.put(key(path), "the file " + path));
    return keys;
  }

  /** What somebody has to make: its keys are {@link #secrets}. */
  String secret() {
    return name(SECRETS);
  }

  /** What a part of it is called. */
  String name(String part) {
    return Pods.name(project.name(), part);
  }

  /** A resource of Kubernetes. */
  Map<String, Object> resource(
      String version, String kind, String namespace, String part, Map<String, Object> spec) {
    return map(
        "apiVersion",
        version,
        "kind",
        kind,
        "metadata",
        map(
            "name",
            name(part),
            "namespace",
            namespace,
            "labels",
            map(
                "app.kubernetes.io/name",
                Pods.label(project.name()),
                "app.kubernetes.io/component",
                Pods.label(part),
                "app.kubernetes.io/managed-by",
                "headwater")),
        kind.equals("ConfigMap") ? "data" : "spec",
        spec);
  }

  Map<String, Object> files(String namespace) {
    Map<String, Object> data = new LinkedHashMap<>();
    files.forEach((file, text) -> data.put(key(file), text));
    return resource("v1", "ConfigMap", namespace, PROJECT, data);
  }

  /** What models and sorted runs are written to, by all pods. */
  Map<String, Object> claim(Pods pods) {
    Map<String, Object> spec = map("accessModes", List.of("ReadWriteMany"));
    if (pods.storageClass() != null) {
      spec.put("storageClassName", pods.storageClass());
    }
    spec.put("resources", map("requests", map("storage", (pods.storage() >> 20) + "Mi")));
    return resource("v1", "PersistentVolumeClaim", pods.namespace(), WORK, spec);
  }

  /**
   * A pod's template.
   *
   * @param container its own container: a name, and what only this one has
   * @param more of the pod's specification
   */
  Map<String, Object> template(Pods pods, Map<String, Object> container, Map<String, Object> more) {
    Map<String, Object> main = new LinkedHashMap<>(container);
    main.put("env", environment(pods));
    List<Object> mounts = new ArrayList<>();
    List<Object> volumes = new ArrayList<>();
    mounts.add(map("name", WORK, "mountPath", HOME));
    volumes.add(map("name", WORK, "persistentVolumeClaim", map("claimName", name(WORK))));
    files.keySet().forEach(file -> mounts.add(mount(PROJECT, HOME + "/" + file, key(file))));
    volumes.add(map("name", PROJECT, "configMap", map("name", name(PROJECT))));
    if (!secretFiles.isEmpty()) {
      secretFiles.forEach(path -> mounts.add(mount(SECRETS, path, key(path))));
      volumes.add(map("name", SECRETS, "secret", map("secretName", secret())));
    }
    main.put("volumeMounts", mounts);
    Map<String, Object> spec =
        map(
            "securityContext",
            map("fsGroup", GROUP),
            "containers",
            List.of(main),
            "volumes",
            volumes);
    spec.putAll(more);
    // Files below a mounted path stay as they were when a pod began: other files, other pods.
    return map("metadata", map("annotations", map("headwater.dev/project", digest)), "spec", spec);
  }

  /** What a worker with GPUs has besides. */
  static Map<String, Object> gpus(String container, int gpus) {
    return map(
        "spec",
        map(
            "containers",
            List.of(
                map(
                    "name",
                    container,
                    "resources",
                    map("limits", map(GPU, Integer.toString(gpus))))),
            "tolerations",
            List.of(map("key", GPU, "operator", "Exists", "effect", "NoSchedule"))));
  }

  private List<Object> environment(Pods pods) {
    SortedMap<String, String> plain = new TreeMap<>();
    plain.put("DJL_CACHE_DIR", "/tmp/djl");
    plain.put("MKL_CBWR", "AVX2,STRICT");
    plain.put("OMP_NUM_THREADS", "1");
    String there = project.environment().name();
    if (!there.equals(Environment.DEV)) {
      plain.put(Environments.VARIABLE, there);
    }
    plain.putAll(pods.environment());
    List<Object> all = new ArrayList<>();
    plain.forEach((name, value) -> all.add(map("name", name, "value", value)));
    for (String name : variables) {
      Map<String, Object> key = map("name", secret(), "key", name);
      all.add(map("name", name, "valueFrom", map("secretKeyRef", key)));
    }
    return all;
  }

  private static Map<String, Object> mount(String volume, String path, String key) {
    return map("name", volume, "mountPath", path, "subPath", key, "readOnly", true);
  }

  /** A file's name among the keys of a ConfigMap or Secret, which have no slashes. */
  private static String key(String file) {
    return file.replaceAll("^/+", "").replace('/', '.');
  }

  /** A mapping in the order in which it is written. */
  static Map<String, Object> map(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}

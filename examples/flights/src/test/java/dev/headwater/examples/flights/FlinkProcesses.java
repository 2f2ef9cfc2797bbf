package dev.headwater.examples.flights;

import dev.headwater.broker.Ports;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a Flink cluster, out of the jars on this JVM's class path and in {@code lib}, on
 * loopback ports that were free. They end with this JVM, however that ends.
 */
final class FlinkProcesses {
  static final String HOST = "127.0.0.1";
  private static final int MASTER_HEAP_MB = 600;
  private static final int TASK_HEAP_MB = 400;
  private static final int FRAMEWORK_HEAP_MB = 128;
  private static final int METASPACE_MB = 400;
  private static final int DIRECT_MB = 256;

  /** Flink, and what it needs of others that is not in the workers' lib. */
  private static final List<String> FLINK =
      List.of("flink-", "kryo-", "minlog-", "objenesis-", "chill-java-", "javassist-", "slf4j-");

  private static final Pattern METRICS = Pattern.compile("Metrics of stages at port (\\d+)");

  static final String MASTER = "master";

  private final Path folder;
  private final int rest;
  private final int rpc;
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final @Nullable ClusterKeys keys;

  /**
   * None yet.
   *
   * @param keys for a REST API over TLS; null for none
   */
  FlinkProcesses(Path folder, @Nullable ClusterKeys keys) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.keys = keys;
    this.rest = Ports.free();
    this.rpc = Ports.free();
  }

  /** The port of the JobManager's REST API. */
  int port() {
    return rest;
  }

  Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  Path savepoints() {
    return folder.resolve("savepoints");
  }

  Path lib() {
    return folder.resolve("lib");
  }

  void startMaster() {
    start(
        MASTER,
        List.of("-Xmx" + MASTER_HEAP_MB + "m"),
        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
        "--executionMode",
        "cluster");
  }

  void startWorker(int number) {
    start(
        worker(number),
        List.of(
            "-Xmx" + (TASK_HEAP_MB + FRAMEWORK_HEAP_MB) + "m",
            "-XX:MaxDirectMemorySize=" + DIRECT_MB + "m",
            "-XX:MaxMetaspaceSize=" + METASPACE_MB + "m"),
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner");
  }

  static String worker(int number) {
    return "worker-" + number;
  }

  /** The end of what each process has logged. */
  String logs() {
    StringBuilder all = new StringBuilder();
    for (String name : processes.keySet()) {
      try {
        List<String> lines = Files.readAllLines(log(name));
        all.append("== ").append(name).append('\n');
        lines
            .subList(Math.max(0, lines.size() - 40), lines.size())
            .forEach(line -> all.append(line).append('\n'));
      } catch (IOException e) {
        all.append(e).append('\n');
      }
    }
    return all.toString();
  }

  /** Where the workers tell what their stages do. */
  List<Integer> metricsPorts() throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (String name : processes.keySet()) {
      if (!name.equals(MASTER)) {
        // The last one, of a process that was started again.
        METRICS
            .matcher(Files.readString(log(name)))
            .results()
            .reduce((one, next) -> next)
            .ifPresent(found -> ports.add(Integer.valueOf(found.group(1))));
      }
    }
    return ports;
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /** SIGKILL, and its end. */
  void kill(String name) {
    Process process = processes.get(name);
    if (process != null) {
      process.destroyForcibly();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private void start(String name, List<String> jvm, String main, String... arguments) {
    try {
      Path conf = Files.createDirectories(folder.resolve(name));
      Files.writeString(conf.resolve("flink-conf.yaml"), configuration(conf));
      List<String> line = new ArrayList<>();
      line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      line.addAll(jvm);
      line.addAll(
          List.of(
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-Xshare:auto",
              "-Duser.timezone=UTC",
              "-Djava.awt.headless=true",
              "-Djava.io.tmpdir=" + Files.createDirectories(conf.resolve("tmp")),
              "--add-opens=java.base/java.util=ALL-UNNAMED",
              "-cp",
              classPath(),
              Leash.class.getName(),
              main,
              "--configDir",
              conf.toString()));
      line.addAll(Arrays.asList(arguments));
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
      builder.environment().put("OMP_NUM_THREADS", "1");
      builder.environment().put("MKL_CBWR", "AVX2,STRICT");
      processes.put(name, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String configuration(Path conf) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("jobmanager.rpc.address", HOST);
    all.put("jobmanager.rpc.port", rpc);
    all.put("jobmanager.bind-host", HOST);
    all.put("rest.address", HOST);
    all.put("rest.bind-address", HOST);
    all.put("rest.port", rest);
    all.put("rest.bind-port", rest);
    all.put("taskmanager.host", HOST);
    all.put("taskmanager.bind-host", HOST);
    all.put("taskmanager.numberOfTaskSlots", 2);
    all.put("taskmanager.cpu.cores", 2);
    all.put("taskmanager.memory.framework.heap.size", FRAMEWORK_HEAP_MB + "m");
    all.put("taskmanager.memory.task.heap.size", TASK_HEAP_MB + "m");
    all.put("taskmanager.memory.framework.off-heap.size", "64m");
    all.put("taskmanager.memory.task.off-heap.size", "64m");
    all.put("taskmanager.memory.network.min", "64m");
    all.put("taskmanager.memory.network.max", "64m");
    all.put("taskmanager.network.sort-shuffle.min-buffers", 64);
    all.put("taskmanager.memory.managed.size", "64m");
    all.put("taskmanager.memory.jvm-metaspace.size", METASPACE_MB + "m");
    all.put("taskmanager.memory.jvm-overhead.min", "64m");
    all.put("taskmanager.memory.jvm-overhead.max", "64m");
    all.put("cluster.evenly-spread-out-slots", true);
    // Ten seconds otherwise, which tests of rows that jobs have read wait for.
    all.put("metrics.fetcher.update-interval", 1_000);
    // A killed process is missed at once, since it cannot be reached; a slow one is not.
    all.put("heartbeat.interval", 500);
    all.put("heartbeat.timeout", 10_000);
    // One that was asked for its metrics when it was killed keeps all others' back that long.
    all.put("web.timeout", 30_000);
    all.put("io.tmp.dirs", conf.resolve("tmp"));
    all.put("blob.storage.directory", conf.resolve("tmp"));
    all.put("state.checkpoints.dir", checkpoints().toUri());
    all.put("state.savepoints.dir", savepoints().toUri());
    all.put("classloader.parent-first-patterns.additional", "ai.djl.;org.sqlite.;org.postgresql.");
    all.put(
        "metrics.reporter.headwater.factory.class", "dev.headwater.runners.WorkerMetricsFactory");
    all.put("metrics.reporter.headwater.port", 0);
    if (keys != null) {
      all.putAll(keys.configuration());
    }
    return all.entrySet().stream()
        .map(e -> e.getKey() + ": " + e.getValue() + "\n")
        .collect(Collectors.joining());
  }

  private String classPath() throws IOException {
    String whole =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> entries = new ArrayList<>(List.of(Leash.alone(folder).toString()));
    for (String entry : whole.split(File.pathSeparator, -1)) {
      String name = Path.of(entry).getFileName().toString();
      if (FLINK.stream().anyMatch(name::startsWith)) {
        entries.add(entry);
      }
    }
    // Flink's REST API tells the names as they are here: no "*".
    try (Stream<Path> jars = Files.list(lib())) {
      jars.sorted().forEach(jar -> entries.add(jar.toString()));
    }
    return String.join(File.pathSeparator, entries);
  }

  /** SIGKILL for all, and their ends. */
  void end() {
    processes.keySet().forEach(this::kill);
    processes.clear();
  }
}

package dev.headwater.benchmarks;

import com.sun.net.httpserver.HttpServer;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.runners.EngineLaunchers;
import java.io.BufferedWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What events add to runs of the example's six stages, over rows that are made up, with a server
 * that takes 200 ms for each: the time in which events are made and written, as a share of a
 * minute; and what a run's end waits for them at most.
 */
final class LineageEnds {
  private static final long ANSWER_MILLIS = 200;
  private static final int ROWS = 50_000;
  private static final int ROUNDS = 5;
  private static final Pattern TOOK = Pattern.compile("lineage took (\\d+) ms, its end (\\d+) ms");

  private LineageEnds() {}

  /** Arguments: the folder; the example's. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]).resolve("ends"));
    project(folder, Path.of(args[1]));
    List<Long> took = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    Logger log = Logger.getLogger("dev.headwater");
    log.addHandler(new Told(took, ends));
    HttpServer server = server();
    Files.writeString(
        folder.resolve("openlineage.yml"),
        "transport: {type: http, url: 'http://127.0.0.1:" + server.getAddress().getPort() + "'}\n");
    Project project = ProjectFile.read(folder);
    for (int round = 0; round < ROUNDS; round++) {
      try (Launcher launcher = new EngineLaunchers().open(project, LaunchOptions.DEFAULT)) {
        launcher.run(project.targets(), true, Progress.NONE);
      }
    }
    Collections.sort(took);
    System.out.println("TOOK " + took + " ms, ENDS " + ends + " ms");
    System.out.printf(
        Locale.ROOT,
        "RATIO lineage overhead=%.4f end_ms=%d%n",
        took.get(took.size() / 2) / 60_000.0,
        Collections.max(ends));
    System.exit(0);
  }

  private static final class Told extends Handler {
    private final List<Long> took;
    private final List<Long> ends;

    Told(List<Long> took, List<Long> ends) {
      this.took = took;
      this.ends = ends;
    }

    @Override
    public void publish(LogRecord record) {
      Matcher told = TOOK.matcher(record.getMessage());
      if (told.find()) {
        took.add(Long.valueOf(told.group(1)));
        ends.add(Long.valueOf(told.group(2)));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static void project(Path folder, Path example) throws Exception {
    Files.createDirectories(folder.resolve("data"));
    Files.createDirectories(folder.resolve("contracts"));
    Files.copy(example.resolve("contracts/flights.yaml"), folder.resolve("contracts/flights.yaml"));
    String yaml = Files.readString(example.resolve("headwater.yaml"));
    Files.writeString(
        folder.resolve("headwater.yaml"),
        yaml.replace("*.parquet", "*.csv").replaceFirst("\n    gates: .*", ""));
    LocalDateTime first = LocalDateTime.of(2001, 1, 1, 0, 0);
    try (BufferedWriter out = Files.newBufferedWriter(folder.resolve("data/flights.csv"))) {
      out.write("date,delay,distance,origin,destination\n");
      for (int row = 0; row < ROWS; row++) {
        int mixed = Math.floorMod(row * 0x9E3779B9, 1 << 20);
        out.write(
            "%s,%d,%d,A%02d,B%02d\n"
                .formatted(
                    first.plusMinutes(row * 260_000L / ROWS),
                    mixed % 120 - 20,
                    100 + mixed % 2_000,
                    mixed % 50,
                    mixed / 64 % 50));
      }
    }
  }

  private static HttpServer server() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          try {
            TimeUnit.MILLISECONDS.sleep(ANSWER_MILLIS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    return server;
  }
}

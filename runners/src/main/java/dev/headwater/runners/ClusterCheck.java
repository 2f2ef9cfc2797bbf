package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.util.EnvironmentInformation;

/** Whether a Flink cluster can run what is sent to it; asked before anything is. */
final class ClusterCheck {
  private static final Duration FREED = Duration.ofSeconds(8);

  private final FlinkRest rest;

  ClusterCheck(FlinkRest rest) {
    this.rest = rest;
  }

  /**
   * Returns if the cluster is of this Flink's version, and sees the catalog.
   *
   * @throws HeadwaterException UNREACHABLE or USAGE if not
   */
  void cluster(CatalogConfig catalog) {
    String there = rest.get("/config").path("flink-version").asText();
    String here = EnvironmentInformation.getVersion();
    if (!minor(there).equals(minor(here))) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "The cluster at "
              + rest.master()
              + " is Flink "
              + there
              + "; this Headwater speaks Flink "
              + minor(here)
              + ".",
          "use a cluster of Flink " + minor(here) + ".x.");
    }
    if (catalog.properties().getOrDefault(CatalogConfig.URI, "").startsWith("jdbc:sqlite:")) {
      local(catalog);
    }
  }

  /**
   * How many slots a job may take: those that are free now, or all if there are none. A run whose
   * job is at work there already needs no others.
   *
   * @throws HeadwaterException UNREACHABLE if the cluster has none
   */
  int slots() {
    JsonNode overview = rest.get("/overview");
    int free = overview.path("slots-available").asInt();
    int all = overview.path("slots-total").asInt();
    if (all == 0) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "The cluster at " + rest.master() + " has no TaskManager.",
          "start one, or wait until one has registered with the JobManager.");
    }
    return free == 0 ? all : free;
  }

  /** How many slots it has, free or not. */
  int allSlots() {
    return rest.get("/overview").path("slots-total").asInt();
  }

  /** The memory of a slot, in bytes, of the worker that has least; 0 if there is no worker. */
  long slotMemory() {
    long least = Long.MAX_VALUE;
    for (JsonNode worker : rest.get("/taskmanagers").path("taskmanagers")) {
      JsonNode memory = worker.path("memoryConfiguration");
      long all = memory.path("totalProcessMemory").asLong(memory.path("totalFlinkMemory").asLong());
      least = Math.min(least, all / Math.max(1, worker.path("slotsNumber").asInt()));
    }
    return least == Long.MAX_VALUE ? 0 : least;
  }

  /**
   * Returns as soon as so many slots are free: those of a job that has ended are in a moment.
   *
   * @throws HeadwaterException UNREACHABLE if they are not within seconds
   */
  void free(int wanted) {
    long until = System.nanoTime() + FREED.toNanos();
    while (true) {
      JsonNode overview = rest.get("/overview");
      int free = overview.path("slots-available").asInt();
      if (free >= wanted) {
        return;
      }
      if (System.nanoTime() > until) {
        throw full(wanted, free, overview.path("slots-total").asInt());
      }
      ClusterJob.pause();
    }
  }

  HeadwaterException full(int wanted, int free, int all) {
    return new HeadwaterException(
        HeadwaterException.Kind.UNREACHABLE,
        "The cluster at "
            + rest.master()
            + " is full: "
            + wanted
            + (wanted == 1 ? " slot is" : " slots are")
            + " needed, "
            + free
            + " of "
            + all
            + " are free.",
        "wait for its jobs, add TaskManagers, or ask for less: --parallelism="
            + Math.max(1, free)
            + ".");
  }

  /** SQLite's locks hold on one machine's own disk only. */
  private void local(CatalogConfig catalog) {
    Set<String> elsewhere = new TreeSet<>();
    for (JsonNode worker : rest.get("/taskmanagers").path("taskmanagers")) {
      String host = host(worker.path("path").asText());
      if (!isHere(host)) {
        elsewhere.add(host);
      }
    }
    if (!elsewhere.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "The catalog "
              + catalog.where()
              + " is a file of this machine, but the cluster's workers are on "
              + String.join(", ", elsewhere)
              + ".",
          "declare a catalog that they reach too, PostgreSQL or REST: catalogs: {default: {uri:"
              + " jdbc:postgresql://...}}.");
    }
  }

  /** The host in {@code pekko.tcp://flink@HOST:port/...}. */
  private static String host(String path) {
    int at = path.indexOf('@');
    String host = at < 0 ? null : URI.create("flink://" + path.substring(at + 1)).getHost();
    return host == null ? "another host" : host;
  }

  private static boolean isHere(String host) {
    try {
      InetAddress address = InetAddress.getByName(host);
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (IOException e) {
      return false;
    }
  }

  private static String minor(String version) {
    String[] parts = version.split("\\.", 3);
    return parts.length < 2 ? version : parts[0] + "." + parts[1];
  }
}

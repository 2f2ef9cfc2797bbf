package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.lineage.ClientSettings;
import dev.headwater.lineage.Destination;
import dev.headwater.lineage.Sender;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that sends the lineage events a command has left. It ends when none waits, or half a
 * minute after the last one that was taken. Whatever ends it earlier, as a container that goes with
 * its command: what is not sent stays in the outbox.
 */
final class LateSender {
  private static final Logger LOG = LoggerFactory.getLogger(LateSender.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What it has to know; it comes by its standard input, where nobody else sees it. */
  private static final String NAME = "name";

  private static final String REGISTRY = "registry.";
  private static final String SYSTEM = "system.";

  private LateSender() {}

  /** Starts it, and waits for nothing. */
  static void start(CatalogConfig registry, Path folder) {
    ProcessBuilder process =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                LateSender.class.getName(),
                folder.toString()));
    process.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    // Who reads a command's output to its end is not to wait for this process.
    process.redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
    try {
      Process started = process.start();
      try (OutputStream in = started.getOutputStream()) {
        task(registry).store(in, null);
      }
    } catch (IOException e) {
      LOG.warn("Lineage events wait for the next command", e);
    }
  }

  /** The registry, and how connections are made: proxies and stores of certificates. */
  private static Properties task(CatalogConfig registry) {
    Properties task = new Properties();
    task.setProperty(NAME, registry.name());
    registry.properties().forEach((key, value) -> task.setProperty(REGISTRY + key, value));
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.matches("(javax\\.net\\.|java\\.net\\.|https?\\.|socks|user\\.(home|dir)).*")) {
        task.setProperty(SYSTEM + name, System.getProperty(name));
      }
    }
    return task;
  }

  /** Sends. The argument: the folder of the settings. */
  public static void main(String[] args) throws IOException {
    Properties task = new Properties();
    task.load(System.in);
    under(SYSTEM, task).forEach(System::setProperty);
    Optional<Destination> to = ClientSettings.read(Path.of(args[0])).open();
    if (to.isEmpty()) {
      return;
    }
    CatalogConfig config = new CatalogConfig(task.getProperty(NAME), under(REGISTRY, task));
    try (Registry registry = Registry.open(config);
        Sender sender =
            Sender.start(new RegistryJournal(registry.journal(), registry.locks()), to.get())) {
      sender.drain(PATIENCE);
    }
  }

  private static Map<String, String> under(String prefix, Properties task) {
    Map<String, String> out = new TreeMap<>();
    for (String name : task.stringPropertyNames()) {
      if (name.startsWith(prefix)) {
        out.put(name.substring(prefix.length()), task.getProperty(name));
      }
    }
    return out;
  }
}

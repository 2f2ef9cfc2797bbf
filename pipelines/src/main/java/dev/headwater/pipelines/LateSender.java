package dev.headwater.pipelines;

import com.fasterxml.jackson.databind.ObjectMapper;
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
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What it has to know; it comes by its standard input, where nobody else sees it. */
  private record Task(String name, Map<String, String> registry, Map<String, String> system) {}

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
        JSON.writeValue(in, new Task(registry.name(), registry.properties(), system()));
      }
    } catch (IOException e) {
      LOG.warn("Lineage events wait for the next command", e);
    }
  }

  /** How connections are made: proxies and stores of certificates. */
  private static Map<String, String> system() {
    Map<String, String> system = new TreeMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.matches("(javax\\.net\\.|java\\.net\\.|https?\\.|socks|user\\.(home|dir)).*")) {
        system.put(name, System.getProperty(name));
      }
    }
    return system;
  }

  /** Sends. The argument: the folder of the settings. */
  public static void main(String[] args) throws IOException {
    Task task = JSON.readValue(System.in, Task.class);
    task.system().forEach(System::setProperty);
    Optional<Destination> to = ClientSettings.read(Path.of(args[0])).open();
    if (to.isEmpty()) {
      return;
    }
    try (Registry registry = Registry.open(new CatalogConfig(task.name(), task.registry()));
        Sender sender =
            Sender.start(new RegistryJournal(registry.journal(), registry.locks()), to.get())) {
      sender.drain(PATIENCE);
    }
  }
}

package dev.headwater.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** What runs in the broker's process: one node of KRaft that is broker and controller. */
final class BrokerProcess {
  private static final int KILLED = 137;

  private BrokerProcess() {}

  /**
   * Runs the node until it is told to end.
   *
   * @param arguments the file with the node's settings; then, if it is to end with whoever started
   *     it, {@code leash}
   */
  public static void main(String[] arguments) throws Exception {
    Path settings = Path.of(arguments[0]);
    if (arguments.length > 1) {
      Thread held = new Thread(BrokerProcess::hold, "leash");
      held.setDaemon(true);
      held.start();
    }
    Properties properties = new Properties();
    try (var in = Files.newInputStream(settings)) {
      properties.load(in);
    }
    if (!Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"))) {
      int status =
          StorageTool.execute(
              new String[] {
                "format", "-t", Uuid.randomUuid().toString(), "-c", settings.toString()
              },
              System.out);
      if (status != 0) {
        System.exit(status);
      }
    }
    Kafka.main(new String[] {settings.toString()});
  }

  /** Nobody writes to it: it ends with the pipe. */
  private static void hold() {
    try {
      while (System.in.read() >= 0) {
        // Held.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Runtime.getRuntime().halt(KILLED);
    }
  }
}

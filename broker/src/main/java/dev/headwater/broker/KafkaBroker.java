package dev.headwater.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker (one node of KRaft) in a process of its own, on loopback and ports that were free,
 * with its data in a folder. It ends with this JVM, however that ends, and can be killed and
 * started again on its data, under the same address.
 */
public final class KafkaBroker implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static @Nullable KafkaBroker shared;

  private final Path folder;
  private final Map<String, String> settings;
  private final int port;
  private @Nullable Process process;

  private KafkaBroker(Path folder, Map<String, String> more) throws IOException {
    this.folder = Files.createDirectories(folder).toAbsolutePath();
    this.port = Ports.free();
    int controller = Ports.free();
    settings = new TreeMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@" + HOST + ":" + controller);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put(
        "listeners", "PLAINTEXT://" + servers() + ",CONTROLLER://" + HOST + ":" + controller);
    settings.put(
        "listener.security.protocol.map",
        "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL");
    settings.put("log.dirs", this.folder.resolve("data").toString());
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("auto.create.topics.enable", "false");
    // Records of tests are of any time: only a topic that says so forgets them.
    settings.put("log.retention.ms", "-1");
    settings.put("log.retention.check.interval.ms", "500");
    settings.put("log.initial.task.delay.ms", "500");
    settings.put("log.cleaner.backoff.ms", "500");
    settings.put("log.segment.delete.delay.ms", "0");
    settings.put("message.max.bytes", Integer.toString(100 << 20));
    settings.put("num.network.threads", "1");
    settings.put("num.io.threads", "2");
    settings.put("background.threads", "2");
    // Killed ones have no clean shutdown to wait for.
    settings.put("controlled.shutdown.enable", "false");
    // One that comes back has to wait until the session is over that it was killed in.
    settings.put("broker.session.timeout.ms", "2000");
    settings.put("broker.heartbeat.interval.ms", "500");
    more.forEach(
        (key, value) ->
            settings.merge(
                key, value, (own, given) -> key.equals("listeners") ? own + "," + given : given));
  }

  /** The one that all tests of this JVM share; topics are to have names of their own. */
  public static synchronized KafkaBroker shared() {
    KafkaBroker running = shared;
    if (running == null) {
      try {
        running = start(Files.createTempDirectory("headwater-kafka"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(running::remove));
      shared = running;
    }
    return running;
  }

  private void remove() {
    close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A broker that is up. Its log is {@code broker.log} in the folder. */
  public static KafkaBroker start(Path folder) {
    return start(folder, Map.of());
  }

  /**
   * A broker that is up.
   *
   * @param settings the broker's own; they go before those here, and listeners beside them
   */
  public static KafkaBroker start(Path folder, Map<String, String> settings) {
    try {
      KafkaBroker broker = new KafkaBroker(folder, settings);
      broker.restart();
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where clients find it: host:port. */
  public String servers() {
    return HOST + ":" + port;
  }

  /** A client to make and change topics with, to be closed. */
  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", servers()));
  }

  /** A new topic, when it is there. */
  public void create(String topic, int partitions, Map<String, String> configs) {
    try (Admin admin = admin()) {
      NewTopic made = new NewTopic(topic, partitions, (short) 1).configs(configs);
      admin.createTopics(List.of(made)).all().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot create topic " + topic, e);
    }
  }

  /** Without the topic, when it has gone. */
  public void delete(String topic) {
    try (Admin admin = admin()) {
      admin.deleteTopics(List.of(topic)).all().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      while (admin.listTopics().names().get().contains(topic)) {
        pause();
      }
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot delete topic " + topic, e);
    }
  }

  /** A producer of bytes, with more of Kafka's settings, to be closed. */
  public KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(more);
    all.put("bootstrap.servers", servers());
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Sends records in this order, and waits until they are all written. */
  public void send(List<ProducerRecord<byte[], byte[]>> records) {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("linger.ms", 5))) {
      for (Future<RecordMetadata> sent : records.stream().map(producer::send).toList()) {
        sent.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("cannot send to " + servers(), e);
    }
  }

  /** SIGKILL, and its end; what was written stays in the folder. */
  public void kill() {
    Process running = process;
    if (running != null) {
      process = null;
      running.destroyForcibly();
      try {
        running.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** Starts it again, on its data, and waits until it answers. */
  public void restart() {
    kill();
    try {
      Path file = folder.resolve("server.properties");
      Files.writeString(
          file,
          settings.entrySet().stream()
              .map(e -> e.getKey() + "=" + e.getValue() + "\n")
              .collect(Collectors.joining()));
      List<String> line = new ArrayList<>();
      line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      line.addAll(
          List.of(
              "-Xmx512m",
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-Xshare:auto",
              "-Duser.timezone=UTC",
              "-Djava.awt.headless=true",
              "-cp",
              classPath(),
              BrokerProcess.class.getName(),
              file.toString(),
              "leash"));
      process =
          new ProcessBuilder(line)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await();
  }

  private Path log() {
    return folder.resolve("broker.log");
  }

  /** It listens before it can answer; clients ask again until it does. */
  private void await() {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < until) {
      Process running = process;
      if (running == null || !running.isAlive()) {
        break;
      }
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        return;
      } catch (IOException e) {
        pause();
      }
    }
    kill();
    throw new IllegalStateException("The broker did not start:\n" + tail());
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String tail() {
    try {
      List<String> lines = Files.readAllLines(log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Kafka's own jars are nobody's but its process's: the build left their names. */
  private static String classPath() throws IOException {
    try {
      Path classes =
          Path.of(KafkaBroker.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return classes + ":" + Files.readString(classes.resolveSibling("class.path")).strip();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}

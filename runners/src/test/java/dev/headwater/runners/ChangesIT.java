package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.pipelines.Launcher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of a database, through a real broker, into a table, as the command does it. */
final class ChangesIT {
  @TempDir private Path folder = Path.of("unset");

  private String said = "";

  private int headwater(String... verb) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(both, true, StandardCharsets.UTF_8);
    Session session =
        new Session(
            null, () -> ServiceLoader.load(Launcher.Provider.class).findFirst().orElseThrow());
    Screen screen = new Screen(to, to, false, false, false, false);
    List<String> all = new ArrayList<>(List.of(verb));
    all.addAll(List.of("-C", folder.toString()));
    int status = Headwater.execute(screen, session, all.toArray(String[]::new));
    said = both.toString(StandardCharsets.UTF_8);
    return status;
  }

  private static ProducerRecord<byte[], byte[]> change(int id, @Nullable String value) {
    byte[] key = ("{\"id\":" + id + "}").getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(
        "people", 0, key, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void rowsComeChangeAndGo() throws IOException {
    KafkaBroker broker = KafkaBroker.shared();
    broker.create("people", 1, Map.of());
    Files.writeString(
        folder.resolve("headwater.yaml"),
        """
        project: shop
        sources:
          people_topic:
            kafka:
              servers: %s
              topic: people
              format: debezium
              columns: {id: long, name: string}
        tables:
          people: {from: people_topic, write: upsert, key: id}
        """
            .formatted(broker.servers()));
    broker.send(
        List.of(
            change(1, "{\"before\":null,\"after\":{\"id\":1,\"name\":\"Anne\"},\"op\":\"r\"}"),
            change(2, "{\"before\":null,\"after\":{\"id\":2,\"name\":\"Bob\"},\"op\":\"c\"}"),
            change(3, "{\"before\":null,\"after\":{\"id\":3,\"name\":\"Cleo\"},\"op\":\"c\"}"),
            change(1, "{\"before\":null,\"after\":{\"id\":1,\"name\":\"Anna\"},\"op\":\"u\"}"),
            change(9, "{\"before\":null,\"after\":{\"id\":\"x\"},\"op\":\"c\"}")));
    assertThat(headwater("run")).as(said).isZero();
    assertThat(said).contains("3 kept, 1 letters, 1 filtered");

    broker.send(
        List.of(
            change(2, "{\"before\":{\"id\":2},\"after\":null,\"op\":\"d\"}"),
            change(2, null),
            change(3, "{\"before\":null,\"after\":null,\"op\":\"d\"}"),
            change(3, null)));
    assertThat(headwater("run")).as(said).isZero();
    assertThat(said).contains("0 kept, 0 letters, 4 filtered");
    assertThat(headwater("head", "people")).isZero();
    assertThat(said).contains("Anna").doesNotContain("Anne", "Bob", "Cleo", "__gone");
  }
}

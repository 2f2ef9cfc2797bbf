package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.KafkaBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of a database, through a real broker, into a table, as the command does it. */
final class ChangesIT {
  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init")
  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
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
    project.yaml(
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
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("3 kept, 1 letters, 1 filtered");

    broker.send(
        List.of(
            change(2, "{\"before\":{\"id\":2},\"after\":null,\"op\":\"d\"}"),
            change(2, null),
            change(3, "{\"before\":null,\"after\":null,\"op\":\"d\"}"),
            change(3, null)));
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("0 kept, 0 letters, 4 filtered");
    assertThat(project.headwater("head", "people")).isZero();
    assertThat(project.said()).contains("Anna").doesNotContain("Anne", "Bob", "Cleo", "__gone");
  }
}

package dev.headwater.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.HeadwaterException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What a real broker says of its topics, also after it was killed. */
final class TopicOffsetsIT {
  private static final KafkaBroker BROKER = KafkaBroker.shared();

  @Test
  void tellsBeginningEndAndTimesAlsoAfterItWasKilled() {
    BROKER.create("told", 2, Map.of());
    Topic topic = Topic.of(BROKER.servers(), "told");
    BROKER.send(List.of(record(0, 1_000), record(0, 2_000), record(1, 3_000)));
    Offsets end = Offsets.of(Map.of(0, 2L, 1, 1L));
    try (TopicOffsets offsets = TopicOffsets.open(topic)) {
      assertThat(offsets.describe().partitions()).containsExactly(0, 1);
      assertThat(offsets.describe().id()).isNotEmpty();
      assertThat(offsets.beginning()).isEqualTo(Offsets.of(Map.of(0, 0L, 1, 0L)));
      assertThat(offsets.end()).isEqualTo(end);
      assertThat(offsets.at(Instant.ofEpochMilli(1_500)))
          .isEqualTo(Offsets.of(Map.of(0, 1L, 1, 0L)));
      assertThat(offsets.at(Instant.ofEpochMilli(9_000))).isEqualTo(end);
      BROKER.kill();
      BROKER.restart();
      assertThat(offsets.end()).isEqualTo(end);
    }
  }

  private static ProducerRecord<byte[], byte[]> record(int partition, long at) {
    return new ProducerRecord<>("told", partition, at, null, new byte[] {1});
  }

  @Test
  void saysThatThereIsNoSuchTopic() {
    try (TopicOffsets offsets = TopicOffsets.open(Topic.of(BROKER.servers(), "none"))) {
      assertThatThrownBy(offsets::describe)
          .isInstanceOf(HeadwaterException.class)
          .hasMessage(
              "Cannot read topic none of %s: there is no such topic. Fix: create it, or correct its"
                  + " name.",
              BROKER.servers());
    }
  }

  @Test
  void saysThatNobodyAnswers() {
    Topic nobody = Topic.of("127.0.0.1:1", "t");
    try (TopicOffsets offsets = TopicOffsets.open(nobody, Duration.ofMillis(200))) {
      assertThatThrownBy(offsets::describe)
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("its brokers do not answer")
          .extracting(e -> ((HeadwaterException) e).kind())
          .isEqualTo(HeadwaterException.Kind.UNREACHABLE);
    }
  }
}

package dev.headwater.kafka.decode;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.broker.Ports;
import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A schema registry's client without its registry. */
final class RegistryTest {
  @Test
  void aRegistryThatStaysAwayFailsTheJobAndMakesNoLetters() throws IOException {
    String address = "http://127.0.0.1:" + Ports.free();
    try (AvroWriters away = Registry.of(address, Map.of(), Duration.ofMillis(300)).open()) {
      assertThatThrownBy(() -> away.of(new byte[] {0, 0, 0, 0, 1}, 0, 5))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("The schema registry " + address + " does not answer")
          .hasMessageContaining("Fix: check the address and that it runs");
    }
  }
}

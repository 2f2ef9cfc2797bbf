package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.broker.SecureDoor;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic behind TLS and SASL, with secrets by reference, as the command reads it. */
final class SecureTopicIT {
  private static final String PLAIN = "plain-s3cret-of-anne";
  private static final String SCRAM = "scram-s3cret-of-anne";

  @TempDir private Path folder = Path.of("unset");

  @Test
  void whoHasTheRightSecretAndCertificateReadsAndNothingTellsThem() throws Exception {
    SecureDoor door = SecureDoor.make(folder);
    SecureDoor other = SecureDoor.make(Files.createDirectory(folder.resolve("other")));
    Path secrets = Files.createDirectory(folder.resolve("secrets"));
    TestProject project = new TestProject(folder.resolve("shop"));
    try (KafkaBroker broker =
        KafkaBroker.start(folder.resolve("broker"), door.settings(Map.of("anne", PLAIN)))) {
      broker.create("secure", 1, Map.of());
      broker.send(List.of(record("{\"id\":1}"), record("no row")));
      try (Admin admin = broker.admin()) {
        admin
            .alterUserScramCredentials(
                List.of(
                    new UserScramCredentialUpsertion(
                        "anne",
                        new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096),
                        SCRAM)))
            .all()
            .get();
      }
      Path jaas = secrets.resolve("jaas");
      declare(project, door, jaas, "PLAIN", other.certificate());
      secret(jaas, "plain.Plain", PLAIN);
      assertThat(project.headwater("run")).as(project.said()).isEqualTo(2);
      assertThat(project.said())
          .contains("Cannot read topic secure of " + door.servers() + ": no TLS with its brokers")
          .contains("(SSL handshake failed: ", "ssl.truststore.location");

      declare(project, door, jaas, "PLAIN", door.certificate());
      secret(jaas, "plain.Plain", PLAIN + "x");
      assertThat(project.headwater("run")).as(project.said()).isEqualTo(2);
      assertThat(project.said())
          .contains("the brokers refuse it", "Invalid username or password", "user's rights");
      secret(jaas, "plain.Plain", PLAIN);
      assertThat(project.headwater("run")).as(project.said()).isZero();
      assertThat(project.said()).contains("1 kept, 1 letters");

      broker.send(List.of(record("{\"id\":2}")));
      declare(project, door, jaas, "SCRAM-SHA-512", door.certificate());
      secret(jaas, "scram.Scram", PLAIN);
      assertThat(project.headwater("offsets", "orders")).as(project.said()).isEqualTo(2);
      assertThat(project.said()).contains("invalid credentials");
      secret(jaas, "scram.Scram", SCRAM);
      assertThat(project.headwater("run")).as(project.said()).isZero();
      assertThat(project.rows(TableRef.of("shop", "orders"))).containsExactly("1", "2");
      Files.delete(jaas);
      assertThat(project.headwater("run")).as(project.said()).isEqualTo(2);
      assertThat(project.said()).contains("jaas cannot be read", "sasl.jaas.config.secret");
    }
    untold(project.folder());
  }

  private static ProducerRecord<byte[], byte[]> record(String value) {
    return new ProducerRecord<>("secure", value.getBytes(StandardCharsets.UTF_8));
  }

  private static void secret(Path file, String module, String password) throws IOException {
    Files.writeString(
        file,
        "org.apache.kafka.common.security.%sLoginModule required username=\"anne\" password=\"%s\";"
            .formatted(module, password));
  }

  private static void declare(
      TestProject project, SecureDoor door, Path jaas, String mechanism, Path certificate)
      throws IOException {
    project.yaml(
        """
        project: shop
        sources:
          in:
            kafka:
              servers: %s
              topic: secure
              columns: {id: long}
              properties:
                security.protocol: SASL_SSL
                sasl.mechanism: %s
                sasl.jaas.config: {secret: file/%s}
                ssl.truststore.type: PEM
                ssl.truststore.location: %s
        tables: {orders: {from: in}}
        """
            .formatted(door.servers(), mechanism, jaas, certificate));
  }

  /** Neither logs nor run records nor tables have them. */
  private static void untold(Path all) throws IOException {
    try (Stream<Path> files = Files.walk(all)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain("s3cret-of-anne");
      }
    }
  }
}

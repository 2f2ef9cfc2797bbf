package dev.headwater.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A broker's second listener, on loopback: TLS with a certificate that signs itself, and SASL, as
 * {@code PLAIN} or {@code SCRAM-SHA-512}. The broker's own clients and tests' go on without.
 *
 * @param certificate for those who are to trust the broker, in PEM
 */
public record SecureDoor(int port, Path keys, Path certificate) {
  private static final String HOST = "127.0.0.1";
  private static final String KEYS_PASSWORD = "of-the-broker's-keys";

  /** With a key and a certificate of its own, made by the JDK's keytool in a folder. */
  public static SecureDoor make(Path folder) {
    Path keys = folder.resolve("broker.p12");
    Path certificate = folder.resolve("broker.pem");
    keytool(
        keys,
        List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=" + HOST, "-ext", "san=ip:" + HOST));
    keytool(keys, List.of("-exportcert", "-rfc", "-file", certificate.toString()));
    try {
      return new SecureDoor(Ports.free(), keys, certificate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void keytool(Path keys, List<String> more) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    line.addAll(more);
    line.addAll(List.of("-alias", "broker", "-keystore", keys.toString()));
    line.addAll(List.of("-storetype", "PKCS12", "-storepass", KEYS_PASSWORD));
    try {
      Process made = new ProcessBuilder(line).redirectErrorStream(true).start();
      String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (made.waitFor() != 0) {
        throw new IllegalStateException("keytool: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Where clients find it: host:port. */
  public String servers() {
    return HOST + ":" + port;
  }

  /**
   * What a broker with it is started with, see {@link KafkaBroker#start(Path, Map)}.
   *
   * @param users the passwords of PLAIN's, by name; SCRAM's are made by an admin client
   */
  public Map<String, String> settings(Map<String, String> users) {
    String plain =
        users.entrySet().stream()
            .map(user -> " user_" + user.getKey() + "=\"" + user.getValue() + "\"")
            .collect(Collectors.joining());
    String modules = "org.apache.kafka.common.security.";
    String jaas = ".sasl.jaas.config";
    Map<String, String> all = new TreeMap<>();
    all.put("listeners", "SASL_SSL://" + servers());
    all.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512");
    all.put(
        "listener.name.sasl_ssl.plain" + jaas,
        modules + "plain.PlainLoginModule required" + plain + ";");
    all.put(
        "listener.name.sasl_ssl.scram-sha-512" + jaas,
        modules + "scram.ScramLoginModule required;");
    all.put("ssl.keystore.type", "PKCS12");
    all.put("ssl.keystore.location", keys.toString());
    all.put("ssl.keystore.password", KEYS_PASSWORD);
    return all;
  }
}

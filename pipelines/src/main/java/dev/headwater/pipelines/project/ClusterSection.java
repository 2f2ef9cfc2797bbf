package dev.headwater.pipelines.project;

import dev.headwater.catalog.Secrets;
import dev.headwater.pipelines.project.ClusterDecl.KeyFile;
import dev.headwater.pipelines.project.ClusterDecl.Login;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One cluster of the project file. */
final class ClusterSection {
  private final Path folder;
  private final String project;
  private final Section section;

  ClusterSection(Path folder, String project, Section section) {
    this.folder = folder;
    this.project = project;
    this.section = section;
  }

  @Nullable ClusterDecl parse() {
    String compute = section.value("compute", t -> Values.oneOf(t, List.of("cpu", "gpu")));
    boolean gpu = "gpu".equals(compute);
    Pods pods = Pods.parse(section.section("kubernetes"), gpu);
    String address =
        pods != null && !section.has("address")
            ? pods.address(project, section.name())
            : section.required("address", "https://flink.example.com:8081");
    KeyFile trusts = keys("truststore");
    KeyFile shows = keys("keystore");
    if (address == null) {
      return null;
    }
    if (!ClusterDecl.isAddress(address)) {
      section.problem(
          "address",
          "'" + address + "' is no address. Write host:port or https://host:port, the REST port.");
    }
    if ((trusts != null || shows != null) && !address.startsWith("https://")) {
      section.problem(
          "address", "certificates are for TLS. Write https://" + address.replace("http://", ""));
    }
    return new ClusterDecl(section.name(), address, trusts, shows, login(address), gpu, pods);
  }

  private @Nullable Login login(String address) {
    Section login = section.section("login");
    if (login == null) {
      return null;
    }
    String user = login.text("user");
    String secret = secret(login, user == null ? "token" : "password");
    login.end();
    if (!address.startsWith("https://") && !address.matches("(http://)?(localhost|127[.].*)")) {
      section.problem("login", "would be read by others on the way. Write address: https://...");
    }
    return secret == null ? null : new Login(user, secret);
  }

  private static @Nullable String secret(Section s, String key) {
    Section reference = s.isSection(key) ? s.section(key) : null;
    if (reference == null) {
      s.problem(key, "is a secret. Write " + key + ": {secret: env/FLINK_" + upper(key) + "}");
      String unused = s.text(key);
      return null;
    }
    String secret = reference.required("secret", "env/FLINK_" + upper(key));
    String complaint = secret == null ? null : Secrets.complaint(secret);
    if (complaint != null) {
      reference.problem("secret", complaint);
    }
    reference.end();
    return secret;
  }

  private static String upper(String key) {
    return key.toUpperCase(Locale.ROOT);
  }

  private @Nullable KeyFile keys(String key) {
    Section keys = section.section(key);
    if (keys == null) {
      return null;
    }
    String file = keys.required("file", "certs/flink.p12");
    String password = secret(keys, "password");
    keys.end();
    return file == null || password == null
        ? null
        : new KeyFile(folder.resolve(file).normalize(), password);
  }
}

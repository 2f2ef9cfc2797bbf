package dev.headwater.pipelines.project;

import dev.headwater.pipelines.project.ClusterDecl.KeyFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One cluster of the project file. */
final class ClusterSection {
  private final Path folder;
  private final Section section;

  ClusterSection(Path folder, Section section) {
    this.folder = folder;
    this.section = section;
  }

  @Nullable ClusterDecl parse() {
    String address = section.required("address", "https://flink.example.com:8081");
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
    return new ClusterDecl(section.name(), address, trusts, shows);
  }

  private @Nullable KeyFile keys(String key) {
    Section keys = section.section(key);
    if (keys == null) {
      return null;
    }
    String file = keys.required("file", "certs/flink.p12");
    String password = null;
    if (keys.isSection("password")) {
      Section reference = keys.section("password");
      if (reference != null) {
        password = reference.required("secret", "env/FLINK_STORE");
        reference.end();
      }
    } else {
      keys.problem("password", "is a secret. Write password: {secret: env/FLINK_STORE}");
      String unused = keys.text("password");
    }
    keys.end();
    return file == null || password == null
        ? null
        : new KeyFile(folder.resolve(file).normalize(), password);
  }
}

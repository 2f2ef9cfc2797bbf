package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate of 127.0.0.1 that signs itself, with its key: for both sides of TLS. */
record ClusterKeys(Path store, String password) {
  /** Made by the JDK's keytool. */
  static ClusterKeys make(Path folder, String password) throws IOException, InterruptedException {
    Path store = folder.resolve("keys.p12");
    Process made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "flink",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                password)
            .inheritIO()
            .start();
    assertThat(made.waitFor()).isZero();
    return new ClusterKeys(store, password);
  }

  /** For a JobManager whose REST API speaks TLS, and asks who is there. */
  Map<String, Object> configuration() {
    Map<String, Object> all = new LinkedHashMap<>();
    // Flink's own default is a suite that newer JDKs no longer speak.
    all.put("security.ssl.algorithms", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    all.put("security.ssl.rest.enabled", true);
    all.put("security.ssl.rest.authentication-enabled", true);
    all.put("security.ssl.rest.keystore", store);
    all.put("security.ssl.rest.keystore-password", password);
    all.put("security.ssl.rest.key-password", password);
    all.put("security.ssl.rest.truststore", store);
    all.put("security.ssl.rest.truststore-password", password);
    return all;
  }

  /** For who asks it. */
  SSLContext context() throws IOException {
    try {
      KeyStore both = KeyStore.getInstance(store.toFile(), password.toCharArray());
      KeyManagerFactory key =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      key.init(both, password.toCharArray());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(both);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(key.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}

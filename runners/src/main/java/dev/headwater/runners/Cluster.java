package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.Secrets;
import dev.headwater.pipelines.project.ClusterDecl;
import dev.headwater.pipelines.project.ClusterDecl.KeyFile;
import dev.headwater.pipelines.project.ClusterDecl.Login;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.SecurityOptions;
import org.jspecify.annotations.Nullable;

/**
 * Where a Flink session cluster is, and how it is spoken to.
 *
 * @param name as the user gave it
 * @param root of its REST API
 */
record Cluster(
    String name,
    URI root,
    @Nullable KeyFile trusts,
    @Nullable KeyFile shows,
    @Nullable Login login) {
  /** Those of today, and Flink's own default, which is the only one of a cluster left as it is. */
  private static final String SUITES =
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,"
          + "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,"
          + "TLS_RSA_WITH_AES_128_CBC_SHA";

  private static final int DEFAULT_PORT = 8081;

  /** A JobManager that is lost while a job is sent is told in seconds; Flink's own is a minute. */
  private static final int TRIES = 5;

  private static final long BETWEEN_MILLIS = 2_000;
  private static final long CONNECT_MILLIS = 3_000;

  /** What Java trusts, where nothing else is declared; its password is everybody's. */
  private static final Path CACERTS =
      Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");

  /**
   * One of the project's clusters, or the one at an address.
   *
   * @throws HeadwaterException USAGE if it is neither
   */
  static Cluster of(String given, Map<String, ClusterDecl> declared) {
    ClusterDecl known = declared.get(given);
    if (known != null) {
      return new Cluster(
          given, root(known.address()), known.trusts(), known.shows(), known.login());
    }
    boolean name = !declared.isEmpty() && given.matches("\\w+") && !given.equals("localhost");
    if (name || !ClusterDecl.isAddress(given)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "'"
              + given
              + "' is no address of a Flink cluster"
              + (declared.isEmpty()
                  ? "."
                  : ", and none of the project's: " + String.join(", ", declared.keySet()) + "."),
          "write host:port, the REST port of its JobManager: --cluster=127.0.0.1:8081.");
    }
    return new Cluster(given, root(given), null, null, null);
  }

  private static URI root(String address) {
    URI given = URI.create(address.startsWith("http") ? address : "http://" + address);
    int port = given.getPort() < 0 ? DEFAULT_PORT : given.getPort();
    return URI.create(given.getScheme() + "://" + given.getHost() + ":" + port);
  }

  boolean isTls() {
    return root.getScheme().equals("https");
  }

  /**
   * What our own requests trust and show.
   *
   * @throws HeadwaterException USAGE if a file can't be read with its password
   */
  SSLContext ssl() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusts == null ? null : store(trusts));
      KeyManagerFactory key =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      if (shows != null) {
        key.init(store(shows), password(shows).toCharArray());
      }
      context.init(shows == null ? null : key.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore store(KeyFile keys) throws GeneralSecurityException {
    try {
      return KeyStore.getInstance(keys.file().toFile(), password(keys).toCharArray());
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot read the keys in "
              + keys.file()
              + " for cluster "
              + name
              + ": "
              + e.getMessage()
              + ".",
          "name a PKCS12 or JKS file, and where its password is.",
          e);
    }
  }

  private String password(KeyFile keys) {
    return Secrets.secret("cluster '" + name + "' (" + keys.file() + ")", keys.password());
  }

  /** What each request has in its header, where it has to have anything. */
  Optional<String> authorization() {
    if (login == null) {
      return Optional.empty();
    }
    String secret = Secrets.secret("cluster '" + name + "' (login)", login.secret());
    return Optional.of(
        login.user() == null
            ? "Bearer " + secret
            : "Basic "
                + Base64.getEncoder()
                    .encodeToString(
                        (login.user() + ":" + secret).getBytes(StandardCharsets.UTF_8)));
  }

  /** The same for Flink's own client, which sends the jobs. */
  Configuration flink() {
    Configuration how = new Configuration();
    authorization().ifPresent(header -> LoginHeader.set(how, root, header));
    how.set(RestOptions.CONNECTION_TIMEOUT, CONNECT_MILLIS);
    how.set(RestOptions.RETRY_MAX_ATTEMPTS, TRIES);
    how.set(RestOptions.RETRY_DELAY, BETWEEN_MILLIS);
    if (isTls()) {
      how.set(SecurityOptions.SSL_REST_ENABLED, true);
      how.set(SecurityOptions.SSL_ALGORITHMS, SUITES);
      how.set(
          SecurityOptions.SSL_REST_TRUSTSTORE,
          (trusts == null ? CACERTS : trusts.file()).toString());
      how.set(
          SecurityOptions.SSL_REST_TRUSTSTORE_PASSWORD,
          trusts == null ? "changeit" : password(trusts));
    }
    if (shows != null) {
      how.set(SecurityOptions.SSL_REST_AUTHENTICATION_ENABLED, true);
      how.set(SecurityOptions.SSL_REST_KEYSTORE, shows.file().toString());
      how.set(SecurityOptions.SSL_REST_KEYSTORE_PASSWORD, password(shows));
      how.set(SecurityOptions.SSL_REST_KEY_PASSWORD, password(shows));
    }
    return how;
  }
}

package dev.headwater.pipelines.project;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Flink session cluster, by a name of the project's own.
 *
 * @param address host:port of its JobManager's REST API, or https://host:port
 * @param trusts what the cluster's certificate is checked against; if null, what Java trusts
 * @param shows our certificate, where the cluster asks for one
 * @param login what each request has in its header, where something in front of it asks
 * @param gpu whether its workers have GPUs
 * @param pods how it is made in Kubernetes; null: it is there
 */
public record ClusterDecl(
    String name,
    String address,
    @Nullable KeyFile trusts,
    @Nullable KeyFile shows,
    @Nullable Login login,
    boolean gpu,
    @Nullable Pods pods) {
  /**
   * Keys and certificates in a file, PKCS12 or JKS.
   *
   * @param password a reference: env/NAME, file/PATH, vault/PATH#FIELD
   */
  public record KeyFile(Path file, String password) {}

  /**
   * A name and its password, or a token.
   *
   * @param user null: a bearer's token
   * @param secret a reference: env/NAME, file/PATH, vault/PATH#FIELD
   */
  public record Login(@Nullable String user, String secret) {}

  private static final Pattern ADDRESS =
      Pattern.compile("(?:https?://)?(?:[\\w.-]+|\\[[0-9a-fA-F:]+])(?::\\d{1,5})?/?");

  /** One that is spoken to by its address alone, or with certificates. */
  public ClusterDecl(
      String name, String address, @Nullable KeyFile trusts, @Nullable KeyFile shows) {
    this(name, address, trusts, shows, null, false, null);
  }

  /** The same for a project of another name: where its pods are called after it. */
  ClusterDecl renamed(@Nullable String from, String to) {
    boolean own = pods != null && from != null && address.equals(pods.address(from, name));
    return own && pods != null
        ? new ClusterDecl(name, pods.address(to, name), trusts, shows, login, gpu, pods)
        : this;
  }

  /** Whether a text can be a cluster's address. */
  public static boolean isAddress(String text) {
    return ADDRESS.matcher(text).matches();
  }
}

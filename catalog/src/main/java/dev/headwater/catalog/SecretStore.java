package dev.headwater.catalog;

/**
 * A place that secrets are kept in. Those of others are found by {@link java.util.ServiceLoader}: a
 * public class with a constructor without arguments, named in {@code
 * META-INF/services/dev.headwater.catalog.SecretStore}, on the class path of the command and of
 * workers. Ours are {@code env}, {@code file} and {@code vault}.
 */
public interface SecretStore {
  /** What references to it begin with, before the first slash: small letters, digits and -. */
  String scheme();

  /**
   * The secret. Asked where a connection is made and each time one is, on workers too, by any
   * thread: what is far away keeps it for a while.
   *
   * @param path what follows the first slash of the reference
   * @throws HeadwaterException USAGE if there is none or it may not be read, UNREACHABLE if the
   *     store does not answer; neither its message nor its cause has anything of the secret in it
   */
  String secret(String path);
}

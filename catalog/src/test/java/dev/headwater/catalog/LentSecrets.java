package dev.headwater.catalog;

/** Somebody else's store, as its ServiceLoader finds it; careless with what it keeps. */
public final class LentSecrets implements SecretStore {
  @Override
  public String scheme() {
    return "lent";
  }

  @Override
  public String secret(String path) {
    if (path.equals("broken")) {
      throw new IllegalStateException("could not decrypt canary");
    }
    return "of " + path;
  }
}

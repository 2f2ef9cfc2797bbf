package dev.headwater.catalog.maintain;

/** Compares locations that different engines write differently. */
final class Locations {
  private Locations() {}

  /**
   * What is behind scheme and host, without doubled slashes: {@code file:///a}, {@code file:/a} and
   * {@code /a} are one file, {@code s3} and {@code s3a} one store. Rather too much is the same.
   */
  static String path(String location) {
    String path = location;
    int scheme = path.indexOf(":/");
    if (scheme > 0) {
      path = path.substring(scheme + 1);
      if (path.startsWith("//")) {
        int slash = path.indexOf('/', 2);
        path = slash < 0 ? "" : path.substring(slash);
      }
    }
    path = path.replaceAll("/+", "/");
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}

package dev.headwater.lineage;

/** How long identifiers are shown to people. */
final class Texts {
  private Texts() {}

  /** A snapshot id as {@code 5822…41}; short versions as they are. */
  static String shortened(String version) {
    return version.length() <= 9
        ? version
        : version.substring(0, 4) + "…" + version.substring(version.length() - 2);
  }

  /** What a version that was shown shortened begins with. */
  static String beforeDots(String shown) {
    int dots = shown.indexOf('…');
    return dots < 0 ? shown : shown.substring(0, dots);
  }

  /** A topic's offsets: those of a few partitions, otherwise how many partitions they are. */
  static String offsets(String version) {
    String[] partitions = version.split(",", -1);
    return partitions.length <= 4 ? version : partitions.length + " partitions";
  }

  /** A digest or an id by its beginning: {@code 9c1f…}. */
  static String beginning(String id) {
    return id.length() <= 9 ? id : id.substring(0, 4) + "…";
  }
}

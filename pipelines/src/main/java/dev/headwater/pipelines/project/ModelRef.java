package dev.headwater.pipelines.project;

/**
 * A model and which of its versions: an alias ("champion") or a number ("7").
 *
 * @param version resolved once, at the start of a run
 */
public record ModelRef(String model, String version) {
  public static final String CHAMPION = "champion";

  /** Reads {@code late}, {@code late@champion} or {@code late@7}. */
  public static ModelRef parse(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? new ModelRef(text, CHAMPION)
        : new ModelRef(text.substring(0, at), text.substring(at + 1));
  }

  @Override
  public String toString() {
    return model + "@" + version;
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.pipelines.project.Environment;
import dev.headwater.pipelines.project.Environment.Protection;
import dev.headwater.pipelines.project.Project;
import org.jspecify.annotations.Nullable;

/** Holds back what destroys, forces or promotes in an environment that is protected. */
public final class Guard {
  private Guard() {}

  /**
   * Lets it be done, or not.
   *
   * @param what "delete rows of flights"
   * @param confirmed the environment that was said to be meant; null: none
   * @throws HeadwaterException REFUSED if it may not be done, or was said of another environment
   */
  public static void check(Project project, String what, @Nullable String confirmed) {
    Environment here = project.environment();
    Protection protection = here.protection();
    if (confirmed != null && !confirmed.equals(here.name())) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot %s: it is confirmed for %s, but this is %s."
              .formatted(what, confirmed, here.name()),
          "name the environment that you mean in both: --env and --confirm.");
    }
    if (!protection.on()) {
      return;
    }
    if (!protection.people().isEmpty() && !protection.people().contains(who())) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot %s: environment %s lets only %s do this, not %s."
              .formatted(what, here.name(), String.join(", ", protection.people()), who()),
          "have one of them do it, or add the name under environments." + here.name() + ".");
    }
    if (confirmed == null) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot %s: environment %s is protected.".formatted(what, here.name()),
          "say --confirm " + here.name() + " if you mean it.");
    }
  }

  /** Who runs this, as the machine calls them. */
  static String who() {
    return System.getProperty("user.name", "somebody");
  }
}

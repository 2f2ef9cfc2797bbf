package dev.headwater.pipelines.init;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a column's name lets one expect. */
final class Words {
  /** When something happened, and when a row of it was first known. */
  private static final Set<String> HAPPENED =
      Set.of(
          "time",
          "timestamp",
          "ts",
          "date",
          "datetime",
          "event",
          "created",
          "occurred",
          "ordered",
          "started",
          "recorded",
          "at",
          "when");

  /** When a row was changed later, or something quite different. */
  private static final Set<String> LATER =
      Set.of(
          "updated",
          "modified",
          "changed",
          "deleted",
          "closed",
          "ended",
          "end",
          "finished",
          "birth",
          "birthday",
          "dob",
          "expires",
          "expiry",
          "valid",
          "loaded",
          "ingested",
          "due");

  /** What people name that which is to be told. */
  private static final Set<String> TOLD =
      Set.of(
          "label",
          "target",
          "y",
          "class",
          "outcome",
          "result",
          "churn",
          "churned",
          "fraud",
          "default",
          "defaulted",
          "late",
          "delay",
          "delayed",
          "returned",
          "cancelled",
          "canceled",
          "converted",
          "conversion",
          "clicked",
          "click",
          "survived",
          "success",
          "failed",
          "failure",
          "response",
          "responded",
          "approved",
          "accepted",
          "won",
          "subscribed",
          "exited",
          "spam",
          "anomaly",
          "risk",
          "readmitted",
          "diagnosis",
          "attrition",
          "quality",
          "score",
          "rating");

  private static final Set<String> KEYS = Set.of("id", "uuid", "guid", "key", "no", "nr", "number");

  private Words() {}

  /** The words of a name: of orderedAt, ORDERED_AT and ordered-at the same two. */
  static List<String> of(String name) {
    String spaced = name.replaceAll("([a-z0-9])([A-Z])", "$1 $2");
    return List.of(spaced.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1));
  }

  /** Positive for names of when something happened, negative for those of what came later. */
  static int happened(String name) {
    List<String> words = of(name);
    boolean later = words.stream().anyMatch(LATER::contains);
    return later ? -1 : words.stream().anyMatch(HAPPENED::contains) ? 1 : 0;
  }

  static boolean told(String name) {
    return of(name).stream().anyMatch(TOLD::contains);
  }

  static boolean key(String name) {
    return of(name).stream().anyMatch(KEYS::contains);
  }
}

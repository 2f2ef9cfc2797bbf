package dev.headwater.pipelines.project;

import java.util.Locale;

/** Something that a project makes: {@code model/late}. */
public record Target(Kind kind, String name) {
  /** What a target is, and the word of the stage that makes it. */
  public enum Kind {
    TABLE("ingest"),
    DERIVED("derive"),
    FEATURES("features"),
    MODEL("train"),
    SCORE("score"),
    MONITOR("drift");

    private final String stage;

    Kind(String stage) {
      this.stage = stage;
    }

    /** The one word of its stage. */
    public String stage() {
      return stage;
    }

    /** As written before the slash: "model"; a table is one, however it is made. */
    public String word() {
      return this == DERIVED ? TABLE.word() : name().toLowerCase(Locale.ROOT);
    }
  }

  /** The file's section that it stands in: "models". */
  String noun() {
    return kind == Kind.FEATURES ? "features" : kind.word() + "s";
  }

  /** Its dotted name in the file: "models.late". */
  public String path() {
    return noun() + "." + name;
  }

  @Override
  public String toString() {
    return kind.word() + "/" + name;
  }
}

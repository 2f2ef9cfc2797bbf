package dev.headwater.pipelines.against;

import java.util.Locale;

/** In which way something is not as it was; those that break somebody first. */
enum Reason {
  UNFIT(true, "declarations that don't fit any more"),
  TARGET_REMOVED(true, "targets removed"),
  REMOVED(true, "columns removed"),
  RENAMED(true, "columns renamed"),
  RETYPED(true, "columns of another type"),
  NULLABLE(true, "columns that get nulls"),
  TIGHTENED(true, "contracts tightened: rows that were kept become letters"),
  KEY(true, "keys and times changed"),
  LABEL(true, "models that predict something else"),
  LEARNED(true, "columns that models have learned from, computed otherwise"),
  RECOMPUTED(false, "columns computed otherwise"),
  TARGET_ADDED(false, "targets added"),
  ADDED(false, "columns added"),
  WIDENED(false, "columns widened"),
  NOT_NULL(false, "columns without nulls from now on"),
  LOOSENED(false, "contracts loosened"),
  TRAINED(false, "models that train otherwise"),
  KEPT(false, "tables laid out and kept otherwise"),
  UNKNOWN(false, "not compared");

  private final boolean breaking;
  private final String sentence;

  Reason(boolean breaking, String sentence) {
    this.breaking = breaking;
    this.sentence = sentence;
  }

  /** Whether somebody who reads or fills it, and changes nothing, is worse off. */
  boolean breaking() {
    return breaking;
  }

  /** As a heading says it. */
  String sentence() {
    return sentence;
  }

  /** As data say it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

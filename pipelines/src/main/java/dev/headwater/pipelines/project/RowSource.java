package dev.headwater.pipelines.project;

import org.jspecify.annotations.Nullable;

/** Rows that views, models and scores can be of, while a project is declared in Java. */
public sealed interface RowSource permits TableBuilder, DerivedBuilder, ForeignTable {
  /** What the project calls them. */
  String name();

  /** The column with their event time, where they have one. */
  @Nullable String time();
}

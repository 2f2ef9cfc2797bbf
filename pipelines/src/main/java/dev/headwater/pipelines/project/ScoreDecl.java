package dev.headwater.pipelines.project;

import org.jspecify.annotations.Nullable;

/**
 * A table of predictions.
 *
 * @param rows the table whose rows are scored
 * @param time the rows' time; the model's by default
 * @param where an expression that keeps rows, or null: all
 */
public record ScoreDecl(
    String name, ModelRef model, String rows, String time, @Nullable String where) {}

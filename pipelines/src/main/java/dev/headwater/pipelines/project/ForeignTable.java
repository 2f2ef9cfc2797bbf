package dev.headwater.pipelines.project;

import org.jspecify.annotations.Nullable;

/** A source that is somebody else's table. */
public record ForeignTable(String name, @Nullable String time) implements RowSource {}

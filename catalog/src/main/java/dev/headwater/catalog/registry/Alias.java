package dev.headwater.catalog.registry;

import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A name that points to a version of a model, since when and why; also one line of its history.
 *
 * @param previous the version it pointed to before; null at the first
 * @param by who moved it
 */
public record Alias(
    String project,
    String model,
    String name,
    int version,
    @Nullable Integer previous,
    String by,
    String reason,
    Instant since)
    implements Serializable {}

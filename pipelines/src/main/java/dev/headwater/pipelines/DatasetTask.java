package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;
import dev.headwater.train.Dataset;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a model's training, into a file.
 *
 * @param ref a version, an alias; null: the newest version, or without any what would be trained on
 * @param current what it would be trained on now, whatever versions there are
 * @param to ends in .parquet or .csv
 * @param force replace the file if there is one
 */
public record DatasetTask(
    Target model,
    @Nullable String ref,
    boolean current,
    Path to,
    boolean force,
    Dataset.Wanted wanted) {}

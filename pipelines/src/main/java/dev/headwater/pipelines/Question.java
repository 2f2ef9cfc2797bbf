package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked about where things came from and what they went into. A {@code ref} is what
 * stood after the @ ("7", "champion", "snapshot:58"), or null: the newest.
 */
public sealed interface Question {
  /**
   * How far a trace goes.
   *
   * @param columns whether it is told which columns come from which
   * @param asOf only what was there at this moment; null: now
   */
  record Scope(boolean columns, @Nullable Instant asOf) {
    public static final Scope NOW = new Scope(false, null);
  }

  /**
   * The way back of a target's version to the files and topics it came from.
   *
   * @param column only of this one; null: of all
   */
  record Trace(Target of, @Nullable String ref, @Nullable String column, Scope scope)
      implements Question {}

  /**
   * The way forward: all that was made from a target's version.
   *
   * @param column only what this one has a part in; null: all
   */
  record Impact(Target of, @Nullable String ref, @Nullable String column, Scope scope)
      implements Question {}

  /**
   * All that was made from a source file.
   *
   * @param file its path, from the project's folder or from the current one; the beginning of its
   *     SHA-256 may stand after an @
   */
  record ImpactOfFile(String file, Scope scope) implements Question {}

  /**
   * Where rows of a key are: files, snapshots, tags, models and other tables.
   *
   * @param key values as text by column; an empty column's name means the table's own key
   */
  record WhereRows(Target table, Map<String, String> key) implements Question {
    public WhereRows {
      key = Collections.unmodifiableMap(new LinkedHashMap<>(key));
    }
  }

  /**
   * How two versions of a model differ: data, features, code, parameters, metrics.
   *
   * @param to null: the newest
   */
  record ModelDiff(Target model, String from, @Nullable String to) implements Question {}

  /**
   * What opens the tables in another tool.
   *
   * @param catalog where they are; null: the project's own
   */
  record Connect(dev.headwater.pipelines.connect.Connect.Client client, @Nullable String catalog)
      implements Question {}

  /**
   * Where a row comes from, or why it isn't there.
   *
   * @param ref the table's state; null: the newest
   * @param key values as text by column; an empty column's name means the table's own key
   * @param where SQL over the table's columns; null: the key says it
   */
  record WhyRow(Target table, @Nullable String ref, Map<String, String> key, @Nullable String where)
      implements Question {
    public WhyRow {
      key = Collections.unmodifiableMap(new LinkedHashMap<>(key));
    }
  }

  /** Because of what a target is stale, or last ran. */
  record Why(Target target) implements Question {}
}

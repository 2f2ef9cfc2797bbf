package dev.headwater.catalog.registry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Models, their versions, and the aliases that point to them. */
@SuppressWarnings("DoNotCallSuggester")
public final class Models {
  Models() {}

  /** The next version of a model. The same run again gets the version that it already has. */
  public ModelVersion register(
      String project,
      String model,
      UUID run,
      String location,
      String digest,
      Map<String, Double> metrics,
      String detail) {
    throw new UnsupportedOperationException();
  }

  public Optional<ModelVersion> find(String project, String model, int version) {
    throw new UnsupportedOperationException();
  }

  /** The newest first. */
  public List<ModelVersion> versions(String project, String model) {
    throw new UnsupportedOperationException();
  }

  /** The names of a project's models. */
  public List<String> names(String project) {
    throw new UnsupportedOperationException();
  }

  public Optional<Alias> alias(String project, String model, String alias) {
    throw new UnsupportedOperationException();
  }

  public List<Alias> aliases(String project, String model) {
    throw new UnsupportedOperationException();
  }

  /**
   * Points an alias to a version, if it still points to the expected one.
   *
   * @param expected the version that it points to now; null: it must not exist
   */
  public Alias promote(
      String project,
      String model,
      String alias,
      @Nullable Integer expected,
      int version,
      String by,
      String reason) {
    throw new UnsupportedOperationException();
  }

  /** Points an alias back to the version that it had before the last promotion. */
  public Alias rollback(
      String project, String model, String alias, int expected, String by, String reason) {
    throw new UnsupportedOperationException();
  }

  /** Every move of an alias, the newest first. */
  public List<Alias> history(String project, String model, String alias) {
    throw new UnsupportedOperationException();
  }
}

package dev.headwater.pipelines.project;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Predictions while they are declared. */
public final class ScoreBuilder implements Supplier<ScoreDecl> {
  private final String score;
  private final ModelRef model;
  private final RowSource rows;
  private final Map<String, Supplier<ModelDecl>> models;
  private @Nullable String time;
  private @Nullable String where;

  ScoreBuilder(
      String score, ModelRef model, RowSource rows, Map<String, Supplier<ModelDecl>> models) {
    this.score = score;
    this.model = model;
    this.rows = rows;
    this.models = models;
  }

  /** The rows' time; the model's by default. */
  public ScoreBuilder time(String column) {
    time = column;
    return this;
  }

  /** Keeps only some rows. */
  public ScoreBuilder where(String expression) {
    where = expression;
    return this;
  }

  String name() {
    return score;
  }

  ModelRef model() {
    return model;
  }

  @Override
  public ScoreDecl get() {
    Supplier<ModelDecl> declared = models.get(model.model());
    String point = Values.or(time, declared == null ? null : declared.get().time());
    return new ScoreDecl(score, model, rows.name(), point, where);
  }
}

package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.model.NetworkBuilder;
import dev.headwater.model.UserNetwork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A model while it is declared. */
public final class ModelBuilder implements Supplier<ModelDecl> {
  private static final Split NONE =
      Splits.by("").trainUntil("1970-01-01").holdoutUntil("1970-01-02");

  private final String name;
  private final RowSource rows;
  private final List<Problem> problems;
  private final Map<String, Input> inputs = new LinkedHashMap<>();
  private final List<Gate> gates = new ArrayList<>();
  private Split split = NONE;
  private Network network = Network.DEFAULT;
  private Training training = Training.DEFAULT;
  private String label = "";
  private @Nullable String time;
  private @Nullable String where;

  ModelBuilder(String name, RowSource rows, List<Problem> problems) {
    this.name = name;
    this.rows = rows;
    this.problems = problems;
  }

  /** The rows' time; their table's by default. */
  public ModelBuilder time(String column) {
    time = column;
    return this;
  }

  /** Keeps only some rows. */
  public ModelBuilder where(String expression) {
    where = expression;
    return this;
  }

  /** One more input: an expression over the rows. */
  public ModelBuilder input(String input, String expression) {
    inputs.put(input, new Input.Of(expression));
    return this;
  }

  /** One more input: a view, {@link ViewBuilder#on} the rows' columns. */
  public ModelBuilder input(String input, Input view) {
    inputs.put(input, view);
    return this;
  }

  /** What it should tell: a boolean expression over the rows. */
  public ModelBuilder label(String expression) {
    label = expression;
    return this;
  }

  /** Training and holdout: {@code by("date").trainUntil(...).holdoutUntil(...)}. */
  public ModelBuilder split(Split times) {
    split = times;
    return this;
  }

  /** A multilayer perceptron with these hidden layers. */
  public ModelBuilder mlp(Integer... hidden) {
    network = new Network.Mlp(List.of(hidden));
    return this;
  }

  /**
   * Any DJL block: {@code in -> new MyBlock(in)} or {@code MyBlock::new}, where {@code in} is the
   * number of floats that a row's encoded inputs take. Only the name of what builds it is kept, for
   * whoever loads the model: so a lambda holds nothing, and a class has no fields. A lambda's name
   * is the compiler's; a class's stays.
   */
  public ModelBuilder network(NetworkBuilder builder) {
    try {
      network = new Network.Java(UserNetwork.name(builder));
    } catch (HeadwaterException e) {
      problems.add(Problem.of(0, "models." + name + ".network", e));
    }
    return this;
  }

  /** One more condition without which the champion stays. */
  public ModelBuilder gate(String condition) {
    gates.add(Gate.parse(condition));
    return this;
  }

  /** How it is trained. */
  public ModelBuilder training(Training how) {
    training = how;
    return this;
  }

  /** The version that stands when a run begins. */
  public ModelRef champion() {
    return new ModelRef(name, ModelRef.CHAMPION);
  }

  private String point() {
    return Values.or(time, rows.time());
  }

  @Override
  public ModelDecl get() {
    return new ModelDecl(
        name, rows.name(), point(), where, inputs, label, split, network, gates, training);
  }
}

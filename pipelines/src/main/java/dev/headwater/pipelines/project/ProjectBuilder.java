package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.model.NetworkBuilder;
import dev.headwater.model.UserNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * A project declared in Java; {@link #build} gives the same record as the project file would. Made
 * by {@link Project#named}. Nothing is checked before it is built; then all is, at once.
 */
public final class ProjectBuilder {
  private final String name;
  private Path folder = Path.of("");
  private final Map<String, SourceDecl> sources = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, Supplier<TableDecl>> tables = new LinkedHashMap<>();
  private final Map<String, Supplier<ViewDecl>> features = new LinkedHashMap<>();
  private final Map<String, Supplier<ModelDecl>> models = new LinkedHashMap<>();
  private final Map<String, Supplier<ScoreDecl>> scores = new LinkedHashMap<>();
  private final Map<String, Supplier<MonitorDecl>> monitors = new LinkedHashMap<>();

  ProjectBuilder(String name) {
    this.name = name;
  }

  /** The folder that relative paths start from; the working folder by default. */
  public ProjectBuilder in(Path projectFolder) {
    folder = projectFolder;
    return this;
  }

  /** A table filled from files; they become the source {@code <table>_file}. */
  public Table table(String table, Files files) {
    String source = table + "_file";
    sources.put(source, new SourceDecl(source, files.paths()));
    return add(tables, "tables", table, new Table(table, source, problems));
  }

  /** A feature view over a table. */
  public View features(String view, Table from) {
    return add(features, "features", view, new View(view, from));
  }

  /** A model of a table's rows. */
  public Model model(String model, Table rows) {
    return add(models, "models", model, new Model(model, rows, problems));
  }

  /** Predictions for a table's rows. */
  public Score score(String score, ModelRef model, Table rows) {
    return add(scores, "scores", score, new Score(score, model, rows));
  }

  /** A watch for drift. */
  public Monitor monitor(String monitor, Score current) {
    return add(monitors, "monitors", monitor, new Monitor(monitor, current));
  }

  /**
   * The project.
   *
   * @throws ProjectException with all mistakes
   */
  public Project build() {
    Project project =
        new Project(
            name,
            Map.of(),
            sources,
            made(tables),
            made(features),
            made(models),
            made(scores),
            made(monitors),
            Origin.java(folder));
    List<Problem> all = new ArrayList<>(problems);
    all.addAll(Basics.check(project));
    all.addAll(References.check(project, Set.of()));
    if (!all.isEmpty()) {
      throw new ProjectException("project " + name, all);
    }
    return project;
  }

  /**
   * The command line over this project: {@code run}, {@code plan}, {@code trace late}; without
   * arguments {@code run}. Needs headwater-runners on the class path.
   *
   * @return the exit status
   */
  public int run(String... args) {
    ProjectCommand command =
        ServiceLoader.load(ProjectCommand.class)
            .findFirst()
            .orElseThrow(
                () ->
                    new HeadwaterException(
                        HeadwaterException.Kind.USAGE,
                        "Nothing here can run project " + name + ".",
                        "put headwater-runners on the class path."));
    return command.run(build(), args.length == 0 ? new String[] {"run"} : args);
  }

  private <T, D extends Supplier<T>> D add(
      Map<String, Supplier<T>> all, String noun, String declared, D builder) {
    if (all.putIfAbsent(declared, builder) != null) {
      problems.add(new Problem(0, noun + "." + declared, "is there twice"));
    }
    return builder;
  }

  private <T> Map<String, T> made(Map<String, Supplier<T>> builders) {
    Map<String, T> made = new LinkedHashMap<>();
    builders.forEach((key, builder) -> made.put(key, builder.get()));
    return made;
  }

  private static String or(@Nullable String text, @Nullable String other) {
    return text != null ? text : other == null ? "" : other;
  }

  /** A table while it is declared. */
  public static final class Table implements Supplier<TableDecl> {
    private final String name;
    private final String source;
    private final List<Problem> problems;
    private final List<Step> steps = new ArrayList<>();
    private final List<Partition> partitions = new ArrayList<>();
    private @Nullable String time;
    private @Nullable String contract;
    private Write write = Write.MIRROR;

    private Table(String name, String source, List<Problem> problems) {
      this.name = name;
      this.source = source;
      this.problems = problems;
    }

    /**
     * A transform that the rows go through before they are checked and written; one after the other
     * as they are written here. What comes out has a schema: the table's columns.
     *
     * @param step what Beam calls it
     */
    public Table apply(String step, PTransform<PCollection<Row>, PCollection<Row>> transform) {
      try {
        steps.add(Step.of(step, transform));
      } catch (HeadwaterException e) {
        problems.add(Problem.of(0, "tables." + name + ".java", e));
      }
      return this;
    }

    /** The column with the rows' event time. */
    public Table time(String column) {
      time = column;
      return this;
    }

    /** One more field of the partitioning: {@code Partition.month("date")}. */
    public Table partition(Partition partition) {
      partitions.add(partition);
      return this;
    }

    /** The contract's file. */
    public Table contract(String file) {
      contract = file;
      return this;
    }

    /** What rows of new files do to those that are there: {@code Write.upsert("id")}. */
    public Table write(Write how) {
      write = how;
      return this;
    }

    @Override
    public TableDecl get() {
      return new TableDecl(name, source, steps, time, partitions, contract, write);
    }
  }

  /** A feature view while it is declared. */
  public static final class View implements Supplier<ViewDecl> {
    private final String name;
    private final Table from;
    private List<String> key = List.of();
    private List<Window> windows = List.of();
    private final Map<String, String> values = new LinkedHashMap<>();
    private @Nullable String time;
    private @Nullable String known;

    private View(String name, Table from) {
      this.name = name;
      this.from = from;
    }

    /** The key's columns; a view without is of all rows. */
    public View key(String... columns) {
      key = List.of(columns);
      return this;
    }

    /** The column with the points' time; the table's by default. */
    public View time(String column) {
      time = column;
      return this;
    }

    /** When a row becomes known; at its time by default. */
    public View known(String expression) {
      known = expression;
      return this;
    }

    /** How far back: "3h", "24h", "7d". */
    public View windows(String... texts) {
      windows = List.of(texts).stream().map(Window::new).toList();
      return this;
    }

    /** One more value: a name and an aggregate. */
    public View value(String value, String aggregate) {
      values.put(value, aggregate);
      return this;
    }

    /** This view as a model's input, by these columns of the model's rows. */
    public Input on(String... columns) {
      return new Input.View(name, List.of(columns));
    }

    @Override
    public ViewDecl get() {
      String point = or(time, from.time);
      return new ViewDecl(name, from.name, key, point, or(known, point), windows, values);
    }
  }

  /** A model while it is declared. */
  public static final class Model implements Supplier<ModelDecl> {
    private static final Split NONE =
        Splits.by("").trainUntil("1970-01-01").holdoutUntil("1970-01-02");

    private final String name;
    private final Table rows;
    private final List<Problem> problems;
    private final Map<String, Input> inputs = new LinkedHashMap<>();
    private final List<Gate> gates = new ArrayList<>();
    private Split split = NONE;
    private Network network = Network.DEFAULT;
    private Training training = Training.DEFAULT;
    private String label = "";
    private @Nullable String time;
    private @Nullable String where;

    private Model(String name, Table rows, List<Problem> problems) {
      this.name = name;
      this.rows = rows;
      this.problems = problems;
    }

    /** The rows' time; their table's by default. */
    public Model time(String column) {
      time = column;
      return this;
    }

    /** Keeps only some rows. */
    public Model where(String expression) {
      where = expression;
      return this;
    }

    /** One more input: an expression over the rows. */
    public Model input(String input, String expression) {
      inputs.put(input, new Input.Of(expression));
      return this;
    }

    /** One more input: a view, {@link View#on} the rows' columns. */
    public Model input(String input, Input view) {
      inputs.put(input, view);
      return this;
    }

    /** What it should tell: a boolean expression over the rows. */
    public Model label(String expression) {
      label = expression;
      return this;
    }

    /** Training and holdout: {@code by("date").trainUntil(...).holdoutUntil(...)}. */
    public Model split(Split times) {
      split = times;
      return this;
    }

    /** A multilayer perceptron with these hidden layers. */
    public Model mlp(Integer... hidden) {
      network = new Network.Mlp(List.of(hidden));
      return this;
    }

    /**
     * Any DJL block: {@code in -> new MyBlock(in)} or {@code MyBlock::new}, where {@code in} is the
     * number of floats that a row's encoded inputs take. Only the name of what builds it is kept,
     * for whoever loads the model: so a lambda holds nothing, and a class has no fields. A lambda's
     * name is the compiler's; a class's stays.
     */
    public Model network(NetworkBuilder builder) {
      try {
        network = new Network.Java(UserNetwork.name(builder));
      } catch (HeadwaterException e) {
        problems.add(Problem.of(0, "models." + name + ".network", e));
      }
      return this;
    }

    /** One more condition without which the champion stays. */
    public Model gate(String condition) {
      gates.add(Gate.parse(condition));
      return this;
    }

    /** How it is trained. */
    public Model training(Training how) {
      training = how;
      return this;
    }

    /** The version that stands when a run begins. */
    public ModelRef champion() {
      return new ModelRef(name, ModelRef.CHAMPION);
    }

    private String point() {
      return or(time, rows.time);
    }

    @Override
    public ModelDecl get() {
      return new ModelDecl(
          name, rows.name, point(), where, inputs, label, split, network, gates, training);
    }
  }

  /** Predictions while they are declared. */
  public final class Score implements Supplier<ScoreDecl> {
    private final String score;
    private final ModelRef model;
    private final Table rows;
    private @Nullable String time;
    private @Nullable String where;

    private Score(String score, ModelRef model, Table rows) {
      this.score = score;
      this.model = model;
      this.rows = rows;
    }

    /** The rows' time; the model's by default. */
    public Score time(String column) {
      time = column;
      return this;
    }

    /** Keeps only some rows. */
    public Score where(String expression) {
      where = expression;
      return this;
    }

    @Override
    public ScoreDecl get() {
      Supplier<ModelDecl> declared = models.get(model.model());
      String point = or(time, declared == null ? null : declared.get().time());
      return new ScoreDecl(score, model, rows.name, point, where);
    }
  }

  /** A monitor while it is declared. */
  public static final class Monitor implements Supplier<MonitorDecl> {
    private final String name;
    private final Score current;
    private MonitorDecl.Period by = MonitorDecl.Period.WEEK;
    private double threshold = MonitorDecl.THRESHOLD;

    private Monitor(String name, Score current) {
      this.name = name;
      this.current = current;
    }

    /** The period that is compared at a time. */
    public Monitor by(MonitorDecl.Period period) {
      by = period;
      return this;
    }

    /** The PSI from which a column has moved. */
    public Monitor threshold(double psi) {
      threshold = psi;
      return this;
    }

    @Override
    public MonitorDecl get() {
      return new MonitorDecl(name, current.model, current.score, by, threshold);
    }
  }
}

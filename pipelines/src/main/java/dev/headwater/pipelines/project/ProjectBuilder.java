package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionRowTuple;
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
  private final Map<String, Supplier<DerivedDecl>> derived = new LinkedHashMap<>();
  private final Map<String, Supplier<ViewDecl>> features = new LinkedHashMap<>();
  private final Map<String, Supplier<ModelDecl>> models = new LinkedHashMap<>();
  private final Map<String, Supplier<ScoreDecl>> scores = new LinkedHashMap<>();
  private final Map<String, Supplier<MonitorDecl>> monitors = new LinkedHashMap<>();
  private final Map<String, Catalog> catalogs = new LinkedHashMap<>();
  private final Map<String, ClusterDecl> clusters = new LinkedHashMap<>();
  private final Map<String, Keep> keeps = new LinkedHashMap<>();
  private final Map<Target, Resources> resources = new LinkedHashMap<>();
  private final Map<String, EnvironmentBuilder> environments = new LinkedHashMap<>();
  private final Map<String, Neighbour> projects = new LinkedHashMap<>();
  private final Map<Target, About> abouts = new LinkedHashMap<>();

  private Map<String, String> registry = Map.of();
  private @Nullable String repository;
  private RunRules runs = RunRules.DEFAULT;

  ProjectBuilder(String name) {
    this.name = name;
  }

  /** The folder that relative paths start from; the working folder by default. */
  public ProjectBuilder in(Path projectFolder) {
    folder = projectFolder;
    return this;
  }

  /**
   * A catalog: {@code Catalog.rest("https://…").secret("credential", "env/PROD_CREDENTIAL")}.
   *
   * @param catalog "default" for the one of the project's own tables
   */
  public ProjectBuilder catalog(String catalog, Catalog how) {
    if (catalogs.putIfAbsent(catalog, how) != null) {
      problems.add(new Problem(0, "catalogs." + catalog, "is there twice"));
    }
    return this;
  }

  /**
   * The database of runs, models and locks, where it isn't the tables' own.
   *
   * @param properties {@code uri}, {@code jdbc.user}; a password as a reference, as in {@link
   *     Catalog#secret}
   */
  public ProjectBuilder registry(Map<String, String> properties) {
    registry = Map.copyOf(properties);
    return this;
  }

  /** Which repository it is in, the same in each clone: {@code github.com/acme/shop}. */
  public ProjectBuilder repository(String where) {
    repository = where;
    return this;
  }

  /** Where else it lives, for {@code --env=<its name>}; the same name is the same place. */
  public EnvironmentBuilder environment(String environment) {
    return environments.computeIfAbsent(environment, EnvironmentBuilder::new);
  }

  /** How runs are carried out: {@code RunRules.DEFAULT.timeout(Duration.ofHours(6))}. */
  public ProjectBuilder runs(RunRules rules) {
    runs = rules;
    return this;
  }

  private @Nullable CatalogDecl database(List<Problem> all) {
    return registry.isEmpty()
        ? null
        : RegistrySection.of(
            registry, (key, what) -> all.add(new Problem(0, "registry." + key, what)));
  }

  /** A Flink session cluster, for {@code --cluster=<its name>}. */
  public ProjectBuilder cluster(ClusterDecl cluster) {
    if (clusters.putIfAbsent(cluster.name(), cluster) != null) {
      problems.add(new Problem(0, "clusters." + cluster.name(), "is there twice"));
    }
    return this;
  }

  /** Somebody else's table, {@code catalog.namespace.name}: its rows are read where it is. */
  public ForeignTable foreign(String source, String table) {
    return foreign(source, table, null);
  }

  /** As above, with the column of the rows' event time. */
  public ForeignTable foreign(String source, String table, @Nullable String time) {
    sources.put(source, new SourceDecl(source, table, time));
    return new ForeignTable(source, time);
  }

  /**
   * Another project, whose tables are {@link #foreign} ones by {@code <its name>/<table>}.
   *
   * @param catalog in which its tables are, one that is declared
   * @param namespace of its tables
   */
  public ProjectBuilder project(String other, String catalog, String namespace) {
    projects.put(other, new Neighbour.InCatalog(other, catalog, namespace, null));
    return this;
  }

  /** Where a table that is made here is: in a catalog that is declared, with access to write. */
  public ProjectBuilder place(String table, String catalog) {
    return keep(table, keep -> keep.catalog(catalog));
  }

  /** How a table that is made here is kept small and quick. */
  public ProjectBuilder maintain(String table, Maintain how) {
    return keep(table, keep -> keep.maintain(how));
  }

  /** What the stage of a target needs of the place where it runs. */
  public ProjectBuilder resources(Target target, Resources needs) {
    resources.put(target, needs);
    return this;
  }

  /** Whose a target is and what it is for: {@code About.owner("operations").tags("hourly")}. */
  public ProjectBuilder about(Target target, About what) {
    what.tags().stream()
        .map(About::complaint)
        .filter(Objects::nonNull)
        .forEach(complaint -> problems.add(new Problem(0, target.path() + ".tags", complaint)));
    abouts.put(target, what);
    return this;
  }

  /** Iceberg's table properties, and ours, of a table that is made here. */
  public ProjectBuilder properties(String table, Map<String, String> properties) {
    return keep(table, keep -> keep.properties(properties));
  }

  /** The order of rows in the files of a table that is made here: {@code "day(time) desc"}. */
  public ProjectBuilder sort(String table, String... fields) {
    List<Sort> by = new ArrayList<>();
    for (String field : fields) {
      try {
        by.add(Sort.parse(field));
      } catch (IllegalArgumentException e) {
        problems.add(new Problem(0, "sort." + table, String.valueOf(e.getMessage())));
      }
    }
    return keep(table, keep -> keep.sort(by));
  }

  private ProjectBuilder keep(String table, UnaryOperator<Keep> change) {
    keeps.put(table, change.apply(keeps.getOrDefault(table, Keep.DEFAULT)));
    return this;
  }

  /** A table filled from files; they become the source {@code <table>_file}. */
  public TableBuilder table(String table, Files files) {
    String source = table + "_file";
    sources.put(source, files.declared(source));
    return add(tables, "tables", table, new TableBuilder(table, source, problems));
  }

  /** A table filled from a Kafka topic; it becomes the source {@code <table>_topic}. */
  public TableBuilder table(String table, Kafka topic) {
    String source = table + "_topic";
    KafkaRules.check(
        topic.declared(),
        (key, what) -> problems.add(new Problem(0, "sources." + source + ".kafka." + key, what)));
    sources.put(source, new SourceDecl(source, topic.declared()));
    return add(tables, "tables", table, new TableBuilder(table, source, problems));
  }

  /** A table made by a query over tables of the project: {@code select ... from flights}. */
  public DerivedBuilder sql(String table, String query) {
    return derived(table, new DerivedBuilder(table, new QueryText(query), null, List.of()));
  }

  /**
   * A table made of tables by a transform of the user's.
   *
   * @param type has a constructor without arguments
   * @param from the tables that it gets, by their names
   */
  public DerivedBuilder through(
      String table,
      Class<? extends PTransform<PCollectionRowTuple, PCollection<Row>>> type,
      RowSource... from) {
    List<String> names = Stream.of(from).map(RowSource::name).toList();
    return derived(
        table, new DerivedBuilder(table, null, new TableTransform(type.getName()), names));
  }

  private DerivedBuilder derived(String table, DerivedBuilder builder) {
    if (tables.containsKey(table)) {
      problems.add(new Problem(0, "tables." + table, "is there twice"));
    }
    return add(derived, "tables", table, builder);
  }

  /** A feature view over a table. */
  public ViewBuilder features(String view, RowSource from) {
    return add(features, "features", view, new ViewBuilder(view, from));
  }

  /** A model of a table's rows. */
  public ModelBuilder model(String model, RowSource rows) {
    return add(models, "models", model, new ModelBuilder(model, rows, problems));
  }

  /** Predictions for a table's rows. */
  public ScoreBuilder score(String score, ModelRef model, RowSource rows) {
    return add(scores, "scores", score, new ScoreBuilder(score, model, rows, models));
  }

  /** A watch for drift. */
  public MonitorBuilder monitor(String monitor, ScoreBuilder current) {
    return add(monitors, "monitors", monitor, new MonitorBuilder(monitor, current));
  }

  /**
   * The project.
   *
   * @throws ProjectException with all mistakes
   */
  public Project build() {
    List<Problem> all = new ArrayList<>(problems);
    Map<String, CatalogDecl> opened = new LinkedHashMap<>();
    catalogs.forEach((key, catalog) -> opened.put(key, catalog.declared(key, folder, all)));
    Map<String, Environment> elsewhere = new LinkedHashMap<>();
    environments.forEach((key, there) -> elsewhere.put(key, there.declared(folder, all)));
    Project project =
        new Project(
            name,
            opened,
            clusters,
            sources,
            made(tables),
            made(derived),
            made(features),
            made(models),
            made(scores),
            made(monitors),
            keeps,
            resources,
            abouts,
            database(all),
            runs,
            Environments.of(elsewhere),
            projects,
            Origin.java(folder, repository));
    all.addAll(Basics.check(project));
    all.addAll(Environments.check(project, Set.of()));
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
}

package dev.headwater.pipelines.project;

import dev.headwater.catalog.TableRef;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A project: what it reads, and what it makes of it. The same record from headwater.yaml ({@link
 * ProjectFile}) and from Java ({@link ProjectBuilder}); every reference in it is known to resolve.
 * Two equal projects do the same; where they were written down ({@link Origin}) doesn't count.
 *
 * @param tables those that are filled from sources
 * @param derived those that are made of other tables
 * @param registry where runs, models and locks are; null: in the tables' database, or beside them
 * @param runs how its runs are carried out
 * @param environments where else it lives, and where it is now
 * @param projects others whose tables it reads, by what they are called here
 * @param keeps by table's name: where it is and how it is kept, unless that is {@link Keep#DEFAULT}
 * @param resources what a target's stage needs, unless that is {@link Resources#ANY}
 * @param abouts whose targets are and what they are for, where that is said
 */
public record Project(
    String name,
    Map<String, CatalogDecl> catalogs,
    Map<String, ClusterDecl> clusters,
    Map<String, SourceDecl> sources,
    Map<String, TableDecl> tables,
    Map<String, DerivedDecl> derived,
    Map<String, ViewDecl> features,
    Map<String, ModelDecl> models,
    Map<String, ScoreDecl> scores,
    Map<String, MonitorDecl> monitors,
    Map<String, Keep> keeps,
    Map<Target, Resources> resources,
    Map<Target, About> abouts,
    @Nullable CatalogDecl registry,
    RunRules runs,
    Environments environments,
    Map<String, Neighbour> projects,
    Origin origin) {
  public Project {
    catalogs = inOrder(catalogs);
    clusters = inOrder(clusters);
    projects = inOrder(projects);
    tables = inOrder(appending(tables, sources));
    derived = inOrder(derived);
    features = inOrder(features);
    models = inOrder(models);
    scores = inOrder(scores);
    monitors = inOrder(monitors);
    sources = inOrder(Foreign.named(sources, derived, features, models, scores, monitors));
    keeps = inOrder(keeps);
    resources = inOrder(resources);
    abouts = inOrder(abouts);
  }

  /** A project of this name, to be declared in Java. */
  public static ProjectBuilder named(String name) {
    return new ProjectBuilder(name);
  }

  /**
   * The same project in one of its environments, whichever it is in now.
   *
   * @throws dev.headwater.catalog.HeadwaterException USAGE if there is none of this name
   */
  public Project in(String environment) {
    return environments.in(this, environment);
  }

  /** The environment that it is in. */
  public Environment environment() {
    return environments.current();
  }

  /** Where it keeps what is on this machine: {@code .headwater} in its folder, or below it. */
  public Path home() {
    Path home = origin.folder().resolve(".headwater");
    String where = environment().name();
    return where.equals(Environment.DEV) ? home : home.resolve("environments").resolve(where);
  }

  Project with(
      String called,
      Map<String, CatalogDecl> tablesAt,
      Map<String, ClusterDecl> runsAt,
      @Nullable CatalogDecl registryAt,
      RunRules rules,
      Environments there) {
    return new Project(
        called,
        tablesAt,
        runsAt,
        sources,
        tables,
        derived,
        features,
        models,
        scores,
        monitors,
        keeps,
        resources,
        abouts,
        registryAt,
        rules,
        there,
        projects,
        origin);
  }

  /**
   * Columns and expressions that don't fit the tables they are about, with their lines.
   *
   * @param tableSchemas of tables and scores by name; what has none here isn't checked
   */
  public List<Problem> check(Map<String, Schema> tableSchemas) {
    return new Check(this, tableSchemas).problems();
  }

  /** Everything that is made here, each after all it needs; otherwise as written. */
  public List<Target> targets() {
    return Targets.inOrder(this);
  }

  /**
   * What this target reads directly: {@code table/late_scores} is read as {@code
   * score/late_scores}. Sources are not targets.
   */
  public List<Target> needs(Target target) {
    return Targets.needs(this, target);
  }

  /** The table that a source is, of somebody else's; empty for files and for what is no source. */
  public Optional<TableRef> foreign(String source) {
    SourceDecl declared = sources.get(source);
    return declared == null || declared.table() == null
        ? Optional.empty()
        : Optional.of(Foreign.ref(this, declared.table()));
  }

  /** The Kafka topic that a table is filled from; empty if it is filled from files. */
  public Optional<KafkaDecl> topic(TableDecl table) {
    SourceDecl source = sources.get(table.from());
    return source == null ? Optional.empty() : Optional.ofNullable(source.kafka());
  }

  /**
   * Where a table that is made here is, and how it is kept; its dead letters as the table, but for
   * its properties and order.
   */
  public Keep keep(String table) {
    int letters = table.lastIndexOf("__letters");
    if (letters > 0 && !keeps.containsKey(table)) {
      Keep own = keeps.getOrDefault(table.substring(0, letters), Keep.DEFAULT);
      return new Keep(own.catalog(), own.maintain());
    }
    return keeps.getOrDefault(table, Keep.DEFAULT);
  }

  /**
   * The table that a name means: one that is made here, a source that is one, or, with dots, {@code
   * catalog.namespace.name} or {@code namespace.name}, or, with a slash, one of another project.
   *
   * @throws IllegalArgumentException if a dotted name is none of a catalog that is declared
   */
  public TableRef table(String table) {
    return foreign(table)
        .orElseGet(
            () ->
                Foreign.is(table)
                    ? Foreign.ref(this, table)
                    : new TableRef(keep(table).catalog(), name, table));
  }

  /**
   * Whether a name is that of somebody else's table: with dots, of another project, or a source.
   */
  public boolean isForeign(String table) {
    int slash = table.indexOf('/');
    boolean kind =
        slash >= 0
            && Stream.of(Target.Kind.values())
                .anyMatch(k -> k.word().equals(table.substring(0, slash)));
    return !kind && (Foreign.is(table) || foreign(table).isPresent());
  }

  /** Whether a table is another project's, named as such. */
  public boolean neighbours(TableRef table) {
    return sources.values().stream()
        .filter(source -> source.table() != null && source.table().indexOf('/') >= 0)
        .anyMatch(source -> foreign(source.name()).filter(table::equals).isPresent());
  }

  /** The table that a recorded name means: "prod.sales.orders", "flights.late_scores". */
  public static TableRef recorded(String dotted) {
    return Foreign.known(dotted);
  }

  /** What a target's stage needs of the place where it runs. */
  public Resources resources(Target target) {
    return resources.getOrDefault(target, Resources.ANY);
  }

  /** Whose a target is, and what it is for. */
  public About about(Target target) {
    return abouts.getOrDefault(target, About.NONE);
  }

  /** The target of this name ("late", "model/late"); references ("@champion") belong after it. */
  public Target target(String text) {
    return Targets.find(this, text);
  }

  /** A topic's records come and never go: no table mirrors it. */
  private static Map<String, TableDecl> appending(
      Map<String, TableDecl> tables, Map<String, SourceDecl> sources) {
    Map<String, TableDecl> out = new LinkedHashMap<>();
    tables.forEach(
        (name, table) -> {
          SourceDecl source = sources.get(table.from());
          boolean topic = source != null && source.kafka() != null;
          out.put(
              name, topic && table.write().mode() == Write.Mode.MIRROR ? table.appended() : table);
        });
    return out;
  }

  private static <K, T> Map<K, T> inOrder(Map<K, T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}

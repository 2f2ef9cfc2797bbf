package dev.headwater.pipelines.project;

import dev.headwater.pipelines.project.Target.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From YAML to records, all mistakes noted on the way. A declaration with mistakes still becomes a
 * record where it can, with empty texts for what is missing, so that what it refers to is checked
 * too; no project with mistakes gets out.
 */
final class ProjectParser {
  private final Path folder;
  private final Section top;
  private final Defaults defaults;
  private final Notes notes;
  private final Map<String, CatalogDecl> catalogs = new LinkedHashMap<>();
  private final Map<String, ClusterDecl> clusters = new LinkedHashMap<>();
  private final Map<String, SourceDecl> sources = new LinkedHashMap<>();
  private final Map<String, TableDecl> tables = new LinkedHashMap<>();
  private final Map<String, DerivedDecl> derived = new LinkedHashMap<>();
  private final Map<String, ViewDecl> features = new LinkedHashMap<>();
  private final Map<String, ModelDecl> models = new LinkedHashMap<>();
  private final Map<String, ScoreDecl> scores = new LinkedHashMap<>();
  private final Map<String, MonitorDecl> monitors = new LinkedHashMap<>();
  private final Map<String, Keep> keeps = new LinkedHashMap<>();
  private final Map<Target, Resources> resources = new LinkedHashMap<>();
  private final Map<String, Environment> environments = new LinkedHashMap<>();
  private final Map<String, Neighbour> projects = new LinkedHashMap<>();
  private final Map<Target, About> abouts = new LinkedHashMap<>();
  private final Set<String> broken = new HashSet<>();
  private @Nullable String repository;

  ProjectParser(Path folder, ProjectFiles files) {
    this.folder = folder;
    this.top = files.top();
    this.defaults = files.defaults();
    this.notes = top.notes();
  }

  Project parse() {
    Requires.check(top);
    String name = top.required("project", "flights");
    if (name != null) {
      Values.named(top, "project", name);
    }
    Rows rows = new Rows(sources, tables, derived, scores);
    ScoreSection scored = new ScoreSection(models, scores);
    each("catalogs", s -> new CatalogSection(folder, s).parse(), catalogs);
    String project = Values.or(name, "");
    each("clusters", s -> new ClusterSection(folder, project, s).parse(), clusters);
    each("sources", (all, source) -> new SourceSection(all, source).parse(), sources);
    tables();
    each("features", kept(Kind.FEATURES, s -> new ViewSection(rows, s).parse()), features);
    each("models", placed(Kind.MODEL, s -> new ModelSection(rows, features, s).parse()), models);
    each("scores", kept(Kind.SCORE, scored::score), scores);
    each("monitors", kept(Kind.MONITOR, scored::monitor), monitors);
    CatalogDecl registry = RegistrySection.parse(top.section("registry"));
    RunRules runs = RunSection.parse(top.section("runs"), made());
    each(
        "environments",
        s -> new EnvironmentSection(folder, project, made(), s).parse(),
        environments);
    each("projects", (all, other) -> new NeighbourSection(folder, all, other).parse(), projects);
    repository = top.text("repository");
    top.end();
    defaults.end();
    Project parsed = project(project, registry, runs);
    List<Problem> problems = new ArrayList<>(notes.problems());
    problems.addAll(Environments.check(parsed, broken));
    if (!problems.isEmpty()) {
      throw new ProjectException(parsed.origin().file(), problems);
    }
    return parsed;
  }

  /** Only where it is: mistakes are its own business. */
  Project places() {
    String name = top.required("project", "flights");
    if (name == null) {
      throw new ProjectException(notes.files().get(0), notes.problems());
    }
    each("catalogs", s -> new CatalogSection(folder, s).parse(), catalogs);
    each(
        "environments",
        s -> new EnvironmentSection(folder, name, List.of(), s).parse(),
        environments);
    return project(name, RegistrySection.parse(top.section("registry")), RunRules.DEFAULT);
  }

  private Project project(String name, @Nullable CatalogDecl registry, RunRules runs) {
    return new Project(
        name,
        catalogs,
        clusters,
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
        registry,
        runs,
        Environments.of(environments),
        projects,
        new Origin(folder, notes.files(), notes.places(), repository));
  }

  /** Those that are filled from sources, and those that are made of others. */
  private void tables() {
    Set<String> rows = new HashSet<>();
    List.of("tables", "features", "scores").forEach(noun -> rows.addAll(top.names(noun)));
    OfSection<Object> filled = kept(Kind.TABLE, s -> new TableSection(folder, s).parse());
    OfSection<Object> made = kept(Kind.DERIVED, s -> new DerivedSection(folder, s).parse());
    Map<String, Object> all = new LinkedHashMap<>();
    each(
        "tables",
        s -> (DerivedSection.derives(s, rows, sources.keySet()) ? made : filled).apply(s),
        all);
    all.forEach(
        (name, table) -> {
          if (table instanceof DerivedDecl one) {
            derived.put(name, one);
          } else {
            tables.put(name, (TableDecl) table);
          }
        });
  }

  private List<String> made() {
    return Stream.of(tables, derived, features, models, scores, monitors)
        .flatMap(noun -> noun.keySet().stream())
        .toList();
  }

  private interface OfSection<T> extends Function<Section, @Nullable T> {}

  /** Of what makes a table. */
  private <T> OfSection<T> kept(Kind kind, OfSection<T> parser) {
    return s -> {
      T declaration = placed(kind, parser).apply(s);
      Keep keep = MaintainSection.keep(s);
      if (!keep.equals(Keep.DEFAULT)) {
        keeps.put(s.name(), keep);
      }
      return declaration;
    };
  }

  private <T> OfSection<T> placed(Kind kind, OfSection<T> parser) {
    return s -> {
      T declaration = parser.apply(s);
      Resources needs = Resources.parse(s.section("resources"));
      if (!needs.equals(Resources.ANY)) {
        resources.put(new Target(kind, s.name()), needs);
      }
      About about = About.parse(s);
      if (!about.equals(About.NONE)) {
        abouts.put(new Target(kind, s.name()), about);
      }
      return declaration;
    };
  }

  private <T> void each(String noun, OfSection<T> parser, Map<String, T> into) {
    each(
        noun,
        (all, name) -> {
          Section section = all.section(name);
          if (section == null) {
            return null;
          }
          T declaration = parser.apply(section.or(defaults.of(noun, section.file())));
          section.end();
          return declaration;
        },
        into);
  }

  private interface OfName<T> {
    @Nullable T parse(Section all, String name);
  }

  private <T> void each(String noun, OfName<T> parser, Map<String, T> into) {
    Section all = top.section(noun);
    if (all == null) {
      return;
    }
    for (String name : all.names()) {
      int before = notes.told();
      Values.named(all, name, name);
      T declaration = parser.parse(all, name);
      if (declaration == null || notes.told() > before) {
        broken.add(noun + "." + name);
      }
      if (declaration != null) {
        into.put(name, declaration);
      }
    }
  }
}

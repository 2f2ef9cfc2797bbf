package dev.headwater.pipelines.project;

import dev.headwater.validate.Limits;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of a project that a test runs, alone in a folder: what is given stands in the place of
 * sources and of other targets; there is no catalog, no cluster and no registry but its own.
 *
 * @param runs in an order in which each comes after what it needs
 */
public record Isolated(Project project, List<Target> runs) {
  /** The table of keys and times that a view is asked for. */
  public static final String ASKED = "asked";

  private static final String NOWHERE = "nowhere";

  private static final LocalDateTime EVER = LocalDateTime.of(1, 1, 1, 0, 0);

  /**
   * Of a test.
   *
   * @param folder its own; contracts lie in it under {@link #contract}
   * @param sources what is given as files, by the name that it has in the test
   * @param limits whether tables keep their limits of letters
   */
  public static Isolated of(
      Project whole, TestDecl test, Path folder, Map<String, SourceDecl> sources, boolean limits) {
    List<Target> runs = new ArrayList<>();
    Map<String, SourceDecl> read = new LinkedHashMap<>(sources);
    Map<String, TableDecl> tables = new LinkedHashMap<>();
    for (String name : test.given().keySet()) {
      if (!fills(whole, name)) {
        tables.put(name, plain(name));
        if (sources.containsKey(name)) {
          runs.add(new Target(Target.Kind.TABLE, name));
        }
      }
    }
    Map<String, DerivedDecl> derived = new LinkedHashMap<>();
    Map<String, ViewDecl> features = new LinkedHashMap<>();
    Map<String, ModelDecl> models = new LinkedHashMap<>();
    Map<String, ScoreDecl> scores = new LinkedHashMap<>();
    Map<String, MonitorDecl> monitors = new LinkedHashMap<>();
    Map<String, Keep> keeps = new LinkedHashMap<>();
    for (Target target : Reach.of(whole, test).runs()) {
      String name = target.name();
      runs.add(target);
      switch (target.kind()) {
        case TABLE -> tables.put(name, alone(Targets.of(whole.tables(), target), limits));
        case DERIVED -> derived.put(name, alone(Targets.of(whole.derived(), target), limits));
        case FEATURES -> features.put(name, Targets.of(whole.features(), target));
        case MODEL -> models.put(name, Targets.of(whole.models(), target));
        case SCORE -> scores.put(name, Targets.of(whole.scores(), target));
        case MONITOR -> monitors.put(name, Targets.of(whole.monitors(), target));
      }
      Keep keep = whole.keep(name);
      keeps.put(name, Keep.DEFAULT.properties(keep.properties()).sort(keep.sort()));
    }
    models.values().forEach(model -> views(whole, model, features, read));
    if (!test.asked().isEmpty()) {
      tables.put(ASKED, plain(ASKED));
      models.put(ASKED, asking(Targets.of(whole.features(), test.target())));
    }
    Project project =
        new Project(
            whole.name(),
            Map.of(),
            Map.of(),
            read,
            tables,
            derived,
            features,
            models,
            scores,
            monitors,
            keeps,
            Map.of(),
            Map.of(),
            null,
            RunRules.DEFAULT,
            Environments.NONE,
            Map.of(),
            whole.origin().in(folder));
    return new Isolated(project, List.copyOf(runs));
  }

  /** A model's views that are given: what they are made of is nowhere. */
  private static void views(
      Project whole,
      ModelDecl model,
      Map<String, ViewDecl> features,
      Map<String, SourceDecl> sources) {
    for (Input input : model.inputs().values()) {
      if (input instanceof Input.View joined && !features.containsKey(joined.view())) {
        ViewDecl view = Targets.of(whole.features(), joined.view());
        sources.put(NOWHERE, new SourceDecl(NOWHERE, whole.name() + "." + NOWHERE, null));
        features.put(
            view.name(),
            new ViewDecl(
                view.name(),
                NOWHERE,
                view.key(),
                view.time(),
                view.known(),
                view.windows(),
                view.values()));
      }
    }
  }

  /** Whether a source of files or of a topic has this name: a table is filled from it. */
  public static boolean fills(Project project, String name) {
    SourceDecl source = project.sources().get(name);
    return source != null && source.table() == null && !project.tables().containsKey(name);
  }

  /** Where a table's contract lies in the test's folder, as the folder's project names it. */
  public static String contract(String table) {
    return "contracts/" + table + ".yaml";
  }

  private static TableDecl plain(String name) {
    return new TableDecl(name, name, List.of(), null, List.of(), null);
  }

  private static TableDecl alone(TableDecl table, boolean limits) {
    return new TableDecl(
        table.name(),
        table.from(),
        table.steps(),
        table.time(),
        table.partition(),
        table.contract() == null ? null : contract(table.name()),
        table.write(),
        table.schema(),
        table.commit(),
        limits ? table.limits() : Limits.NONE);
  }

  private static DerivedDecl alone(DerivedDecl table, boolean limits) {
    return new DerivedDecl(
        table.name(),
        table.text(),
        table.through(),
        table.from(),
        table.time(),
        table.partition(),
        table.contract() == null ? null : contract(table.name()),
        limits ? table.limits() : Limits.NONE);
  }

  /** A model whose rows ask the view for a value each; it is never trained. */
  private static ModelDecl asking(ViewDecl view) {
    return new ModelDecl(
        ASKED,
        ASKED,
        view.time(),
        null,
        Map.of(view.name(), new Input.View(view.name(), view.key())),
        "true",
        new Split(view.time(), EVER, EVER.plusYears(1)),
        Network.DEFAULT,
        List.of(),
        Training.DEFAULT);
  }
}

package dev.headwater.pipelines;

import dev.headwater.columns.expr.Aggregate;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.Select;
import dev.headwater.lineage.ColumnSource;
import dev.headwater.lineage.DataSetName;
import dev.headwater.pipelines.project.DerivedDecl;
import dev.headwater.pipelines.project.Input;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.pipelines.project.MonitorDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ScoreDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.ViewDecl;
import dev.headwater.pipelines.project.Window;
import dev.headwater.score.ScoreRows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Which columns a project's targets read, as it is declared: nothing has to have run. */
public final class DeclaredReads {
  /** Stands for what decides which rows there are. */
  public static final String ROWS = "";

  private static final String MODEL = "model/";

  private final Project project;
  private final Map<String, Schema> schemas;
  private final Map<Target, Reads> all = new LinkedHashMap<>();

  /** A column of a table, or of what a model says. */
  public record Ref(String table, String column) {}

  /**
   * What a target reads.
   *
   * @param columns by column that it gives
   * @param rows what decides which rows it has, and how: "where", "key"
   * @param whole tables of which nobody knows which columns are read
   */
  private record Reads(Map<String, Set<Ref>> columns, Map<Ref, String> rows, Set<String> whole) {
    Reads() {
      this(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashSet<>());
    }

    void column(String name, Ref from) {
      columns.computeIfAbsent(name, n -> new LinkedHashSet<>()).add(from);
    }
  }

  /**
   * A target that reads columns.
   *
   * @param columns what it makes of them: its own columns, or a model's inputs
   * @param steers how they decide which rows it has
   */
  public record Reader(Target target, List<String> columns, List<String> steers) {
    public Reader {
      columns = List.copyOf(columns);
      steers = List.copyOf(steers);
    }
  }

  private DeclaredReads(Project project, Map<String, Schema> schemas) {
    this.project = project;
    this.schemas = schemas;
  }

  /**
   * Of all targets.
   *
   * @param schemas the tables' columns, as far as they are known
   */
  public static DeclaredReads of(Project project, Map<String, Schema> schemas) {
    DeclaredReads reads = new DeclaredReads(project, schemas);
    for (Target target : project.targets()) {
      Reads own = new Reads();
      try {
        reads.look(target, own);
      } catch (IllegalArgumentException e) {
        project.needs(target).forEach(need -> own.whole().add(table(need)));
      }
      reads.all.put(target, own);
    }
    return reads;
  }

  /** All that reads these columns, or what is made of them, in running order. */
  public List<Reader> of(Set<Ref> columns) {
    Set<Ref> moved = new LinkedHashSet<>(columns);
    List<Reader> readers = new ArrayList<>();
    all.forEach(
        (target, reads) -> {
          Set<String> touched = new LinkedHashSet<>();
          reads
              .columns()
              .forEach(
                  (column, from) -> {
                    if (from.stream().anyMatch(moved::contains)) {
                      touched.add(column);
                    }
                  });
          Set<String> steers = new LinkedHashSet<>();
          reads
              .rows()
              .forEach((ref, how) -> steers.addAll(moved.contains(ref) ? Set.of(how) : Set.of()));
          boolean whole = moved.stream().anyMatch(ref -> reads.whole().contains(ref.table()));
          if (touched.isEmpty() && steers.isEmpty() && !whole) {
            return;
          }
          readers.add(new Reader(target, List.copyOf(touched), List.copyOf(steers)));
          if (target.kind() == Target.Kind.MODEL) {
            moved.add(new Ref(table(target), ScoreRows.PROBABILITY));
          } else if (steers.isEmpty() && !whole) {
            touched.forEach(column -> moved.add(new Ref(target.name(), column)));
          } else {
            moved.addAll(all(target));
          }
        });
    return readers;
  }

  /** All columns of a target, as far as they are known. */
  public Set<Ref> all(Target target) {
    Set<Ref> refs = new LinkedHashSet<>();
    Schema schema = schemas.get(target.name());
    if (target.kind() == Target.Kind.MODEL) {
      refs.add(new Ref(table(target), ScoreRows.PROBABILITY));
    } else if (schema != null) {
      schema.columns().forEach(f -> refs.add(new Ref(target.name(), f.name())));
    }
    return refs;
  }

  /**
   * What each column of a query comes from, and {@link #ROWS}, in words that differ where it does.
   */
  public static Map<String, List<String>> sources(DerivedDecl table, Map<String, Schema> schemas) {
    Map<String, List<String>> sources = new LinkedHashMap<>();
    ColumnFlow.Flow flow = flow(table, schemas);
    flow.columns()
        .forEach((c, from) -> sources.put(c, from.stream().map(DeclaredReads::said).toList()));
    sources.put(ROWS, flow.rows().stream().map(DeclaredReads::said).toList());
    return sources;
  }

  private static String said(ColumnSource source) {
    return source.dataSet().name()
        + "."
        + source.column()
        + " "
        + source.subtype()
        + " "
        + Objects.requireNonNullElse(source.description(), "");
  }

  private static ColumnFlow.Flow flow(DerivedDecl table, Map<String, Schema> schemas) {
    Select query = table.query();
    Map<String, Schema> inputs = new LinkedHashMap<>();
    Map<String, DataSetName> names = new LinkedHashMap<>();
    for (String from : query.tables()) {
      inputs.put(from, schema(schemas, from));
      names.put(from, DataSetName.of("table", from));
    }
    return QueryFlow.of(query.over(inputs), names);
  }

  private static Schema schema(Map<String, Schema> schemas, String table) {
    Schema schema = schemas.get(table);
    if (schema == null) {
      throw new IllegalArgumentException("nothing is known of " + table);
    }
    return schema;
  }

  private static String table(Target target) {
    return target.kind() == Target.Kind.MODEL ? MODEL + target.name() : target.name();
  }

  private void look(Target target, Reads reads) {
    String name = target.name();
    switch (target.kind()) {
      case TABLE -> {}
      case DERIVED -> derived(Objects.requireNonNull(project.derived().get(name)), reads);
      case FEATURES -> view(Objects.requireNonNull(project.features().get(name)), reads);
      case MODEL -> model(Objects.requireNonNull(project.models().get(name)), reads);
      case SCORE -> score(Objects.requireNonNull(project.scores().get(name)), reads);
      case MONITOR -> monitor(Objects.requireNonNull(project.monitors().get(name)), reads);
    }
  }

  private void derived(DerivedDecl table, Reads reads) {
    if (table.sql() == null) {
      reads.whole().addAll(table.from());
      return;
    }
    ColumnFlow.Flow flow = flow(table, schemas);
    flow.columns().forEach((c, from) -> from.forEach(s -> reads.column(c, ref(s))));
    flow.rows()
        .forEach(
            s -> reads.rows().put(ref(s), s.subtype().toLowerCase(Locale.ROOT).replace('_', ' ')));
  }

  private static Ref ref(ColumnSource source) {
    return new Ref(DataSetName.decode(source.dataSet().name()), source.column());
  }

  private void view(ViewDecl view, Reads reads) {
    Schema from = schema(schemas, view.from());
    view.key().forEach(key -> steered(key, view.from(), "key", reads));
    view.key().forEach(key -> reads.column(key, new Ref(view.from(), key)));
    steered(view.time(), view.from(), "time", reads);
    reads.column(view.time(), new Ref(view.from(), view.time()));
    steered(view.known(), view.from(), "known", reads);
    view.values()
        .forEach(
            (value, sql) -> {
              for (String column : Aggregate.parse(sql, from).columns()) {
                for (Window window : view.windows()) {
                  reads.column(ViewDecl.column(value, window), new Ref(view.from(), column));
                }
              }
            });
  }

  private void steered(@Nullable String sql, String table, String how, Reads reads) {
    if (sql != null) {
      columns(sql, table).forEach(c -> reads.rows().put(new Ref(table, c), how));
    }
  }

  private Set<String> columns(String sql, String table) {
    return Expression.parse(sql, schema(schemas, table)).columns();
  }

  private void model(ModelDecl model, Reads reads) {
    inputs(model, model.rows(), model.time(), reads);
    steered(model.where(), model.rows(), "where", reads);
    steered(model.split().by(), model.rows(), "split", reads);
    columns(model.label(), model.rows())
        .forEach(c -> reads.column("label", new Ref(model.rows(), c)));
  }

  private void inputs(ModelDecl model, String rows, String time, Reads reads) {
    steered(time, rows, "time", reads);
    model
        .inputs()
        .forEach(
            (name, input) -> {
              if (input instanceof Input.Of of) {
                columns(of.expression(), rows).forEach(c -> reads.column(name, new Ref(rows, c)));
              } else if (input instanceof Input.View joined) {
                ViewDecl view = Objects.requireNonNull(project.features().get(joined.view()));
                joined.key().forEach(key -> reads.rows().put(new Ref(rows, key), "key"));
                view.key().forEach(key -> reads.rows().put(new Ref(view.name(), key), "key"));
                reads.rows().put(new Ref(view.name(), view.time()), "time");
                DeclaredColumns.values(view, schema(schemas, view.name()))
                    .forEach(
                        f -> reads.column(name + "__" + f.name(), new Ref(view.name(), f.name())));
              }
            });
  }

  private void score(ScoreDecl score, Reads reads) {
    ModelDecl model = Objects.requireNonNull(project.models().get(score.model().model()));
    schema(schemas, score.rows())
        .columns()
        .forEach(f -> reads.column(f.name(), new Ref(score.rows(), f.name())));
    inputs(model, score.rows(), score.time(), reads);
    steered(score.where(), score.rows(), "where", reads);
    for (String said : List.of(ScoreRows.PROBABILITY, ScoreRows.BASELINE)) {
      reads.column(said, new Ref(MODEL + model.name(), ScoreRows.PROBABILITY));
    }
  }

  private void monitor(MonitorDecl monitor, Reads reads) {
    reads.whole().add(monitor.current());
    if (monitor.model() != null) {
      reads.whole().add(MODEL + monitor.model().model());
    }
    if (monitor.reference() != null) {
      reads.whole().add(monitor.reference().table());
    }
  }
}

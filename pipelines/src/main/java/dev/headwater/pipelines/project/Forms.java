package dev.headwater.pipelines.project;

import dev.headwater.validate.Limits;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Declarations as maps with the keys of the project file, every default filled in: lists, maps,
 * texts and numbers only.
 */
final class Forms {
  private final Project project;
  private final UnaryOperator<String> sql;

  /**
   * Forms of a project's declarations.
   *
   * @param sql how expressions are spelled
   */
  Forms(Project project, UnaryOperator<String> sql) {
    this.project = project;
    this.sql = sql;
  }

  Map<String, Object> of(Target target) {
    Map<String, Object> form = new LinkedHashMap<>(project.about(target).form());
    form.putAll(declared(target));
    MaintainSection.form(project.keep(target.name()), form);
    Resources needs = project.resources(target);
    if (!needs.equals(Resources.ANY)) {
      form.put("resources", needs.form());
    }
    return form;
  }

  private Map<String, Object> declared(Target target) {
    return switch (target.kind()) {
      case TABLE -> table(Targets.of(project.tables(), target));
      case DERIVED -> derived(Targets.of(project.derived(), target));
      case FEATURES -> view(Targets.of(project.features(), target));
      case MODEL -> model(Targets.of(project.models(), target));
      case SCORE -> score(Targets.of(project.scores(), target));
      case MONITOR -> monitor(Targets.of(project.monitors(), target));
    };
  }

  private Map<String, Object> table(TableDecl table) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("from", table.from());
    if (!table.steps().isEmpty()) {
      form.put("java", table.steps().stream().map(Step::form).toList());
    }
    put(form, "time", table.time());
    form.put("partition", table.partition().stream().map(Partition::toString).toList());
    put(form, "contract", table.contract());
    String where = expression(table.write().where());
    form.put("write", where == null ? table.write().mode().word() : Map.of("overwrite", where));
    if (!table.write().key().isEmpty()) {
      form.put("key", table.write().key());
    }
    put(form, "order", table.write().order());
    put(form, "delete", expression(table.write().delete()));
    if (table.write().tombstones()) {
      form.put("tombstones", "delete");
    }
    Route route = table.write().route();
    if (route != null) {
      form.put("route", route.form());
    }
    Window remember = table.write().remember();
    put(form, "remember", remember == null ? null : remember.text());
    form.put("schema", SchemaSection.form(table.schema()));
    letters(table.limits(), form);
    if (project.topic(table).isPresent()) {
      form.put("commit", table.commit().text());
    }
    return form;
  }

  private static void letters(Limits limits, Map<String, Object> form) {
    if (!limits.equals(Limits.NONE)) {
      Map<String, Object> letters = new LinkedHashMap<>();
      letters.put("max_share", limits.share());
      if (limits.rows() < Long.MAX_VALUE) {
        letters.put("max_rows", limits.rows());
      }
      letters.put("sample", limits.sample());
      form.put("letters", letters);
    }
  }

  private static Map<String, Object> derived(DerivedDecl table) {
    Map<String, Object> form = new LinkedHashMap<>();
    if (table.sql() != null) {
      // Of one line, however it was written: comments and spaces don't count.
      form.put("sql", Sql.functions(table.query().canonical()));
    } else if (table.through() != null) {
      form.put("java", table.through().java());
      form.put("from", table.from());
    }
    put(form, "time", table.time());
    form.put("partition", table.partition().stream().map(Partition::toString).toList());
    put(form, "contract", table.contract());
    letters(table.limits(), form);
    return form;
  }

  private Map<String, Object> view(ViewDecl view) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("from", view.from());
    form.put("key", view.key());
    form.put("time", view.time());
    form.put("known", sql.apply(view.known()));
    form.put("windows", view.windows().stream().map(Window::text).toList());
    Map<String, Object> values = new LinkedHashMap<>();
    view.values().forEach((value, text) -> values.put(value, sql.apply(text)));
    form.put("values", values);
    return form;
  }

  private Map<String, Object> model(ModelDecl model) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("rows", model.rows());
    form.put("time", model.time());
    put(form, "where", expression(model.where()));
    Map<String, Object> inputs = new LinkedHashMap<>();
    model.inputs().forEach((name, input) -> inputs.put(name, input(input)));
    form.put("inputs", inputs);
    form.put("label", sql.apply(model.label()));
    Map<String, Object> split = new LinkedHashMap<>();
    split.put("by", model.split().by());
    split.put("train_until", date(model.split().trainUntil()));
    split.put("holdout_until", date(model.split().holdoutUntil()));
    form.put("split", split);
    form.put("network", network(model.network()));
    form.put("gates", model.gates().stream().map(Gate::toString).toList());
    Training training = model.training();
    Map<String, Object> how = new LinkedHashMap<>();
    how.put("seed", training.seed());
    how.put("epochs", training.epochs());
    how.put("batch", training.batch());
    how.put("rate", training.rate());
    how.put("decay", training.decay());
    how.put("device", training.device());
    form.put("training", how);
    return form;
  }

  private static Map<String, Object> network(Network network) {
    return network instanceof Network.Java java
        ? Map.of("java", java.name())
        : Map.of("mlp", ((Network.Mlp) network).hidden());
  }

  private Object input(Input input) {
    if (input instanceof Input.View view) {
      Map<String, Object> form = new LinkedHashMap<>();
      form.put("view", view.view());
      form.put("key", view.key());
      return form;
    }
    return sql.apply(((Input.Of) input).expression());
  }

  private Map<String, Object> score(ScoreDecl score) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("model", score.model().toString());
    form.put("rows", score.rows());
    form.put("time", score.time());
    put(form, "where", expression(score.where()));
    return form;
  }

  private static Map<String, Object> monitor(MonitorDecl monitor) {
    Map<String, Object> form = new LinkedHashMap<>();
    ModelRef model = monitor.model();
    put(form, "model", model == null ? null : model.toString());
    MonitorDecl.Reference reference = monitor.reference();
    if (reference != null) {
      form.put("reference", reference.toString());
      put(form, "time", reference.time());
      put(form, "columns", reference.columns().isEmpty() ? null : reference.columns());
    }
    form.put("current", monitor.current());
    form.put("by", monitor.by().name().toLowerCase(Locale.ROOT));
    form.put("threshold", monitor.threshold());
    return form;
  }

  private @Nullable String expression(@Nullable String text) {
    return text == null ? null : sql.apply(text);
  }

  private static void put(Map<String, Object> form, String key, @Nullable Object value) {
    if (value != null) {
      form.put(key, value);
    }
  }

  private static String date(LocalDateTime time) {
    return time.equals(time.toLocalDate().atStartOfDay())
        ? time.toLocalDate().toString()
        : time.toString();
  }
}

package dev.headwater.pipelines.project;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From YAML to records, all mistakes noted on the way. A declaration with mistakes still becomes a
 * record where it can, with empty texts for what is missing, so that what it refers to is checked
 * too; no project with mistakes gets out.
 */
final class ProjectParser {
  private static final Split NO_SPLIT =
      new Split("", LocalDate.EPOCH.atStartOfDay(), LocalDate.EPOCH.plusDays(1).atStartOfDay());
  private static final ModelRef NO_MODEL = new ModelRef("", ModelRef.CHAMPION);

  private final Path folder;
  private final Section top;
  private final Notes notes;
  private final Map<String, CatalogDecl> catalogs = new LinkedHashMap<>();
  private final Map<String, SourceDecl> sources = new LinkedHashMap<>();
  private final Map<String, TableDecl> tables = new LinkedHashMap<>();
  private final Map<String, ViewDecl> features = new LinkedHashMap<>();
  private final Map<String, ModelDecl> models = new LinkedHashMap<>();
  private final Map<String, ScoreDecl> scores = new LinkedHashMap<>();
  private final Map<String, MonitorDecl> monitors = new LinkedHashMap<>();
  private final Set<String> broken = new HashSet<>();

  ProjectParser(Path folder, Section top) {
    this.folder = folder;
    this.top = top;
    this.notes = top.notes();
  }

  Project parse() {
    String name = top.required("project", "flights");
    if (name != null) {
      named(top, "project", name);
    }
    each("catalogs", s -> new CatalogSection(folder, s).parse(), catalogs);
    each("sources", this::source, sources);
    each("tables", s -> table(s), tables);
    each("features", s -> view(s), features);
    each("models", s -> model(s), models);
    each("scores", s -> score(s), scores);
    each("monitors", s -> monitor(s), monitors);
    top.end();
    Origin origin = new Origin(folder, notes.file, notes.lines());
    Project project =
        new Project(
            name == null ? "" : name,
            catalogs,
            sources,
            tables,
            features,
            models,
            scores,
            monitors,
            origin);
    List<Problem> problems = new ArrayList<>(notes.problems());
    problems.addAll(References.check(project, broken));
    if (!problems.isEmpty()) {
      throw new ProjectException(notes.file, problems);
    }
    return project;
  }

  private interface OfSection<T> extends Function<Section, @Nullable T> {}

  private <T> void each(String noun, OfSection<T> parser, Map<String, T> into) {
    each(
        noun,
        (all, name) -> {
          Section section = all.section(name);
          if (section == null) {
            return null;
          }
          T declaration = parser.apply(section);
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
      int before = notes.problems().size();
      named(all, name, name);
      T declaration = parser.parse(all, name);
      if (declaration == null || notes.problems().size() > before) {
        broken.add(noun + "." + name);
      }
      if (declaration != null) {
        into.put(name, declaration);
      }
    }
  }

  private static void named(Section section, String key, String name) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      section.problem(
          key, "'" + name + "' is not a name: letters, digits and _, not beginning with a digit");
    }
  }

  private @Nullable SourceDecl source(Section all, String name) {
    List<String> paths;
    if (all.isSection(name)) {
      Section section = Objects.requireNonNull(all.section(name));
      if (section.has("table")) {
        String table = section.required("table", "prod.sales.orders");
        String time = section.text("time");
        section.end();
        return new SourceDecl(name, List.of(), or(table, ""), time);
      }
      for (String other : List.of("kafka", "csv", "json", "avro", "jdbc", "sql")) {
        if (section.has(other)) {
          section.problem(
              other,
              "a source of kind '"
                  + other
                  + "' is not supported yet. Parquet files are: "
                  + name
                  + ": data/*.parquet");
          return null;
        }
      }
      paths = section.texts("files");
      if (!section.has("files")) {
        section.problem("files", "is missing. Write files: data/*.parquet");
      }
      section.end();
    } else {
      paths = all.texts(name);
    }
    for (String path : paths) {
      String refusal = SourceDecl.refusal(path);
      if (refusal != null) {
        all.problem(name, refusal);
      }
    }
    return new SourceDecl(name, paths);
  }

  private @Nullable TableDecl table(Section s) {
    if (s.has("sql")) {
      s.problem("sql", "a table made by sql is not supported yet. Write from: <source>");
      s.text("sql");
      return null;
    }
    String from = s.required("from", "<a source>");
    List<Step> steps = new ArrayList<>();
    for (String text : s.texts("java")) {
      Step step = s.read(Step::parse, text, "java");
      if (step != null) {
        steps.add(step);
      }
    }
    String time = s.text("time");
    List<Partition> partition = new ArrayList<>();
    for (String text : s.texts("partition")) {
      Partition p = s.read(Partition::parse, text, "partition");
      if (p != null) {
        partition.add(p);
      }
    }
    String contract = s.text("contract");
    if (contract != null) {
      try {
        Contracts.read(folder, contract);
      } catch (ProjectException e) {
        e.problems().forEach(p -> s.problem("contract", e.file() + ": " + p));
      }
    }
    return new TableDecl(name(s), or(from, ""), steps, time, partition, contract, write(s));
  }

  private static Write write(Section s) {
    String mode = s.value("write", t -> oneOf(t, Write.Mode.words()));
    return new Write(
        mode == null ? Write.Mode.MIRROR : Write.Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
        s.texts("key"),
        s.text("order"));
  }

  private ViewDecl view(Section s) {
    String from = s.required("from", "<a table>");
    List<String> key = s.texts("key");
    String time = time(s, from);
    String known = s.expression("known");
    List<Window> windows = new ArrayList<>();
    if (!s.has("windows")) {
      s.required("windows", "[24h, 7d]");
    }
    for (String text : s.texts("windows")) {
      Window window = s.read(Window::new, text, "windows");
      if (window != null) {
        windows.add(window);
      }
    }
    Map<String, String> values = new LinkedHashMap<>();
    Section named = s.has("values") ? s.section("values") : null;
    if (!s.has("values")) {
      s.required("values", "{rows: count(*)}");
    }
    if (named != null) {
      for (String value : named.names()) {
        named(named, value, value);
        String sql = named.expression(value);
        if (sql != null) {
          values.put(value, sql);
        }
      }
    }
    String point = or(time, "");
    return new ViewDecl(name(s), or(from, ""), key, point, or(known, point), windows, values);
  }

  private ModelDecl model(Section s) {
    String rows = s.required("rows", "<a table>");
    String time = time(s, rows);
    String where = s.expression("where");
    Map<String, Input> inputs = inputs(s);
    if (!s.has("label")) {
      s.required("label", "delay > 15");
    }
    String label = s.expression("label");
    Split split = split(s, time);
    Network network = network(s);
    List<Gate> gates = new ArrayList<>();
    for (String text : s.texts("gates")) {
      Gate gate = s.read(Gate::parse, text, "gates");
      if (gate != null) {
        gates.add(gate);
      }
    }
    Training training = training(s.section("training"));
    return new ModelDecl(
        name(s),
        or(rows, ""),
        or(time, ""),
        where,
        inputs,
        or(label, ""),
        split,
        network,
        gates,
        training);
  }

  private Map<String, Input> inputs(Section s) {
    Map<String, Input> inputs = new LinkedHashMap<>();
    if (!s.has("inputs")) {
      s.required("inputs", "{distance: distance}");
    }
    Section all = s.section("inputs");
    if (all == null) {
      return inputs;
    }
    for (String name : all.names()) {
      named(all, name, name);
      if (!all.isSection(name)) {
        String sql = all.expression(name);
        if (sql != null) {
          inputs.put(name, new Input.Of(sql));
        }
        continue;
      }
      Section view = Objects.requireNonNull(all.section(name));
      String of = view.required("view", "<a view>");
      List<String> key = view.texts("key");
      ViewDecl declared = of == null ? null : features.get(of);
      if (of != null) {
        // Without a key of its own an input uses the rows' columns of the same names.
        inputs.put(
            name, new Input.View(of, view.has("key") || declared == null ? key : declared.key()));
      }
      view.end();
    }
    return inputs;
  }

  private Split split(Section s, @Nullable String time) {
    if (!s.has("split")) {
      s.required("split", "{train_until: 2001-05-01, holdout_until: 2001-06-01}");
    }
    Section split = s.section("split");
    if (split == null) {
      return NO_SPLIT;
    }
    String by = split.text("by");
    split.required("train_until", "2001-05-01");
    split.required("holdout_until", "2001-06-01");
    LocalDateTime train =
        split.has("train_until") ? split.value("train_until", ProjectParser::date) : null;
    LocalDateTime holdout =
        split.has("holdout_until") ? split.value("holdout_until", ProjectParser::date) : null;
    split.end();
    String column = by == null ? time : by;
    if (column == null || train == null || holdout == null) {
      return NO_SPLIT;
    }
    Split read = s.read(text -> new Split(column, train, holdout), "", "split");
    return read == null ? NO_SPLIT : read;
  }

  static LocalDateTime date(String text) {
    try {
      return text.length() <= 10
          ? LocalDate.parse(text).atStartOfDay()
          : LocalDateTime.parse(text.replace(' ', 'T'));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a date. Write it as yyyy-mm-dd.", e);
    }
  }

  private static Network network(Section s) {
    Section network = s.section("network");
    if (network == null) {
      return Network.DEFAULT;
    }
    Network java = network.value("java", ProjectParser::network);
    if (network.has("java")) {
      if (network.has("mlp")) {
        network.problem("mlp", "is beside java. Write one of them.");
        network.texts("mlp");
      }
      network.end();
      return java == null ? Network.DEFAULT : java;
    }
    List<Integer> hidden = new ArrayList<>();
    for (String text : network.texts("mlp")) {
      Long size = network.read(t -> whole(t, 1, 65_536), text, "mlp");
      if (size != null) {
        hidden.add(size.intValue());
      }
    }
    if (!network.has("mlp")) {
      network.required("mlp", "[64, 64]");
    }
    network.end();
    return new Network.Mlp(hidden);
  }

  private static Network network(String text) {
    if (!text.matches(Step.CLASS + "(::" + Step.NAME + ")?")) {
      throw new IllegalArgumentException(
          "'" + text + "' names no class. Write com.acme.Net, or com.acme.Nets::wide.");
    }
    return new Network.Java(text);
  }

  private static Training training(@Nullable Section s) {
    Training d = Training.DEFAULT;
    if (s == null) {
      return d;
    }
    Long seed = s.value("seed", t -> whole(t, 0, Long.MAX_VALUE));
    Long epochs = s.value("epochs", t -> whole(t, 1, 10_000));
    Long batch = s.value("batch", t -> whole(t, 1, 1 << 20));
    Double rate = s.value("rate", t -> number(t, 0));
    Double decay = s.value("decay", t -> number(t, 0));
    String device = s.value("device", t -> oneOf(t, List.of("auto", "cpu", "gpu")));
    s.end();
    return new Training(
        seed == null ? d.seed() : seed,
        epochs == null ? d.epochs() : epochs.intValue(),
        batch == null ? d.batch() : batch.intValue(),
        rate == null ? d.rate() : rate,
        decay == null ? d.decay() : decay,
        device == null ? d.device() : device);
  }

  private ScoreDecl score(Section s) {
    ModelRef model = s.has("model") ? s.value("model", ModelRef::parse) : null;
    if (!s.has("model")) {
      s.required("model", "<a model>@champion");
    }
    ModelDecl declared = model == null ? null : models.get(model.model());
    String rows = s.text("rows");
    String time = s.text("time");
    String where = s.expression("where");
    if (rows == null && declared != null) {
      rows = declared.rows();
    }
    if (time == null) {
      // A model that is broken or unknown has its own problem.
      time = declared == null ? "" : declared.time();
    }
    return new ScoreDecl(name(s), model == null ? NO_MODEL : model, or(rows, ""), time, where);
  }

  private MonitorDecl monitor(Section s) {
    String current = s.required("current", "<scores>");
    ModelRef model = s.value("model", ModelRef::parse);
    if (model == null && !s.has("model") && current != null) {
      ScoreDecl score = scores.get(current);
      model = score == null ? NO_MODEL : score.model();
    }
    List<String> periods =
        Arrays.stream(MonitorDecl.Period.values())
            .map(p -> p.name().toLowerCase(Locale.ROOT))
            .toList();
    String by = s.value("by", t -> oneOf(t, periods));
    Double threshold = s.value("threshold", t -> number(t, 0));
    return new MonitorDecl(
        name(s),
        model == null ? NO_MODEL : model,
        or(current, ""),
        by == null
            ? MonitorDecl.Period.WEEK
            : MonitorDecl.Period.valueOf(by.toUpperCase(Locale.ROOT)),
        threshold == null ? MonitorDecl.THRESHOLD : threshold);
  }

  /** The rows' time: as written, or as their table has it; null only with a problem noted. */
  private @Nullable String time(Section s, @Nullable String rows) {
    String time = s.text("time");
    if (time != null || rows == null) {
      return time;
    }
    TableDecl table = tables.get(rows);
    ScoreDecl score = scores.get(rows);
    SourceDecl source = sources.get(rows);
    String theirs =
        table != null
            ? table.time()
            : score != null ? score.time() : source != null ? source.time() : "";
    if (theirs == null) {
      s.problem(
          "time", "is missing, and table " + rows + " has none. Write time: <a timestamp column>");
    }
    return theirs;
  }

  private static String or(@Nullable String text, String other) {
    return text == null ? other : text;
  }

  private static String name(Section s) {
    return s.path().substring(s.path().indexOf('.') + 1);
  }

  static long whole(String text, long least, long most) {
    try {
      long value = Long.parseLong(text.replace("_", ""));
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, for texts and for numbers out of range alike.
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not a whole number from " + least + " to " + most);
  }

  static double number(String text, double least) {
    try {
      double value = Double.parseDouble(text);
      if (value >= least && Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("'" + text + "' is not a number of at least " + least);
  }

  static String oneOf(String text, List<String> known) {
    if (!known.contains(text)) {
      throw new IllegalArgumentException(
          "'" + text + "' is none of " + String.join(", ", known) + "." + Nearest.of(text, known));
    }
    return text;
  }
}

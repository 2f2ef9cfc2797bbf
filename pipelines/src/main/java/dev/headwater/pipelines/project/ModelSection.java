package dev.headwater.pipelines.project;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One model of the project file. */
final class ModelSection {
  private static final Split NO_SPLIT =
      new Split("", LocalDate.EPOCH.atStartOfDay(), LocalDate.EPOCH.plusDays(1).atStartOfDay());

  private final Rows rows;
  private final Map<String, ViewDecl> views;
  private final Section s;

  ModelSection(Rows rows, Map<String, ViewDecl> views, Section section) {
    this.rows = rows;
    this.views = views;
    this.s = section;
  }

  ModelDecl parse() {
    String from = s.required("rows", "<a table>");
    String time = rows.time(s, from);
    String where = s.expression("where");
    Map<String, Input> inputs = inputs();
    if (!s.has("label")) {
      s.required("label", "delay > 15");
    }
    String label = s.expression("label");
    Split split = split(time);
    Network network = network();
    List<Gate> gates = new ArrayList<>();
    for (String text : s.texts("gates")) {
      Gate gate = s.read(Gate::parse, text, "gates");
      if (gate != null) {
        gates.add(gate);
      }
    }
    Training training = training(s.section("training"));
    return new ModelDecl(
        s.name(),
        Values.or(from, ""),
        Values.or(time, ""),
        where,
        inputs,
        Values.or(label, ""),
        split,
        network,
        gates,
        training);
  }

  private Map<String, Input> inputs() {
    Map<String, Input> inputs = new LinkedHashMap<>();
    if (!s.has("inputs")) {
      s.required("inputs", "{distance: distance}");
    }
    Section all = s.section("inputs");
    if (all == null) {
      return inputs;
    }
    for (String name : all.names()) {
      Values.named(all, name, name);
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
      ViewDecl declared = of == null ? null : views.get(of);
      if (of != null) {
        // Without a key of its own an input uses the rows' columns of the same names.
        inputs.put(
            name, new Input.View(of, view.has("key") || declared == null ? key : declared.key()));
      }
      view.end();
    }
    return inputs;
  }

  private Split split(@Nullable String time) {
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
        split.has("train_until") ? split.value("train_until", Values::date) : null;
    LocalDateTime holdout =
        split.has("holdout_until") ? split.value("holdout_until", Values::date) : null;
    split.end();
    String column = by == null ? time : by;
    if (column == null || train == null || holdout == null) {
      return NO_SPLIT;
    }
    Split read = s.read(text -> new Split(column, train, holdout), "", "split");
    return read == null ? NO_SPLIT : read;
  }

  private Network network() {
    Section network = s.section("network");
    if (network == null) {
      return Network.DEFAULT;
    }
    Network java = network.value("java", ModelSection::network);
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
      Long size = network.read(t -> Values.whole(t, 1, 65_536), text, "mlp");
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
    Long seed = s.value("seed", t -> Values.whole(t, 0, Long.MAX_VALUE));
    Long epochs = s.value("epochs", t -> Values.whole(t, 1, 10_000));
    Long batch = s.value("batch", t -> Values.whole(t, 1, 1 << 20));
    Double rate = s.value("rate", t -> Values.number(t, 0));
    Double decay = s.value("decay", t -> Values.number(t, 0));
    String device = s.value("device", t -> Values.oneOf(t, List.of("auto", "cpu", "gpu")));
    s.end();
    return new Training(
        seed == null ? d.seed() : seed,
        epochs == null ? d.epochs() : epochs.intValue(),
        batch == null ? d.batch() : batch.intValue(),
        rate == null ? d.rate() : rate,
        decay == null ? d.decay() : decay,
        device == null ? d.device() : device);
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Alias;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Models;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.ModelRef;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Questions about models, and moves of their aliases. */
final class ModelAnswers {
  private final Stages stages;
  private final Models models;
  private final String project;

  ModelAnswers(Stages stages) {
    this.stages = stages;
    this.models = stages.workspace().registry().models();
    this.project = stages.project().name();
  }

  Answer list() {
    List<List<String>> rows = new ArrayList<>();
    List<Object> data = new ArrayList<>();
    for (String name : models.names(project)) {
      for (ModelVersion v : models.versions(project, name)) {
        rows.add(
            List.of(
                name + "@" + v.version(),
                aliases(v),
                figure(v.metrics().get("auc")),
                figure(v.metrics().get("log_loss")),
                v.created().toString()));
        data.add(facts(v));
      }
    }
    return Answer.of(
        Map.of("models", data),
        rows.isEmpty()
            ? new Answer.Block.Line("No model has been trained yet. Next: headwater run")
            : new Answer.Block.Grid(
                List.of("version", "alias", "AUC", "log loss", "trained"), rows));
  }

  Answer show(Target model, @Nullable String ref) {
    ModelVersion v = version(model, ref);
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("version", model.name() + "@" + v.version() + aliases(v, " (", ")"));
    lines.put("trained", v.created() + " by run " + v.run());
    lines.put("folder", v.location());
    lines.put("manifest", "sha256 " + v.digest());
    network(v).ifPresent(network -> lines.put("network", network));
    Optional<Run> run = stages.workspace().registry().runs().find(v.run());
    run.ifPresent(
        r ->
            r.inputs()
                .forEach(
                    e ->
                        lines.put(
                            "reads " + e.name(),
                            e.version()
                                + ", kept by tag "
                                + TrainJob.tag(v.model(), v.version()))));
    List<List<String>> figures = new ArrayList<>();
    new TreeMap<>(v.metrics())
        .forEach(
            (name, value) -> {
              if (!name.startsWith("baseline.")) {
                figures.add(
                    List.of(name, figure(value), figure(v.metrics().get("baseline." + name))));
              }
            });
    return Answer.of(
        facts(v),
        new Answer.Block.Facts(lines),
        new Answer.Block.Line(""),
        new Answer.Block.Grid(List.of("on the holdout", model.name(), "logistic"), figures));
  }

  Answer promote(Target model, String version, String alias) {
    ModelVersion v = version(model, version);
    Optional<Alias> now = models.alias(project, model.name(), alias);
    Alias moved =
        models.promote(
            project,
            model.name(),
            alias,
            now.map(Alias::version).orElse(null),
            v.version(),
            Guard.who(),
            "headwater model promote");
    return moved(moved);
  }

  Answer rollback(Target model, String alias) {
    Alias now =
        models
            .alias(project, model.name(), alias)
            .orElseThrow(
                () ->
                    ProjectLauncher.nothing(
                        "Model " + model.name() + " has no alias " + alias + ".",
                        "look at headwater model list."));
    return moved(
        models.rollback(
            project, model.name(), alias, now.version(), Guard.who(), "headwater model rollback"));
  }

  private static Answer moved(Alias moved) {
    String text =
        moved.model()
            + "@"
            + moved.name()
            + " is version "
            + moved.version()
            + (moved.previous() == null ? "" : " now, was " + moved.previous());
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("model", moved.model());
    data.put("alias", moved.name());
    data.put("version", moved.version());
    data.put("previous", moved.previous());
    return Answer.of(data, new Answer.Block.Line(text));
  }

  /** The version that a reference means: a number, an alias, or the newest. */
  ModelVersion version(Target model, @Nullable String ref) {
    Optional<ModelVersion> found;
    if (ref == null) {
      found = models.versions(project, model.name()).stream().findFirst();
    } else if (ref.matches("\\d{1,9}")) {
      found = models.find(project, model.name(), Integer.parseInt(ref));
    } else {
      found =
          models
              .alias(project, model.name(), ref)
              .flatMap(a -> models.find(project, model.name(), a.version()));
    }
    return found.orElseThrow(
        () ->
            ProjectLauncher.nothing(
                "Model "
                    + model.name()
                    + (ref == null ? " has no version yet." : " has no version '" + ref + "'."),
                ref == null
                    ? "train it with headwater run " + model + "."
                    : "take one of headwater model list, or the alias " + ModelRef.CHAMPION + "."));
  }

  private Map<String, Object> facts(ModelVersion v) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("model", v.model());
    data.put("version", v.version());
    data.put(
        "aliases",
        models.aliases(project, v.model()).stream()
            .filter(a -> a.version() == v.version())
            .map(Alias::name)
            .toList());
    data.put("run", v.run().toString());
    data.put("location", v.location());
    data.put("digest", v.digest());
    network(v).ifPresent(network -> data.put("network", network));
    data.put("metrics", new TreeMap<>(v.metrics()));
    data.put("trained", v.created().toString());
    stages
        .workspace()
        .registry()
        .runs()
        .find(v.run())
        .ifPresent(
            r ->
                data.put(
                    "pins",
                    r.inputs().stream()
                        .collect(
                            Collectors.toMap(
                                e -> e.name(), e -> e.version(), (a, b) -> a, TreeMap::new))));
    return data;
  }

  /** What was declared when it was trained: "mlp [64, 64]", "java com.acme.Net". */
  private Optional<String> network(ModelVersion v) {
    return stages.workspace().registry().runs().find(v.run()).stream()
        .flatMap(run -> Staleness.said(run, "network").properties().stream())
        .map(
            network ->
                network.getKey()
                    + " "
                    + (network.getValue().isTextual()
                        ? network.getValue().asText()
                        : network.getValue().toString().replace(",", ", ")))
        .findFirst();
  }

  private String aliases(ModelVersion v) {
    return aliases(v, "", "");
  }

  private String aliases(ModelVersion v, String before, String after) {
    String names =
        models.aliases(project, v.model()).stream()
            .filter(a -> a.version() == v.version())
            .map(Alias::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "" : before + names + after;
  }

  static String figure(@Nullable Double value) {
    if (value == null) {
      return "";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Stages.grouped(value.longValue())
        : String.format(Locale.ROOT, "%.4f", value);
  }
}

package dev.headwater.lineage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A run's facets as they stand in an event. */
final class RunFacetsJson {
  /** The stage of the runs that say how a data set came from outside. */
  static final String LANDING = "landing";

  private RunFacetsJson() {}

  static void write(
      RunFacts run, String namespace, URI producer, Set<String> environment, ObjectNode facets) {
    RunFacts.Parent parent = run.parent();
    if (parent != null) {
      ObjectNode node = Facet.PARENT.in(facets, producer);
      identify(node, namespace, parent);
      identify(node.putObject("root"), namespace, parent);
    }
    if (run.nominalStart() != null) {
      ObjectNode node = Facet.NOMINAL_TIME.in(facets, producer);
      node.put("nominalStartTime", Events.time(run.nominalStart()));
      if (run.nominalEnd() != null) {
        node.put("nominalEndTime", Events.time(run.nominalEnd()));
      }
    }
    RunFacts.Engine engine = run.engine();
    if (engine != null) {
      ObjectNode node = Facet.PROCESSING_ENGINE.in(facets, producer);
      node.put("name", engine.name()).put("version", engine.version());
      if (engine.headwaterVersion() != null) {
        node.put("openlineageAdapterVersion", engine.headwaterVersion());
      }
    }
    RunFacts.Failure error = run.error();
    if (error != null) {
      ObjectNode node = Facet.ERROR_MESSAGE.in(facets, producer);
      node.put("message", Redaction.text(error.message())).put("programmingLanguage", "JAVA");
      if (error.stackTrace() != null) {
        node.put("stackTrace", Redaction.text(error.stackTrace()));
      }
    }
    parameters(run, producer, facets);
    environment(producer, environment, facets);
    tests(run, producer, facets);
    own(run, producer, facets);
  }

  private static void identify(ObjectNode node, String namespace, RunFacts.Parent parent) {
    node.putObject("run").put("runId", parent.runId().toString());
    node.putObject("job").put("namespace", namespace).put("name", parent.job().toString());
  }

  private static void parameters(RunFacts run, URI producer, ObjectNode facets) {
    if (run.parameters().isEmpty()) {
      return;
    }
    ArrayNode parameters = Facet.EXECUTION_PARAMETERS.in(facets, producer).putArray("parameters");
    Redaction.parameters(run.parameters())
        .forEach((key, value) -> parameters.addObject().put("key", key).put("value", value));
  }

  private static void environment(URI producer, Set<String> environment, ObjectNode facets) {
    Map<String, String> set = System.getenv();
    List<String> names = new TreeSet<>(environment).stream().filter(set::containsKey).toList();
    if (names.isEmpty()) {
      return;
    }
    ArrayNode variables =
        Facet.ENVIRONMENT_VARIABLES.in(facets, producer).putArray("environmentVariables");
    Map<String, String> plain = Redaction.parameters(set);
    for (String name : names) {
      variables.addObject().put("name", name).put("value", plain.get(name));
    }
  }

  private static void tests(RunFacts run, URI producer, ObjectNode facets) {
    List<Quality.Assertion> assertions =
        Stream.concat(run.inputs().stream(), run.outputs().stream())
            .flatMap(d -> d.quality() == null ? Stream.empty() : d.quality().assertions().stream())
            .distinct()
            .toList();
    if (assertions.isEmpty()) {
      return;
    }
    ArrayNode tests = Facet.TEST.in(facets, producer).putArray("tests");
    for (Quality.Assertion a : assertions) {
      ObjectNode test = tests.addObject();
      test.put("name", a.name()).put("status", a.passed() ? "pass" : "fail");
      test.put("severity", a.severity()).put("type", a.rule());
      Assertions.details(a, test);
    }
  }

  private static void own(RunFacts run, URI producer, ObjectNode facets) {
    ObjectNode node = Facet.HEADWATER_RUN.in(facets, producer);
    node.put("project", run.job().project());
    if (run.job().stage() != null) {
      node.put("stage", run.job().stage()).put("target", run.job().target());
    }
    node.put("started", Events.time(run.started()));
    ObjectNode figures = node.putObject("facts");
    Redaction.parameters(run.facts()).forEach(figures::put);
    List<DataSet> pinned = run.inputs().stream().filter(d -> d.version() != null).toList();
    if (!pinned.isEmpty()) {
      ArrayNode pins = Facet.HEADWATER_PINS.in(facets, producer).putArray("pins");
      for (DataSet input : pinned) {
        ObjectNode pin = pins.addObject();
        pin.put("namespace", input.name().namespace()).put("name", input.name().name());
        pin.put("label", input.label()).put("version", input.version());
      }
    }
  }
}

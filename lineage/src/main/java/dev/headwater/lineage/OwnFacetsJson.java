package dev.headwater.lineage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Map;

/** Data sets' facets of our own as they stand in an event. */
final class OwnFacetsJson {
  private OwnFacetsJson() {}

  /** What holds for inputs and outputs alike. */
  static void write(DataSet set, URI producer, ObjectNode facets) {
    ObjectNode node = Facet.HEADWATER_DATASET.in(facets, producer);
    node.put("kind", set.kind().name()).put("label", set.label()).put("root", set.root());
    if (set.base() != null) {
      node.put("base", set.base());
    }
    if (set.modified() != null) {
      node.put("modified", Events.time(set.modified()));
    }
    if (set.sha256() != null) {
      node.put("sha256", set.sha256());
    }
    if (set.kind() == DataSet.Kind.TOPIC && set.version() != null) {
      offsets(set.version(), node.putObject("offsets"));
    }
    if (set.model() != null) {
      model(set, set.model(), Facet.HEADWATER_MODEL.in(facets, producer));
    }
    for (OwnFacet facet : set.own()) {
      if (facet instanceof OwnFacet.Features features) {
        features(features, Facet.HEADWATER_FEATURES.in(facets, producer));
      } else if (facet instanceof OwnFacet.Drift drift) {
        drift(drift, Facet.HEADWATER_DRIFT.in(facets, producer));
      }
    }
  }

  /** What a run found while it wrote. */
  static void writeOutput(DataSet set, URI producer, ObjectNode facets) {
    for (OwnFacet facet : set.own()) {
      if (facet instanceof OwnFacet.Letters letters) {
        ObjectNode node = Facet.HEADWATER_LETTERS.in(facets, producer);
        node.put("table", letters.table()).put("rowCount", letters.rows());
        ArrayNode reasons = node.putArray("reasons");
        for (OwnFacet.Reason reason : letters.reasons()) {
          ObjectNode out = reasons.addObject().put("code", reason.code());
          if (reason.column() != null) {
            out.put("column", reason.column());
          }
          out.put("rowCount", reason.rows());
        }
      }
    }
  }

  private static void features(OwnFacet.Features features, ObjectNode node) {
    node.put("from", features.from());
    features.key().forEach(node.putArray("key")::add);
    node.put("time", features.time()).put("known", Redaction.text(features.known()));
    features.windows().forEach(node.putArray("windows")::add);
    ObjectNode values = node.putObject("values");
    features.values().forEach((name, value) -> values.put(name, Redaction.text(value)));
    node.put("digest", features.digest());
  }

  private static void drift(OwnFacet.Drift drift, ObjectNode node) {
    node.put("current", drift.current()).put("against", drift.against());
    node.put("threshold", drift.threshold());
    ArrayNode columns = node.putArray("columns");
    for (OwnFacet.Distance distance : drift.columns()) {
      ObjectNode out = columns.addObject().put("column", distance.column());
      out.put("rowCount", distance.rows());
      DataSetFacetsJson.number(out, "psi", distance.psi());
      DataSetFacetsJson.number(out, "psiAtLeast", distance.least());
      DataSetFacetsJson.number(out, "psiAtMost", distance.most());
      out.put("moved", distance.moved()).put("toldBy", distance.toldBy());
    }
  }

  private static void offsets(String version, ObjectNode node) {
    for (String partition : version.split(",", -1)) {
      int colon = partition.indexOf(':');
      if (colon > 0) {
        node.put(partition.substring(0, colon), Long.parseLong(partition.substring(colon + 1)));
      }
    }
  }

  private static void model(DataSet set, ModelFacts model, ObjectNode node) {
    node.put("name", set.label()).put("version", set.version());
    node.putObject("checksum").put("algorithm", "SHA-256").put("value", model.checksum());
    if (model.dataDigest() != null) {
      node.put("dataDigest", model.dataDigest());
    }
    if (model.architecture() != null) {
      node.put("architecture", model.architecture());
    }
    if (model.seed() != null) {
      node.put("seed", model.seed());
    }
    ObjectNode metrics = node.putObject("metrics");
    for (Map.Entry<String, Double> metric : model.metrics().entrySet()) {
      DataSetFacetsJson.number(metrics, metric.getKey(), metric.getValue());
    }
    ArrayNode pins = node.putArray("pins");
    for (ModelFacts.Pin pin : model.pins()) {
      ObjectNode out = pins.addObject();
      out.put("namespace", pin.dataSet().namespace()).put("name", pin.dataSet().name());
      out.put("label", pin.label()).put("version", pin.version());
      if (pin.tag() != null) {
        out.put("tag", pin.tag());
      }
    }
  }
}

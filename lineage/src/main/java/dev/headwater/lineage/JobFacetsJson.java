package dev.headwater.lineage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;

/** A job's facets as they stand in an event. */
final class JobFacetsJson {
  private JobFacetsJson() {}

  static void write(RunFacts run, Added added, URI producer, ObjectNode facets) {
    Facet.JOB_TYPE
        .in(facets, producer)
        .put("processingType", run.processing().name())
        .put("integration", "BEAM")
        .put("jobType", "JOB");
    RunFacts.SourceCode code = run.code();
    if (code != null) {
      ObjectNode node = Facet.SOURCE_CODE_LOCATION.in(facets, producer);
      node.put("type", code.type()).put("url", Redaction.uri(code.url()));
      if (code.repository() != null) {
        node.put("repoUrl", Redaction.uri(code.repository()));
      }
      if (code.path() != null) {
        node.put("path", code.path());
      }
      if (code.version() != null) {
        node.put("version", code.version());
      }
    }
    if (run.description() != null) {
      Facet.DOCUMENTATION_JOB.in(facets, producer).put("description", run.description());
    }
    owners(both(added.owners(), run.owners()), Facet.OWNERSHIP_JOB, producer, facets);
    tags(both(added.tags(), run.tags()), Facet.TAGS_JOB, producer, facets);
  }

  /** What a job says itself counts more. */
  private static Map<String, String> both(Map<String, String> all, Map<String, String> own) {
    Map<String, String> both = new TreeMap<>(all);
    both.putAll(own);
    return both;
  }

  static void owners(Map<String, String> owners, Facet facet, URI producer, ObjectNode facets) {
    if (!owners.isEmpty()) {
      ArrayNode out = facet.in(facets, producer).putArray("owners");
      new TreeMap<>(owners)
          .forEach((name, role) -> out.addObject().put("name", name).put("type", role));
    }
  }

  static void tags(Map<String, String> tags, Facet facet, URI producer, ObjectNode facets) {
    if (!tags.isEmpty()) {
      ArrayNode out = facet.in(facets, producer).putArray("tags");
      new TreeMap<>(tags)
          .forEach(
              (key, value) ->
                  out.addObject().put("key", key).put("value", value).put("source", "HEADWATER"));
    }
  }
}

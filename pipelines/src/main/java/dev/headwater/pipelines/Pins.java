package dev.headwater.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Tags;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.CatalogDecl;
import java.util.List;

/**
 * How the snapshots that a model was trained on are kept: by a tag, or, in a catalog where nothing
 * may be changed, by a copy or not at all; not at all too in another environment or project; then
 * its owner decides how long the model can be trained again.
 */
final class Pins {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Pins() {}

  static CatalogDecl.Pin of(Workspace workspace, TableRef table) {
    CatalogDecl declared = workspace.project().catalogs().get(table.catalog());
    if (declared != null) {
      return declared.pin();
    }
    boolean own = table.catalog().equals(TableRef.DEFAULT_CATALOG);
    return own && !workspace.project().neighbours(table)
        ? CatalogDecl.Pin.TAG
        : CatalogDecl.Pin.NONE;
  }

  /** Keeps a snapshot that a training has read, or its copy, as long as the tag is there. */
  static void keep(Workspace workspace, Run run, TableRef table, SnapshotRef snapshot, String tag) {
    switch (of(workspace, table)) {
      case TAG -> new Tags(workspace.catalog(table)).pin(snapshot, tag);
      case COPY ->
          Copies.find(workspace, run)
              .ifPresent(copy -> new Tags(workspace.catalog(copy.table())).pin(copy, tag));
      case NONE -> {}
    }
  }

  /** For the registry's record of a model: which of its inputs nobody here keeps. */
  static String detail(Workspace workspace, List<Edge> inputs) {
    List<String> loose =
        inputs.stream()
            .filter(edge -> edge.kind().equals("table"))
            .map(Edge::name)
            .filter(name -> of(workspace, workspace.named(name)) == CatalogDecl.Pin.NONE)
            .map(name -> '"' + name + '"')
            .toList();
    return loose.isEmpty() ? "" : ",\"unpinned\":[" + String.join(",", loose) + "]";
  }

  /** Whether a model's input was kept when it was registered. */
  static boolean kept(ModelVersion model, Edge input) {
    try {
      for (JsonNode name : JSON.readTree(model.detail()).path("unpinned")) {
        if (name.asText().equals(input.name())) {
          return false;
        }
      }
      return true;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.connect.Connect;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What opens the project's tables elsewhere. */
final class ConnectAnswers {
  private final Workspace workspace;

  ConnectAnswers(Workspace workspace) {
    this.workspace = workspace;
  }

  Answer of(Question.Connect question) {
    String name = question.catalog() == null ? TableRef.DEFAULT_CATALOG : question.catalog();
    List<TableRef> tables =
        workspace.project().targets().stream()
            .filter(target -> target.kind() != Target.Kind.MODEL)
            .map(target -> workspace.table(target.name()))
            .filter(ref -> ref.catalog().equals(name))
            .toList();
    CatalogConfig config = config(name);
    String text =
        Connect.text(
            question.client(),
            config,
            () -> workspace.catalog(new TableRef(name, "any", "any")),
            tables);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("tool", question.client().toString());
    data.put("catalog", name);
    data.put("text", text);
    data.put("secrets", Connect.secrets(config));
    return Answer.of(data, new Answer.Block.Line(text.stripTrailing()));
  }

  private CatalogConfig config(String name) {
    if (name.equals(TableRef.DEFAULT_CATALOG)) {
      return workspace.catalog().config();
    }
    CatalogDecl declared = workspace.project().catalogs().get(name);
    if (declared == null) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "There is no catalog '" + name + "'.",
          "name one of default, "
              + String.join(", ", workspace.project().catalogs().keySet())
              + ".");
    }
    return declared.config();
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Claim;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Table;

/**
 * Whose the project's tables are: of the repository that wrote them first, which is the same in
 * every clone of it. In a catalog below the project's own folder nobody else writes.
 */
final class Claims {
  private final Workspace workspace;
  private final Project project;

  Claims(Workspace workspace) {
    this.workspace = workspace;
    this.project = workspace.project();
  }

  /** What a commit to a table says of it; nothing where no repository is known. */
  Map<String, String> summary(TableRef table) {
    if (!project.catalogs().containsKey(table.catalog())) {
      return Map.of();
    }
    return repository()
        .map(own -> Map.of(Claim.REPOSITORY, own, Claim.WRITER, writer()))
        .orElse(Map.of());
  }

  /**
   * Looks whether what is to be changed is somebody else's.
   *
   * @throws HeadwaterException REFUSED if it is
   */
  void check(Target target) {
    if (target.kind() == Target.Kind.MODEL || target.name().indexOf('.') >= 0) {
      return;
    }
    TableRef ref = workspace.table(target.name());
    String own = summary(ref).get(Claim.REPOSITORY);
    if (own == null) {
      return;
    }
    Optional<Table> table = workspace.catalog(ref).find(ref);
    Optional<String> whose = table.flatMap(Claim::of).filter(other -> !other.equals(own));
    if (whose.isPresent()) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot write table %s: it belongs to %s (%s), and this is %s (%s)."
              .formatted(
                  ref,
                  whose.get(),
                  table.orElseThrow().properties().getOrDefault(Claim.WRITER, "nobody knows who"),
                  own,
                  writer()),
          "give this project another name (project:, or namespace: of the environment); if both are"
              + " one, say repository: "
              + whose.get()
              + " in "
              + project.origin().file()
              + "; if it has moved here: headwater plan --claim --reason TEXT.");
    }
  }

  /** Makes all tables of the project's name this repository's. */
  Answer take(String reason) {
    String own =
        repository()
            .orElseThrow(
                () ->
                    new HeadwaterException(
                        Kind.USAGE,
                        "Nothing says which repository this is.",
                        "give git a remote 'origin', or say repository: github.com/acme/"
                            + project.name()
                            + " in "
                            + project.origin().file()
                            + "."));
    Map<String, String> claim =
        Map.of(Claim.REPOSITORY, own, Claim.WRITER, writer() + ", since: " + reason);
    List<Answer.Block> lines = new ArrayList<>();
    Map<String, Object> taken = new LinkedHashMap<>();
    for (TableRef ref : tables()) {
      TableCatalog catalog = workspace.catalog(ref);
      String before = Claim.of(catalog.load(ref)).orElse("");
      if (!before.equals(own)) {
        Claim.take(catalog, ref, claim);
        taken.put(ref.toString(), before);
        String whose = before.isEmpty() ? "nobody's" : "of " + before;
        lines.add(new Answer.Block.Line("  " + ref + "  was " + whose));
      }
    }
    String what = taken.isEmpty() ? "All tables here are" : "These tables are now";
    lines.add(0, new Answer.Block.Line(what + " of " + own + (taken.isEmpty() ? "." : ":")));
    return Answer.of(Map.of("repository", own, "claimed", taken), lines);
  }

  /** Those of the project's namespace, in each catalog that it writes to. */
  private List<TableRef> tables() {
    Set<TableRef> all = new LinkedHashSet<>();
    for (CatalogDecl catalog : project.catalogs().values()) {
      if (catalog.access() == CatalogDecl.Access.WRITE) {
        TableRef any = new TableRef(catalog.name(), project.name(), "any");
        all.addAll(workspace.catalog(any).list(project.name()));
      }
    }
    return List.copyOf(all);
  }

  private Optional<String> repository() {
    return Optional.ofNullable(project.origin().repository())
        .or(() -> SourceLook.repository(project.origin().folder()));
  }

  private String writer() {
    return "project %s in %s, %s on %s from %s"
        .formatted(
            project.name(),
            project.environment().name(),
            Guard.who(),
            host(),
            project.origin().folder());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "a machine without a name";
    }
  }
}

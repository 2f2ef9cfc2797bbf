package dev.headwater.pipelines.project;

import dev.headwater.catalog.TableRef;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Another project, whose tables are read here as {@code <its name>/<table>} and never changed. */
public sealed interface Neighbour {
  /** What it is called here. */
  String name();

  /**
   * A table of it.
   *
   * @param here the environment that its reader is in
   * @throws IllegalArgumentException saying why there can be none of this name
   */
  TableRef table(String table, Environment here);

  /** As it is written in the file. */
  Object form();

  /**
   * One whose own file says where it is.
   *
   * @param path of its folder, as written
   * @param there what that file says of its places, and nothing of its targets
   * @param environment of it; null: the one that is called as the reader's, or dev if it has none
   */
  record InFolder(String name, String path, Project there, @Nullable String environment)
      implements Neighbour {
    /**
     * It, where it is read.
     *
     * @throws IllegalArgumentException if it has no such environment
     */
    public Project in(Environment here) {
      boolean one = there.environments().declared().isEmpty();
      String wanted = environment != null ? environment : one ? Environment.DEV : here.name();
      if (!there.environments().names().contains(wanted)) {
        throw new IllegalArgumentException(
            "project %s (%s) has no environment '%s'. Write env: in projects.%s; there are %s"
                .formatted(
                    name, path, wanted, name, String.join(", ", there.environments().names())));
      }
      return there.in(wanted);
    }

    @Override
    public TableRef table(String table, Environment here) {
      return new TableRef(name, in(here).name(), table);
    }

    @Override
    public Object form() {
      return environment == null ? path : Map.of("path", path, "env", environment);
    }
  }

  /**
   * One of which it is said where its tables are.
   *
   * @param catalog in which its tables are, by the name that it has here
   * @param namespace of its tables, which is also what its runs are recorded under
   * @param registry where its runs are; null: where ours are
   */
  record InCatalog(String name, String catalog, String namespace, @Nullable CatalogDecl registry)
      implements Neighbour {
    /** One of which nothing is said: it shares our catalog and registry. */
    static InCatalog shared(String name) {
      return new InCatalog(name, TableRef.DEFAULT_CATALOG, name, null);
    }

    @Override
    public TableRef table(String table, Environment here) {
      return new TableRef(catalog, namespace, table);
    }

    @Override
    public Object form() {
      Map<String, Object> form = new LinkedHashMap<>();
      form.put("catalog", catalog);
      form.put("namespace", namespace);
      if (registry != null) {
        form.put("registry", Properties.form(registry.properties()));
      }
      return form;
    }
  }
}

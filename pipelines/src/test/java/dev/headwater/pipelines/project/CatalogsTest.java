package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Catalogs in the project file, and tables of others that rows are taken from. */
final class CatalogsTest {
  private static final String SMALL =
      """
      project: p
      catalogs:
        prod:
          type: rest
          uri: https://catalog.example.com
          credential: {secret: env/PROD_CREDENTIAL}
        lake:
          uri: jdbc:postgresql://db/meta
          warehouse: s3://bucket/lake
          jdbc.password: {secret: file//run/secrets/pg}
          access: write
      sources:
        orders: {table: prod.sales.eu.orders, time: at}
        mine: {table: lake.sales.mine}
        beside: {table: other.things}
      features:
        v: {from: orders, key: k, windows: [3h], values: {n: count(*)}}
      models:
        m:
          rows: orders
          inputs: {v: {view: v}, x: x}
          label: y > 1
          split: {train_until: 2001-05-01, holdout_until: 2001-06-01}
      scores:
        s: {model: m}
      """;

  @Test
  void readsCatalogsWithIcebergsOwnProperties() {
    Project project = ProjectFileTest.parse(SMALL);
    CatalogConfig prod = catalog(project, "prod").config();
    assertThat(prod.properties())
        .isEqualTo(
            Map.of(
                "type",
                "rest",
                "uri",
                "https://catalog.example.com",
                "credential.secret",
                "env/PROD_CREDENTIAL",
                "headwater.access",
                "read"));
    assertThat(prod.readOnly()).isTrue();
    assertThat(catalog(project, "prod").pin()).isEqualTo(CatalogDecl.Pin.NONE);
    CatalogDecl lake = catalog(project, "lake");
    assertThat(lake.config().readOnly()).isFalse();
    assertThat(lake.config().jdbc()).isTrue();
    assertThat(lake.pin()).isEqualTo(CatalogDecl.Pin.TAG);
  }

  @Test
  void takesRowsFromTablesOfOthers() {
    Project project = ProjectFileTest.parse(SMALL);
    assertThat(project.foreign("orders")).contains(new TableRef("prod", "sales.eu", "orders"));
    assertThat(project.foreign("beside")).contains(TableRef.of("other", "things"));
    assertThat(project.foreign("v")).isEmpty();
    assertThat(Objects.requireNonNull(project.models().get("m")).time()).isEqualTo("at");
    assertThat(project.targets().stream().map(Target::toString))
        .containsExactly("features/v", "model/m", "score/s");
    assertThat(Explain.of(project))
        .contains("credential: {secret: env/PROD_CREDENTIAL}")
        .contains("access: read")
        .contains("orders: {table: prod.sales.eu.orders, time: at}");
    assertThat(ProjectFileTest.parse(Explain.of(project))).isEqualTo(project);
  }

  @Test
  void aFolderMayBeTheWarehouse() {
    Project project =
        ProjectFileTest.parse(
            "project: p\ncatalogs: {default: {uri: \"jdbc:sqlite:/x/c.db\", warehouse: ./lake}}");
    CatalogConfig config = catalog(project, "default").config();
    assertThat(config.properties().get("warehouse"))
        .isEqualTo(
            "file://" + project.origin().folder().resolve("lake").toAbsolutePath().normalize());
    assertThat(config.readOnly()).isFalse();
  }

  @Test
  void tellsEveryMistakeWithItsCure() {
    for (List<String> change :
        List.of(
            List.of(
                "{secret: env/PROD_CREDENTIAL}",
                "id:canary",
                "catalogs.prod.credential: is a secret. Write credential: {secret: env/NAME}"),
            List.of("env/PROD", "PROD", "'PROD_CREDENTIAL' is no reference. Write env/NAME"),
            List.of("uri: https", "url: https", "catalogs.prod.uri: is missing. Write uri:"),
            List.of("type: rest", "type: hadoop", "two writers at once don't survive"),
            List.of("access: write", "access: all", "'all' is none of read, write"),
            List.of("access: write", "pin: tag", "by tag needs access: write"),
            List.of("jdbc:postgresql:", "jdbc:h2:", "is no database that can be used"),
            List.of("warehouse: s3:", "werehouse: s3:", "catalogs.lake.warehouse: is missing"),
            List.of("prod.sales.eu", "prud.sales.eu", "no catalog 'prud'. Did you mean 'prod'?"),
            List.of("other.things", "things", "'things' is no table's name. Write catalog."),
            List.of("  prod:", "  p:", "catalogs.p: has the project's own name"),
            List.of("  orders: {", "  v: {", "features.v: makes a table of the same name"))) {
      String wrong = SMALL.replace(change.get(0), change.get(1));
      assertThat(wrong).isNotEqualTo(SMALL);
      ProjectFileTest.problems(wrong)
          .hasMessageContaining(change.get(2))
          .hasMessageNotContaining("canary");
    }
    ProjectFileTest.problems(SMALL + "tables: {t: {from: orders}}\n")
        .hasMessageContaining("tables.t.from: 'orders' is a table already");
    assertThat(Path.of("../docs/catalogs.md")).exists();
  }

  private static CatalogDecl catalog(Project project, String name) {
    return Objects.requireNonNull(project.catalogs().get(name));
  }
}

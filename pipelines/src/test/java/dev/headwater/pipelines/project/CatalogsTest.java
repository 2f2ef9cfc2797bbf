package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableRef;
import java.nio.file.Path;
import java.time.Duration;
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
            List.of(
                "env/PROD",
                "PROD",
                "credential.secret: what stands there is no reference. Write env/NAME"),
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

  @Test
  void areTheSameInJava() {
    ProjectBuilder p =
        Project.named("p")
            .catalog(
                "prod",
                Catalog.rest("https://catalog.example.com")
                    .property("warehouse", "main")
                    .secret("credential", "env/PROD"))
            .catalog(
                "lake",
                Catalog.jdbc("jdbc:postgresql://db/meta", "s3://acme/lake")
                    .access(CatalogDecl.Access.WRITE));
    ForeignTable orders = p.foreign("orders", "prod.sales.orders", "at");
    p.features("v", orders).key("k").windows("3h").value("n", "count(*)");
    p.place("v", "lake");
    p.maintain("v", Maintain.NONE.compact(Maintain.Compact.AUTO).expire(Duration.ofDays(30)));

    assertThat(p.build())
        .isEqualTo(
            ProjectFileTest.parse(
                """
                project: p
                catalogs:
                  prod:
                    type: rest
                    uri: https://catalog.example.com
                    warehouse: main
                    credential: {secret: env/PROD}
                  lake: {uri: "jdbc:postgresql://db/meta", warehouse: s3://acme/lake, access: write}
                sources:
                  orders: {table: prod.sales.orders, time: at}
                features:
                  v:
                    from: orders
                    key: k
                    windows: [3h]
                    values: {n: count(*)}
                    catalog: lake
                    maintain: {compact: auto, expire: 30d}
                """));
    assertThat(p.build().table("v")).hasToString("lake.p.v");
  }

  @Test
  void mistakesInJavaAreToldAtOnce() {
    ProjectBuilder p =
        Project.named("p")
            .catalog("prod", Catalog.rest("https://c").property("token", "abc"))
            .catalog("lake", Catalog.jdbc("jdbc:h2:mem", "s3://acme/lake"));
    p.table("t", Files.parquet("data/*.parquet"));
    p.place("t", "prod").maintain("tt", Maintain.NONE.manifests(true));
    assertThatThrownBy(p::build)
        .hasMessageContaining("catalogs.prod.token: is a secret")
        .hasMessageContaining("catalogs.lake.uri: 'jdbc:h2:mem' is no database")
        .hasMessageContaining("tables.t.catalog: 'prod' is read only. Write access: write")
        .hasMessageContaining("maintain.tt: no table 'tt'. Did you mean 't'?");
  }

  @Test
  void maintenanceIsReadWithItsMistakes() {
    ProjectFileTest.problems(
            """
            project: p
            sources: {files: data/*.parquet}
            tables:
              t:
                from: files
                catalog: prd
                maintain:
                  compact: always
                  expire: {keep: 0}
                  orphans: 2h
                  manifest: auto
            """)
        .hasMessageContaining("line 6  tables.t.catalog: no catalog 'prd'")
        .hasMessageContaining("line 8  tables.t.maintain.compact: 'always' is none of auto")
        .hasMessageContaining(
            "line 9  tables.t.maintain.expire.older_than: is missing. Write older_than: 30d")
        .hasMessageContaining("tables.t.maintain.expire.keep: '0' is not a whole number from 1")
        .hasMessageContaining("line 10  tables.t.maintain.orphans: '2h' is less than 3d")
        .hasMessageContaining("line 11  tables.t.maintain.manifest: unknown key 'manifest'");
  }
}

package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.project.Environment.Protection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Where else a project lives. */
final class EnvironmentsTest {
  static final String YAML =
      """
      project: p
      catalogs:
        lake: {type: rest, uri: "https://lake.example.com", access: write}
      clusters:
        big: {address: "10.0.0.7:8081"}
        pods: {kubernetes: {image: acme/p:1}}
      runs: {timeout: 1h}
      environments:
        staging:
          namespace: p_staging
        prod:
          protected: [deploy]
          catalogs:
            default:
              uri: jdbc:postgresql://db/meta
              warehouse: s3://acme/prod
              jdbc.password: {secret: env/PG}
          registry: {uri: jdbc:postgresql://db/runs}
          clusters:
            big: {address: "10.0.0.8:8081"}
          runs: {timeout: 6h}
          lineage: {namespace: acme-prod}
      sources: {files: data/*.parquet}
      tables:
        t: {from: files, time: at, catalog: lake}
      """;

  @Test
  void anEnvironmentTakesThePlaceOfWhatItNames() {
    Project project = ProjectFileTest.parse(YAML);
    Project prod = project.in("prod");
    assertThat(prod.environment().name()).isEqualTo("prod");
    assertThat(prod.name()).isEqualTo("p");
    assertThat(prod.catalogs().keySet()).containsExactly("lake", "default");
    assertThat(Objects.requireNonNull(prod.registry()).properties())
        .containsEntry("uri", "jdbc:postgresql://db/runs");
    assertThat(address(prod, "big")).isEqualTo("10.0.0.8:8081");
    assertThat(prod.runs().timeout()).isEqualTo(Duration.ofHours(6));
    assertThat(prod.environment().lineage()).isEqualTo("acme-prod");
    assertThat(prod.environment().protection()).isEqualTo(new Protection(true, List.of("deploy")));
    assertThat(prod.home()).endsWithRaw(Path.of(".headwater/environments/prod"));
    // What it makes is the same, and so it is the same project in dev again.
    assertThat(prod.tables()).isEqualTo(project.tables());
    Project dev = prod.in("dev");
    assertThat(dev.catalogs()).isEqualTo(project.catalogs());
    assertThat(dev.registry()).isNull();
    assertThat(address(dev, "big")).isEqualTo("10.0.0.7:8081");
    assertThat(dev.runs()).isEqualTo(project.runs());
    assertThat(dev.home()).endsWithRaw(Path.of(".headwater"));
  }

  @Test
  void aNamespaceIsTheProjectsNameThere() {
    Project staging = ProjectFileTest.parse(YAML).in("staging");
    assertThat(staging.name()).isEqualTo("p_staging");
    assertThat(staging.table("t")).isEqualTo(new TableRef("lake", "p_staging", "t"));
    assertThat(address(staging, "pods")).isEqualTo("http://p-staging-pods-rest.default:8081");
  }

  @Test
  void oneThatIsNotThereIsToldWithThoseThatAre() {
    assertThatThrownBy(() -> ProjectFileTest.parse(YAML).in("prd"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining(
            "There is no environment 'prd' in headwater.yaml. Did you mean 'prod'? There are dev,"
                + " prod, staging.")
        .hasMessageContaining("Fix: take one of those (--env, or the variable HEADWATER_ENV)");
  }

  @Test
  void mistakesInAnyOfThemAreToldWhicheverIsMeant() {
    ProjectFileTest.problems(
            YAML.replace("jdbc:postgresql://db/meta", "mysql://db")
                .replace("{secret: env/PG}", "hunter2")
                .replace("timeout: 6h", "timeout: soon")
                .replace("p_staging", "p staging"))
        .hasMessageContaining("line 10  environments.staging.namespace: 'p staging' is not a name")
        .hasMessageContaining("line 15  environments.prod.catalogs.default.uri: 'mysql://db'")
        .hasMessageContaining("environments.prod.catalogs.default.jdbc.password: is a secret")
        .hasMessageContaining("environments.prod.runs.timeout: 'soon'")
        .hasMessageNotContaining("hunter2");
    // What fits together everywhere else may not do so in one of them.
    ProjectFileTest.problems(
            YAML.replace(
                "protected: [deploy]\n    catalogs:",
                "catalogs:\n      lake: {type: rest, uri: \"https://lake.example.com\"}"))
        .hasMessageContaining(
            "tables.t.catalog: 'lake' is read only. Write access: write in catalogs.lake, or take"
                + " another. (In environment prod.)");
  }

  @Test
  void javaDeclaresTheSame() {
    ProjectBuilder p = Project.named("p");
    p.environment("prod")
        .catalog("default", Catalog.jdbc("jdbc:postgresql://db/meta", "s3://acme/prod"))
        .lineage("acme-prod")
        .guarded("deploy");
    assertThat(p.build().environments())
        .isEqualTo(
            ProjectFileTest.parse(
                    """
                    project: p
                    environments:
                      prod:
                        catalogs: {default: {uri: "jdbc:postgresql://db/meta", warehouse: "s3://acme/prod"}}
                        lineage: {namespace: acme-prod}
                        protected: [deploy]
                    """)
                .environments());
    p.environment("prod").registry(Map.of("uri", "nonsense"));
    assertThatThrownBy(p::build).hasMessageContaining("environments.prod.registry.uri: 'nonsense'");
  }

  private static String address(Project project, String cluster) {
    return Objects.requireNonNull(project.clusters().get(cluster)).address();
  }
}

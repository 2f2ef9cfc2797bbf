package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class RunRulesTest {
  static final String YAML =
      """
      project: shop
      registry: {uri: "jdbc:postgresql://db/runs", jdbc.user: hw, jdbc.password: {secret: env/PG}}
      runs:
        retry: {times: 4, first: 10s, longest: 1m}
        timeout: 6h
        timeouts: {ingest: 90m, rides: 30s}
      sources: {files: data/*.csv}
      tables:
        rides: {from: files}
        stops: {from: files}
      """;

  @Test
  void saysHowRunsAreCarriedOut() {
    Project project = ProjectFileTest.parse(YAML);
    RunRules rules = project.runs();
    assertThat(rules.pause(1)).contains(Duration.ofSeconds(10));
    assertThat(rules.pause(3)).contains(Duration.ofSeconds(40));
    assertThat(rules.pause(4)).contains(Duration.ofMinutes(1));
    assertThat(rules.pause(5)).isEmpty();
    assertThat(rules.timeout(project.target("rides"))).contains(Duration.ofSeconds(30));
    assertThat(rules.timeout(project.target("stops"))).contains(Duration.ofMinutes(90));
    assertThat(rules.timeout(new Target(Target.Kind.MODEL, "x"))).contains(Duration.ofHours(6));
    assertThat(RunRules.DEFAULT.timeout(new Target(Target.Kind.MODEL, "x"))).isEmpty();
    CatalogDecl registry = Objects.requireNonNull(project.registry());
    assertThat(registry.properties())
        .containsOnly(
            entry("uri", "jdbc:postgresql://db/runs"),
            entry("jdbc.user", "hw"),
            entry("jdbc.password.secret", "env/PG"));
    Project again = ProjectFileTest.parse(Explain.of(project));
    assertThat(again.runs()).isEqualTo(rules);
    assertThat(again.registry()).isEqualTo(registry);
  }

  @Test
  void javaSaysTheSame() {
    Project project =
        Project.named("shop")
            .in(Path.of("."))
            .registry(Map.of("uri", "jdbc:postgresql://db/runs"))
            .runs(RunRules.DEFAULT.timeout(Duration.ofHours(6)))
            .build();
    assertThat(project.runs().timeout()).isEqualTo(Duration.ofHours(6));
    assertThat(project.registry()).isNotNull();
  }

  @Test
  void mistakesAreToldWithTheirLines() {
    ProjectFileTest.problems(
            """
            project: shop
            registry: {uri: "https://host", jdbc.password: geheim, user: x}
            runs:
              retry: {times: -1, first: 2m, longest: 1m, tmes: 1}
              timeout: soon
              timeouts: {trian: 1h}
            """)
        .hasMessageContaining("registry.uri: 'https://host' is no database that can be used")
        .hasMessageContaining("registry.jdbc.password: is a secret")
        .hasMessageContaining("registry.user: is unknown")
        .hasMessageContaining("runs.retry.times: '-1' is not a whole number from 0 to 100")
        .hasMessageContaining("runs.retry.longest: is shorter than the first pause")
        .hasMessageContaining("unknown key 'tmes'")
        .hasMessageContaining("runs.timeout: 'soon' is no age. Write 30d, 12h or 2w")
        .hasMessageContaining("no target or stage 'trian'. Did you mean 'train'?");
  }
}

package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.pipelines.project.ClusterDecl.KeyFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Clusters in the project file. */
final class ClustersTest {
  @Test
  void anAddressAndKeys() {
    Project project =
        ProjectFileTest.parse(
            """
            project: p
            clusters:
              near: {address: "127.0.0.1:8081"}
              prod:
                address: https://flink.example.com
                truststore: {file: /etc/trust.p12, password: {secret: env/TRUST}}
                keystore: {file: /etc/me.p12, password: {secret: file//run/me}}
            """);
    assertThat(project.clusters().get("near"))
        .isEqualTo(new ClusterDecl("near", "127.0.0.1:8081", null, null));
    ClusterDecl prod = Objects.requireNonNull(project.clusters().get("prod"));
    assertThat(prod.trusts()).isEqualTo(new KeyFile(Path.of("/etc/trust.p12"), "env/TRUST"));
    assertThat(prod.shows()).isEqualTo(new KeyFile(Path.of("/etc/me.p12"), "file//run/me"));
  }

  @Test
  void podsHaveAnAddress() {
    Project project =
        ProjectFileTest.parse(
            """
            project: late_flights
            clusters:
              prod: {kubernetes: {image: "flights:1", namespace: data, slots: 2}}
              gpus: {compute: gpu, kubernetes: {image: "flights:1"}}
            """);
    ClusterDecl prod = Objects.requireNonNull(project.clusters().get("prod"));
    assertThat(prod.address()).isEqualTo("http://late-flights-prod-rest.data:8081");
    Pods pods = Objects.requireNonNull(prod.pods());
    assertThat(List.of(pods.slots(), (int) pods.cpu(), pods.gpus())).containsExactly(2, 2, 0);
    assertThat(pods.memory()).isEqualTo(4L << 30);
    assertThat(Objects.requireNonNull(project.clusters().get("gpus")).pods())
        .extracting(Pods::gpus)
        .isEqualTo(1);
    ProjectFileTest.problems(
            """
            project: p
            clusters:
              a: {kubernetes: {namespace: No, gpus: 1}}
              b: {kubernetes: {image: i, environment: {PG_PASSWORD: hidden}}}
            """)
        .hasMessageContaining("clusters.a.kubernetes.image: is missing")
        .hasMessageContaining("clusters.a.kubernetes.namespace: 'No' is no name in Kubernetes")
        .hasMessageContaining("clusters.a.kubernetes.gpus: needs compute: gpu on the cluster")
        .hasMessageContaining("clusters.b.kubernetes: PG_PASSWORD is a secret")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void whatIsWrongIsSaidAtOnce() {
    ProjectFileTest.problems(
            """
            project: p
            clusters:
              a: {adress: "x:1"}
              b: {address: "two words"}
              c:
                address: c.example.com:8081
                keystore: {file: me.p12, password: hidden}
              d:
                address: c.example.com:8081
                truststore: {file: me.p12, password: {secret: env/A}}
            """)
        .hasMessageContaining("clusters.a.address: is missing")
        .hasMessageContaining("unknown key 'adress'. Did you mean 'address'?")
        .hasMessageContaining("clusters.b.address: 'two words' is no address")
        .hasMessageContaining("clusters.c.keystore.password: is a secret. Write password: {secret")
        .hasMessageContaining("clusters.d.address: certificates are for TLS. Write https://c.ex")
        .hasMessageNotContaining("hidden");
  }
}

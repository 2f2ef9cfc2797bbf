package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CatalogConfigTest {
  @Test
  void showsNoSecret() {
    CatalogConfig config =
        new CatalogConfig(
            "prod",
            Map.of(
                CatalogConfig.URI,
                "jdbc:postgresql://me:canary@db:5432/meta?password=canary",
                CatalogConfig.WAREHOUSE,
                "file:///w",
                CatalogConfig.PASSWORD,
                "canary"));
    assertThat(config.toString())
        .isEqualTo(
            "prod{jdbc.password=…, uri=jdbc:postgresql://db:5432/meta, warehouse=file:///w}");
  }

  @Test
  void putsASecretInItsPlaceWhereItIsUsed(@TempDir Path directory) throws Exception {
    Path secret = Files.writeString(directory.resolve("pg"), "canary\n");
    CatalogConfig config =
        CatalogConfig.embedded(directory)
            .with(CatalogConfig.PASSWORD + CatalogConfig.SECRET_SUFFIX, "file/" + secret);
    assertThat(Secrets.resolve(config)).containsEntry(CatalogConfig.PASSWORD, "canary");
    assertThat(config.toString()).doesNotContain("canary").contains(secret.toString());
  }

  @Test
  void saysWhichSecretIsMissing() {
    CatalogConfig config =
        new CatalogConfig("prod", Map.of("jdbc.password.secret", "env/HEADWATER_NOT_SET"));
    assertThatThrownBy(() -> Secrets.resolve(config))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining(
            "The environment variable HEADWATER_NOT_SET is not set; catalog 'prod'")
        .hasMessageContaining("Fix: Set it");
  }
}

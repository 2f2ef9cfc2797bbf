package dev.headwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:postgresql://u:p@h:5432/db?user=x&password=y | jdbc:postgresql://h:5432/db",
        "jdbc:postgresql://h/db | jdbc:postgresql://h/db",
        "jdbc:mysql://u:p@w@h:3306/db?x=1#f | jdbc:mysql://h:3306/db",
        "jdbc:sqlserver://h:1433;user=a;databaseName=d;password=p | jdbc:sqlserver://h:1433/d",
        "jdbc:oracle:thin:scott/tiger@//h:1521/svc | jdbc:oracle:thin://h:1521/svc",
        "jdbc:oracle:thin:scott/tiger@h:1521:sid | jdbc:oracle:thin:h:1521:sid",
        "jdbc:sqlite:/p/catalog.db?key=x | jdbc:sqlite:/p/catalog.db",
        "jdbc:h2:mem:x;USER=a;PASSWORD=b | jdbc:h2:mem:x",
        "https://u:p@h/x?token=t#f | https://h/x",
        "s3://bucket/a/b | s3://bucket/a/b",
        "git@github.example:o/r.git | git@github.example:o/r.git",
      })
  void keepsSchemeHostAndDatabase(String url, String kept) {
    assertThat(Redaction.uri(url)).isEqualTo(kept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password", "DB_PASSWORD", "s3.secret-access-key", "apiKey", "api_key", "token",
        "oauth2.token", "clientSecret", "sasl.jaas.credentials", "x-api-key", "auth",
            "AWS_SESSION_TOKEN"
      })
  void aKeyThatSoundsLikeASecretIsOne(String key) {
    assertThat(Redaction.isSecret(key)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"runner", "author", "rows", "passed", "epochs", "signal", "key", "partition_key"})
  void ordinaryKeysStay(String key) {
    assertThat(Redaction.isSecret(key)).isFalse();
  }

  @Test
  void textLosesWhatLooksLikeASecret() {
    assertThat(Redaction.text("login failed: password=hunter2, user=me"))
        .isEqualTo("login failed: password=***, user=me");
    assertThat(Redaction.text("sent Authorization: Bearer abc.def.ghi to x"))
        .doesNotContain("abc.def");
    assertThat(Redaction.text("key AKIAABCDEFGHIJKLMNOP denied")).isEqualTo("key *** denied");
    assertThat(
            Redaction.text("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"))
        .doesNotContain("MIIE");
  }

  @Test
  void ordinaryTextStaysAsItIs() {
    String text =
        "Cannot read data/a.parquet: it ends early at 4,096. Fix: copy it again (see"
            + " https://example.org/help).";
    assertThat(Redaction.text(text)).isEqualTo(text);
  }

  @Test
  void valuesOfSecretsAreReplaced() {
    assertThat(Redaction.parameters(Map.of("password", "x", "runner", "direct")))
        .containsEntry("password", "***")
        .containsEntry("runner", "direct");
  }

  /** From each of its letters on it would take an hour. */
  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void aLongWordIsLookedAtOnce() {
    String word = "x".repeat(1_000_000);
    assertThat(Redaction.text(word + " my_password=" + word)).isEqualTo(word + " my_password=***");
  }
}

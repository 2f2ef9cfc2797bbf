package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.FakeFiles;
import dev.headwater.catalog.commit.Token;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user who may read the catalog's database and not write it is told so at once. */
final class PostgresRightsIT {
  private static final TableRef REF = TableRef.of("demo", "rides");

  @Test
  void whoMayOnlyReadIsToldAtOnce(@TempDir Path directory) throws Exception {
    CatalogConfig config = new Postgres().fresh(directory);
    try (TableCatalog owner = TableCatalog.open(config)) {
      Table table = FakeFiles.create(owner, REF);
      Change change =
          Change.append(
              REF, Token.ofRun("s", "r", List.of()), List.of(FakeFiles.write(table, 1, 2)));
      try (var connection = DriverManager.getConnection(config.where(), "postgres", "");
          var statement = connection.createStatement()) {
        statement.execute("CREATE ROLE reader LOGIN");
        statement.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
      }
      try (TableCatalog reader = TableCatalog.open(config.with(CatalogConfig.USER, "reader"))) {
        assertThat(reader.load(REF).uuid()).isEqualTo(table.uuid());
        assertTimeoutPreemptively(
            Duration.ofSeconds(60),
            () ->
                assertThatThrownBy(() -> new Committer(reader).commit(change))
                    .isInstanceOfSatisfying(
                        HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
                    .hasMessageContaining("Cannot commit s/r to table demo.rides")
                    .hasMessageContaining("permission denied for table iceberg_tables")
                    .hasMessageContaining("Fix: Ask its owner for the right to write"));
      }
      assertThat(new Committer(owner).commit(change).already()).isFalse();
    }
  }
}

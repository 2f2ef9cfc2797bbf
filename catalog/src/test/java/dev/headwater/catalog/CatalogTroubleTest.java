package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.commit.FakeFiles;
import dev.headwater.catalog.registry.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.apache.iceberg.Table;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user is told when the catalog's database is in trouble. */
final class CatalogTroubleTest {
  private static final TableRef REF = TableRef.of("demo", "rides");

  private final Path directory;

  CatalogTroubleTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static void fails(ThrowingCallable what, String... says) {
    assertThatThrownBy(what)
        .isInstanceOfSatisfying(
            HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE))
        .hasMessageContainingAll(says);
  }

  @Test
  void aLockedDatabase() throws Exception {
    CatalogConfig config = CatalogConfig.embedded(directory).with(Database.BUSY_TIMEOUT, "10");
    try (TableCatalog catalog = TableCatalog.open(config);
        Registry registry = Registry.open(config);
        Connection other = DriverManager.getConnection(config.where());
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN EXCLUSIVE");
      fails(
          () -> FakeFiles.create(catalog, REF),
          "Cannot create table demo.rides: the database jdbc:sqlite:" + directory,
          "is locked by another process",
          "Fix: Let the other process finish");
      fails(
          () -> registry.journal().append("k", "s", "{}"),
          "Cannot append to the journal",
          "is locked by another process");
      statement.execute("ROLLBACK");
      assertThat(FakeFiles.create(catalog, REF).currentSnapshot()).isNull();
    }
  }

  @Test
  void aDamagedDatabase() throws Exception {
    Files.writeString(directory.resolve("catalog.db"), "this is no database at all".repeat(100));
    CatalogConfig config = CatalogConfig.embedded(directory);
    fails(
        () -> TableCatalog.open(config),
        "Cannot open catalog 'default'",
        "is damaged or not a database",
        "Fix: Put a copy of the file back");
    fails(() -> Registry.open(config), "Cannot open the registry", "is damaged");
  }

  @Test
  void aPlaceWhereNothingCanBeWritten() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    fails(
        () -> TableCatalog.open(CatalogConfig.embedded(file.resolve("below"))),
        "Cannot open catalog 'default'",
        "cannot create the directory");
  }

  @Test
  void aServerThatDoesNotAnswer() {
    CatalogConfig config =
        CatalogConfig.postgresql("default", "jdbc:postgresql://localhost:1/meta", directory)
            .with(CatalogConfig.USER, "me")
            .with(CatalogConfig.PASSWORD, "canary");
    fails(
        () -> TableCatalog.open(config),
        "the database jdbc:postgresql://localhost:1/meta does not answer",
        "Fix: See that its server runs");
    fails(() -> Registry.open(config), "Cannot open the registry", "does not answer");
    assertThatThrownBy(() -> Registry.open(config)).hasMessageNotContaining("canary");
  }

  @Test
  void aKindOfDatabaseThatIsNotKnown() {
    CatalogConfig config =
        CatalogConfig.embedded(directory).with(CatalogConfig.URI, "jdbc:h2:mem:x");
    assertThatThrownBy(() -> TableCatalog.open(config))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("is of a kind that Headwater cannot use")
        .hasMessageContaining("Fix: Use jdbc:sqlite: or jdbc:postgresql:");
    CatalogConfig remote =
        CatalogConfig.embedded(directory).with(CatalogConfig.WAREHOUSE, "bucket/w");
    assertThatThrownBy(() -> TableCatalog.open(remote))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("has no warehouse that is a location: bucket/w");
  }

  @Test
  void aTableWhoseMetadataIsGone() throws Exception {
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(directory))) {
      String location = FakeFiles.create(catalog, REF).location();
      try (var files = Files.list(LocalFileIO.path(location).resolve("metadata"))) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      assertThatThrownBy(() -> catalog.load(REF))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Cannot read table demo.rides: its metadata is gone");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "{}", "{\"format-version\": 2, \"schemas\": 7}", "\0\0\0\0", "not JSON"})
  void aTableWhoseMetadataIsDamaged(String content) throws Exception {
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(directory))) {
      Path file = metadata(FakeFiles.create(catalog, REF));
      byte[] whole = Files.readAllBytes(file);
      Files.writeString(file, content);
      assertTimeout(
          Duration.ofSeconds(60),
          () ->
              assertThatThrownBy(() -> catalog.load(REF))
                  .isInstanceOfSatisfying(
                      HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
                  .hasMessageContaining("Cannot read table demo.rides: its metadata file file://")
                  .hasMessageContaining(file + " is damaged (")
                  .hasMessageContaining("Fix: Put that file back from a copy"));
      Files.write(file, whole);
      assertThat(catalog.load(REF).currentSnapshot()).isNull();
    }
  }

  @Test
  void aTableWhoseMetadataCannotBeOpened() throws Exception {
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(directory))) {
      Path file = metadata(FakeFiles.create(catalog, REF));
      Files.delete(file);
      Files.createDirectory(file);
      assertTimeout(
          Duration.ofSeconds(60),
          () ->
              fails(
                  () -> catalog.load(REF),
                  "Cannot read table demo.rides: its metadata cannot be read (",
                  "Fix: See that the warehouse is there and readable for this user."));
    }
  }

  private static Path metadata(Table table) throws IOException {
    try (var files = Files.list(LocalFileIO.path(table.location()).resolve("metadata"))) {
      return files.filter(f -> f.toString().endsWith(".metadata.json")).findFirst().orElseThrow();
    }
  }

  @Test
  void theEmbeddedDatabaseSurvivesAPowerCut() {
    CatalogConfig config = CatalogConfig.embedded(directory);
    try (Database database = Database.of(config)) {
      assertThat(pragma(database, "journal_mode")).isEqualTo("wal");
      assertThat(pragma(database, "synchronous")).isEqualTo("2");
    }
  }

  private static String pragma(Database database, String name) {
    return database.run(
        "look",
        connection -> {
          try (Statement statement = connection.createStatement();
              var row = statement.executeQuery("PRAGMA " + name)) {
            return row.getString(1);
          }
        });
  }
}

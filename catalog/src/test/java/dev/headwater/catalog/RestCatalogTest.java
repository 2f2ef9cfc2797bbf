package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.FakeFiles;
import dev.headwater.catalog.commit.Tags;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.maintain.Expiry;
import dev.headwater.catalog.maintain.ExpiryRule;
import dev.headwater.catalog.maintain.Refs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A catalog behind a server: who may, who is refused, and what is told. */
final class RestCatalogTest {
  private static final TableRef REF = TableRef.of("demo", "rides");
  private static final String PROOF = "Bearer client-credentials-token:sub=canary-id";

  private final Path directory;
  private final Door door = new Door();
  private CatalogConfig config = CatalogConfig.rest("default", "unset");

  RestCatalogTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
  }

  @BeforeEach
  void start() throws Exception {
    door.to(RestServer.start(directory, Map.of()));
    config = CatalogConfig.rest("default", door.uri());
  }

  @AfterEach
  void shut() {
    door.close();
  }

  private String secret(String value) throws IOException {
    return "file/" + Files.writeString(Files.createTempFile(directory, "secret", ""), value);
  }

  /** Lets nobody in who doesn't prove who they are; tokens are given to the right client. */
  private void guard(String proof) {
    door.keeper(
        (request, server) ->
            request.contains("/oauth/tokens") || seenLast().endsWith(proof)
                ? server.answer()
                : Door.Answer.of(401));
  }

  private String seenLast() {
    return door.seen().get(door.seen().size() - 1);
  }

  @Test
  void whereATableWillLieIsKnownBeforeOnlyWithoutAServer() {
    try (TableCatalog rest = TableCatalog.open(config);
        TableCatalog own = TableCatalog.open(CatalogConfig.embedded(directory.resolve("own")))) {
      assertThat(rest.place(REF)).isEmpty();
      String place = own.place(REF).orElseThrow();
      assertThat(own.find(REF)).isEmpty();
      Schema schema = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
      own.create(REF, schema, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
      assertThat(own.load(REF).location()).isEqualTo(place);
    }
  }

  @Test
  void getsATokenForItsCredential() throws Exception {
    guard(PROOF);
    CatalogConfig known =
        config
            .with("oauth2-server-uri", door.uri() + "/v1/oauth/tokens")
            .with("credential.secret", secret("canary-id:canary-secret"));
    try (TableCatalog catalog = TableCatalog.open(known)) {
      Table table = FakeFiles.create(catalog, REF);
      assertThat(table.properties()).doesNotContainKey("credential");
      new Committer(catalog)
          .commit(
              Change.append(
                  REF, Token.ofRun("s", "r", List.of()), List.of(FakeFiles.write(table, 1))));
      assertThat(FakeFiles.ids(catalog.load(REF))).containsExactly(1L);
      assertThat(bytes(SerializableTable.copyOf(catalog.load(REF))))
          .doesNotContain("canary-secret")
          .doesNotContain("client-credentials-token");
    }
    assertThat(known.toString()).doesNotContain("canary-secret");
    assertThat(bytes(known)).doesNotContain("canary-secret");
  }

  @Test
  void showsItsToken() throws Exception {
    guard("Bearer canary-token");
    try (TableCatalog catalog =
        TableCatalog.open(config.with("token.secret", secret("canary-token\n")))) {
      FakeFiles.create(catalog, REF);
      assertThat(bytes(SerializableTable.copyOf(catalog.load(REF)))).doesNotContain("canary-token");
    }
    assertThatThrownBy(() -> TableCatalog.open(config.with("token.secret", secret("wrong"))))
        .isInstanceOfSatisfying(
            HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
        .hasMessageContaining("Cannot open catalog 'default': the server " + door.uri())
        .hasMessageContaining("does not accept the credential or the token (401)")
        .hasMessageContaining("Fix: Check the secrets of catalog 'default'")
        .hasMessageNotContaining("wrong");
  }

  @Test
  void whatMayNotBeWrittenIsToldAtOnce() {
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table = FakeFiles.create(catalog, REF);
      var file = FakeFiles.write(table, 1);
      door.keeper(
          (request, server) -> request.startsWith("POST") ? Door.Answer.of(403) : server.answer());
      assertThatThrownBy(
              () ->
                  new Committer(catalog)
                      .commit(Change.append(REF, Token.ofRun("s", "r", List.of()), List.of(file))))
          .isInstanceOfSatisfying(
              HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
          .hasMessageContaining("Cannot commit s/r to table demo.rides")
          .hasMessageContaining("does not allow it")
          .hasMessageContaining("Fix: Ask its owner");
      assertThatThrownBy(() -> FakeFiles.create(catalog, TableRef.of("demo", "other")))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("does not allow it (403)");
    }
  }

  @Test
  void whatMayNotBeChangedOtherwiseIsToldAtOnceToo() {
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table = FakeFiles.create(catalog, REF);
      Committer committer = new Committer(catalog);
      List<SnapshotRef> made = new ArrayList<>();
      for (String run : List.of("r1", "r2")) {
        Token token = Token.ofRun("s", run, List.of());
        made.add(
            committer
                .commit(Change.append(REF, token, List.of(FakeFiles.write(table, 1))))
                .snapshot()
                .orElseThrow());
      }
      long first = made.get(0).snapshotId();
      door.keeper(
          (request, server) -> request.startsWith("POST") ? Door.Answer.of(403) : server.answer());
      List<ThrowingCallable> changes =
          List.of(
              () -> new Tags(catalog).pin(made.get(0), "model/a/1"),
              () -> new Refs(catalog).branch(REF, "audit", first),
              () -> new Refs(catalog).rollback(REF, made.get(1).snapshotId(), first),
              () ->
                  new Expiry(catalog)
                      .expire(REF, new ExpiryRule(Instant.now().plusSeconds(9), 1, Map.of())));
      for (ThrowingCallable change : changes) {
        assertTimeoutPreemptively(
            Duration.ofSeconds(60),
            () ->
                assertThatThrownBy(change)
                    .isInstanceOfSatisfying(
                        HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
                    .hasMessageContaining("demo.rides")
                    .hasMessageContaining("Fix: Ask the owner of the catalog"));
      }
    }
  }

  @Test
  void whatIsOnlyReadIsNeverChanged() {
    SnapshotRef snapshot;
    try (TableCatalog owner = TableCatalog.open(config)) {
      Table table = FakeFiles.create(owner, REF);
      snapshot =
          new Committer(owner)
              .commit(
                  Change.append(
                      REF, Token.ofRun("s", "r", List.of()), List.of(FakeFiles.write(table, 1))))
              .snapshot()
              .orElseThrow();
    }
    try (TableCatalog reader = TableCatalog.open(config.with(CatalogConfig.ACCESS, "read"))) {
      Table table = reader.load(REF);
      assertThat(FakeFiles.ids(table)).containsExactly(1L);
      var file = FakeFiles.write(table, 2);
      Change change = Change.append(REF, Token.ofRun("s", "r2", List.of()), List.of(file));
      for (ThrowingCallable attempt :
          List.<ThrowingCallable>of(
              () -> table.newAppend().appendFile(file).commit(),
              () -> table.updateProperties().set("a", "b").commit(),
              () -> new Committer(reader).commit(change),
              () -> new Tags(reader).pin(snapshot, "model/late/1"),
              () -> FakeFiles.create(reader, TableRef.of("demo", "other")))) {
        assertThatThrownBy(attempt)
            .isInstanceOfSatisfying(
                HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
            .hasMessageContaining("only read from here")
            .hasMessageContaining("Fix: Set 'access: write'");
      }
      assertThat(FakeFiles.ids(reader.load(REF))).containsExactly(1L);
    }
  }

  @Test
  void aServerThatDoesNotAnswer() {
    CatalogConfig nowhere = CatalogConfig.rest("prod", "http://127.0.0.1:1?token=canary");
    assertThatThrownBy(() -> TableCatalog.open(nowhere))
        .isInstanceOfSatisfying(
            HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE))
        .hasMessageContaining("Cannot open catalog 'prod': the server http://127.0.0.1:1 does not")
        .hasMessageContaining("Fix: See that it runs")
        .hasMessageNotContaining("canary");
  }

  @Test
  void anyCatalogThatIcebergKnows() {
    CatalogConfig memory =
        new CatalogConfig(
            "memory",
            Map.of(
                CatalogConfig.IMPL,
                "org.apache.iceberg.inmemory.InMemoryCatalog",
                CatalogConfig.WAREHOUSE,
                LocalFileIO.location(directory.resolve("memory"))));
    TableRef ref = new TableRef("memory", "sales.eu", "rides");
    try (TableCatalog catalog = TableCatalog.open(memory.with("io-impl", files()))) {
      Table table = FakeFiles.create(catalog, ref);
      Change change =
          Change.append(ref, Token.ofRun("s", "r", List.of()), List.of(FakeFiles.write(table, 1)));
      assertThat(new Committer(catalog).commit(change).already()).isFalse();
      assertThat(new Committer(catalog).commit(change).already()).isTrue();
      assertThat(catalog.list("sales.eu")).containsExactly(ref);
      assertThat(catalog.list("nowhere")).isEmpty();
    }
  }

  private static String files() {
    return FaultyFiles.class.getName();
  }

  @Test
  void kindsThatCannotBe() {
    assertThatThrownBy(() -> TableCatalog.open(config.with(CatalogConfig.TYPE, "hadoop")))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("keeps its tables by renaming files")
        .hasMessageContaining("Fix: Use type: rest, or jdbc");
    assertThatThrownBy(() -> TableCatalog.open(config.with(CatalogConfig.TYPE, "hive")))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot open catalog 'default' (hive)")
        .hasMessageContaining("Fix: Check 'type'");
    assertThatThrownBy(() -> TableCatalog.open(config.with(CatalogConfig.TYPE, "nonsense")))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("nonsense");
  }

  private static String bytes(Object value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }
}

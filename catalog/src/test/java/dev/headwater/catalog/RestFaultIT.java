package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.commit.FakeFiles;
import java.io.IOException;
import java.util.Map;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As on a database, with every request to the server in the place of every statement. */
final class RestFaultIT extends FaultSuite {
  private final Door door = new Door();

  RestFaultIT() throws IOException {
    super(new RestServer(), 2);
  }

  @Override
  TableCatalog faulty(CatalogConfig config, Faults faults) {
    door.to(config.where());
    door.keeper((request, server) -> faults.http(request, server));
    return TableCatalog.open(
        FaultyFiles.in(config.with(CatalogConfig.URI, door.uri()), faults)
            .with("rest-metrics-reporting-enabled", "false"));
  }

  @AfterEach
  void shut() {
    door.close();
  }

  @ParameterizedTest
  @CsvSource({
    "500, false, false, 0",
    "500, true, true, 0",
    "502, true, false, 0",
    "503, false, true, 0",
    "503, true, true, 0",
    "503, true, false, 1",
    "503, true, true, 1",
    "504, true, true, 0",
    "504, false, false, 0",
    "429, false, true, 0",
  })
  void isCommittedOnceWhateverTheServerSays(
      int status, boolean after, boolean rival, int retryAfter) throws Exception {
    boolean[] met = new boolean[1];
    Map<String, String> headers =
        retryAfter > 0 ? Map.of("Retry-After", "" + retryAfter) : Map.of();
    once(
        TableRef.of("demo", "said"),
        rival,
        "a server that says " + status,
        meanwhile ->
            door.keeper(
                (request, server) -> {
                  if (met[0] || !request.startsWith("POST")) {
                    return server.answer();
                  }
                  met[0] = true;
                  if (after) {
                    assertThat(server.answer().status()).isEqualTo(200);
                  }
                  meanwhile.run();
                  return new Door.Answer(status, headers, "");
                }));
    assertThat(met[0]).isTrue();
  }

  /**
   * Iceberg's client sends a swap again after 503 with Retry-After, and takes it for a conflict.
   */
  @Test
  void icebergsOwnInterfaceLosesNobodysRowsEither() {
    TableRef ref = TableRef.of("demo", "plain");
    Table table = FakeFiles.create(sound(), ref);
    table.newAppend().appendFile(FakeFiles.write(table, 1)).commit();
    Table ours = faulty().load(ref);
    boolean[] met = new boolean[1];
    door.keeper(
        (request, server) -> {
          if (met[0] || !request.startsWith("POST")) {
            return server.answer();
          }
          met[0] = true;
          assertThat(server.answer().status()).isEqualTo(200);
          Table theirs = sound().load(ref);
          theirs.newAppend().appendFile(FakeFiles.write(theirs, 3)).commit();
          return new Door.Answer(503, Map.of("Retry-After", "1"), "");
        });
    ours.newAppend().appendFile(FakeFiles.write(ours, 2)).commit();
    assertThat(met[0]).isTrue();
    assertThat(FakeFiles.ids(sound().load(ref))).containsExactly(1L, 2L, 3L);
    assertThat(sound().load(ref).snapshots()).hasSize(3);
  }
}

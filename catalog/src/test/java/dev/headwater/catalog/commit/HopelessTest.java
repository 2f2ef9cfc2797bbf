package dev.headwater.catalog.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.Hopeless;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.exceptions.ServiceFailureException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.types.Types;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can never succeed is refused at once, with its cause, and what may pass is tried again. */
final class HopelessTest {
  private static final TableRef REF = TableRef.of("demo", "rides");

  private TableCatalog catalog;
  private Committer committer;

  @BeforeEach
  void open(@TempDir Path directory) {
    catalog = TableCatalog.open(CatalogConfig.embedded(directory));
    committer = new Committer(catalog);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static Token token(String run) {
    return Token.ofRun("sink", run, List.of("in"));
  }

  private static void told(Kind kind, String says, ThrowingCallable what) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () ->
            assertThatThrownBy(what)
                .isInstanceOfSatisfying(
                    HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(says));
  }

  @Test
  void aPartitionThatItsTypeCannotHold() {
    Schema schema = new Schema(Types.NestedField.required(1, "price", Types.DecimalType.of(4, 0)));
    PartitionSpec spec = PartitionSpec.builderFor(schema).truncate("price", 10).build();
    Table table = catalog.create(REF, schema, spec, SortOrder.unsorted(), Map.of());
    DataFile file = FakeFiles.write(table, table.spec(), "price_trunc=-10000", 1);
    told(
        Kind.FAILED,
        "Cannot commit sink/r1 to table demo.rides:"
            + " Cannot write value as decimal(4,0), too large: -10000. Fix: The table is as it was",
        () -> committer.commit(Change.append(REF, token("r1"), List.of(file))));
    assertThat(catalog.load(REF).currentSnapshot()).isNull();
  }

  @Test
  void anErrorOfTheComputationItself() {
    Table table = FakeFiles.create(catalog, REF);
    AtomicInteger attempts = new AtomicInteger();
    Change change = Change.append(REF, token("r1"), List.of(FakeFiles.write(table, 1)));
    told(
        Kind.FAILED,
        "Cannot commit sink/r1 to table demo.rides: integer overflow.",
        () ->
            committer.commit(
                change,
                now -> {
                  attempts.incrementAndGet();
                  throw new CommitStateUnknownException(
                      new CompletionException(new ArithmeticException("integer overflow")));
                }));
    assertThat(attempts).hasValue(1);
    // The same change, with nothing in its way.
    assertThat(committer.commit(change).already()).isFalse();
  }

  @Test
  void whatWasDoneAllTheSameIsFoundAfterARefusal() {
    Table table = FakeFiles.create(catalog, REF);
    Change change = Change.append(REF, token("r1"), List.of(FakeFiles.write(table, 1)));
    Committed done =
        committer.commit(
            change,
            now -> {
              new Committer(catalog).commit(change);
              throw new IllegalStateException("closed");
            });
    assertThat(done.already()).isTrue();
    assertThat(FakeFiles.ids(catalog.load(REF))).containsExactly(1L);
  }

  @Test
  void aTableThatIsDroppedMeanwhile() {
    Table table = FakeFiles.create(catalog, REF);
    Change change = Change.append(REF, token("r1"), List.of(FakeFiles.write(table, 1)));
    told(
        Kind.FAILED,
        "Cannot find table demo.rides",
        () ->
            committer.commit(
                change,
                now -> {
                  drop();
                  return now.newAppend();
                }));
  }

  private void drop() {
    try (var connection = DriverManager.getConnection(catalog.config().where());
        var statement = connection.createStatement()) {
      statement.execute("DELETE FROM iceberg_tables");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatMayPassIsTriedAgain() {
    Table table = FakeFiles.create(catalog, REF);
    AtomicInteger attempts = new AtomicInteger();
    Change change = Change.append(REF, token("r1"), List.of(FakeFiles.write(table, 1)));
    Committer.Update failsThrice =
        now -> {
          if (attempts.incrementAndGet() <= 3) {
            throw new IllegalStateException(new SocketException("reset"));
          }
          return now.newAppend().appendFile(change.files().get(0));
        };
    assertThat(committer.commit(change, failsThrice).already()).isFalse();
    assertThat(attempts).hasValue(4);
  }

  static Stream<Throwable> hopeless() {
    return Stream.of(
        new ArithmeticException("overflow"),
        new NullPointerException(),
        new RuntimeException(new IndexOutOfBoundsException(7)),
        new CommitStateUnknownException(new ClassCastException()),
        new ValidationException("found conflicting files"),
        new CommitStateUnknownException(new ForbiddenException("not you")),
        new UncheckedIOException(new AccessDeniedException("/data/a.parquet")),
        new CommitStateUnknownException(new SQLException("permission denied for table t", "42501")),
        new IllegalStateException(new SQLException("no such password", "28P01")));
  }

  @ParameterizedTest
  @MethodSource
  void hopeless(Throwable failure) {
    assertThat(Hopeless.is(failure)).isTrue();
  }

  static Stream<Throwable> mayPass() {
    return Stream.of(
        new RuntimeException("failed"),
        new IllegalArgumentException(new IOException("reset")),
        new CommitStateUnknownException(new RuntimeIOException(new IOException("reset"))),
        new CommitFailedException("the base has changed"),
        new CommitStateUnknownException(new ServiceFailureException("500")),
        new NotFoundException("no such file"),
        new RejectedExecutionException(),
        new ConcurrentModificationException(),
        new RuntimeException(new SQLException("terminating connection", "57P01")),
        new RuntimeException(new SQLException("read-only: a failover goes on", "25006")));
  }

  @ParameterizedTest
  @MethodSource
  void mayPass(Throwable failure) {
    assertThat(Hopeless.is(failure)).isFalse();
  }
}

package dev.headwater.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.sketch.Profile;
import dev.headwater.sketch.SketchStatistics;
import dev.headwater.sketch.TableProfile;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.TablesOnDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sketches tell of drift agrees with what a scan finds. */
final class SketchDriftTest {
  private static final long DAY = 86_400_000_000L;
  private static final int ROWS = 12_000;
  private static final Schema SCHEMA =
      new Schema(
          NestedField.optional(1, "at", Types.TimestampType.withoutZone()),
          NestedField.optional(2, "x", Types.DoubleType.get()),
          NestedField.optional(3, "few", Types.IntegerType.get()),
          NestedField.optional(4, "town", Types.StringType.get()));
  private static final List<String> COLUMNS = List.of("x", "few", "town");

  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init")
  private TablesOnDisk tables;

  private int runs;

  @BeforeEach
  void open() {
    tables = new TablesOnDisk(folder);
  }

  @AfterEach
  void close() {
    tables.close();
  }

  private Table create(String name) {
    return tables.create(
        name, SCHEMA, PartitionSpec.builderFor(SCHEMA).day("at").build(), Map.of());
  }

  /** Rows of one day, the numbers moved by so much, in a commit of their own. */
  private void append(Table table, int day, double shift) throws IOException {
    Random random = new Random(++runs);
    RowBatchBuilder rows = new RowBatchBuilder(SCHEMA);
    for (int i = 0; i < ROWS; i++) {
      boolean none = random.nextInt(50) == 0;
      rows.append(
          day * DAY + random.nextInt(86_400) * 1_000_000L,
          none ? (Double) null : (Double) (random.nextGaussian() + shift),
          random.nextInt(30) + (int) (4 * shift),
          "town " + random.nextInt(40));
    }
    TableRef ref = TableRef.of("test", table.name().substring(table.name().lastIndexOf('.') + 1));
    try (BatchWriter writer = BatchWriter.open(table, "s", "r" + runs).sketching();
        TableCatalog catalog = TableCatalog.open(tables.config())) {
      writer.accept(rows.build());
      Token token = Token.ofRun("s", "r" + runs, List.of());
      new Committer(catalog)
          .commit(
              Change.append(ref, token, writer.finish()), new SketchStatistics(writer.sketch()));
    }
    table.refresh();
  }

  private static long now(Table table) {
    return table.currentSnapshot().snapshotId();
  }

  private static DriftReport scan(Table table, Profile profile, @Nullable String time) {
    CountDrift count = new CountDrift(profile, time, Period.DAY);
    TablesOnDisk.read(table).forEach(count::accept);
    return DriftReport.of(profile, count.finish().get(0), 0.2);
  }

  private static void agree(DriftReport sketched, DriftReport scanned) {
    assertThat(sketched.entries()).hasSameSizeAs(scanned.entries());
    for (int i = 0; i < scanned.entries().size(); i++) {
      DriftReport.Entry told = sketched.entries().get(i);
      DriftReport.Entry found = scanned.entries().get(i);
      assertThat(told.column()).isEqualTo(found.column());
      assertThat(told.periodStart()).isEqualTo(found.periodStart());
      assertThat(told.rows()).isEqualTo(found.rows());
      assertThat(told.sketched()).isTrue();
      assertThat(found.psi()).as(told.reason()).isBetween(told.psiLow(), told.psiHigh());
      if (!told.column().equals("x")) {
        assertThat(told.current()).isEqualTo(found.current());
        assertThat(told.psi()).isEqualTo(found.psi());
      } else {
        assertThat(told.psiHigh()).isGreaterThan(told.psiLow());
        assertThat(told.current()).isNotEqualTo(found.current());
        assertThat(Math.abs(told.ks() - found.ks())).isLessThan(0.0133);
      }
      if (!sketched.open().contains(told.column())) {
        assertThat(told.moved()).as(told.reason()).isEqualTo(found.moved());
      }
    }
  }

  @Test
  void agreesWithAScanWithinItsError() throws IOException {
    Table then = create("then");
    append(then, 0, 0);
    append(then, 1, 0);
    Profile profile = TableProfile.of(then, now(then)).profile(COLUMNS);
    assertThat(profile.columns()).extracting(Profile.ColumnProfile::name).isEqualTo(COLUMNS);
    Table current = create("current");
    append(current, 2, 0);
    append(current, 3, 3);
    append(current, 4, 0.02);

    SketchDrift told = SketchDrift.of(current, null, now(current), profile, "at", Period.DAY);

    assertThat(told.why()).isEmpty();
    DriftReport report = DriftReport.of(told.profile(), told.counts(), 0.2);
    assertThat(report.entries()).hasSize(12);
    agree(report, scan(current, profile, "at"));
    assertThat(report.open()).as("what is clear needs no scan").isEmpty();
    assertThat(report.entries().stream().filter(e -> e.moved() && e.periodStart() != null))
        .extracting(e -> e.column() + Objects.requireNonNull(e.periodStart()) / DAY)
        .containsExactlyInAnyOrder("x3", "few3");

    SketchDrift whole = SketchDrift.of(current, null, now(current), profile, null, Period.DAY);
    agree(DriftReport.of(profile, whole.counts(), 0.2), scan(current, profile, null));
    SketchDrift then2 = SketchDrift.of(then, null, now(then), profile, null, Period.DAY);
    DriftReport both = DriftReport.of(profile, then2.counts(), whole.counts(), 0.2);
    CountDrift counted = new CountDrift(profile, null, Period.DAY);
    TablesOnDisk.read(then).forEach(counted::accept);
    CountDrift rows = new CountDrift(profile, null, Period.DAY);
    TablesOnDisk.read(current).forEach(rows::accept);
    agree(both, DriftReport.of(profile, counted.finish().get(0), rows.finish().get(0), 0.2));
  }

  @Test
  void leavesOpenWhatIsTooNearTheThreshold() throws IOException {
    Table then = create("then");
    append(then, 0, 0);
    Profile profile = TableProfile.of(then, now(then)).profile(List.of("x"));
    Table current = create("current");
    append(current, 1, 0.45);
    SketchDrift told = SketchDrift.of(current, null, now(current), profile, null, Period.DAY);
    double psi = scan(current, profile, null).entries().get(0).psi();
    assertThat(DriftReport.of(profile, told.counts(), psi).open()).containsExactly("x");
    assertThat(DriftReport.of(profile, told.counts(), psi / 3).open()).isEmpty();
  }

  @Test
  void saysWhyOnlyRowsCanTell() throws IOException {
    Table table = create("rows");
    append(table, 0, 0);
    Profile profile = TableProfile.of(table, now(table)).profile(COLUMNS);
    long first = now(table);
    append(table, 1, 0);
    assertThat(SketchDrift.of(table, null, now(table), profile, "at", Period.WEEK).why()).isEmpty();
    assertThat(
            SketchDrift.of(table, first, now(table), profile, "at", Period.DAY).counts().periods())
        .containsExactly(DAY);

    table.updateProperties().set("headwater.sketches.column.few", "counts").commit();
    append(table, 1, 0);
    SketchDrift without = SketchDrift.of(table, null, now(table), profile, "at", Period.DAY);
    assertThat(without.why()).isEqualTo("no sketch of few");
    assertThat(without.profile().columns())
        .extracting(Profile.ColumnProfile::name)
        .containsExactly("x", "town");

    table.newDelete().deleteFromRowFilter(Expressions.lessThan("at", DAY)).commit();
    assertThat(SketchDrift.of(table, null, now(table), profile, "at", Period.DAY).why())
        .isEqualTo("rows were deleted since they were sketched");
    TablesOnDisk.append(table, TablesOnDisk.read(table).iterator(), 1);
    assertThat(SketchDrift.of(table, null, now(table), profile, "at", Period.DAY).why())
        .startsWith("snapshot " + now(table) + " came without sketches");
  }
}

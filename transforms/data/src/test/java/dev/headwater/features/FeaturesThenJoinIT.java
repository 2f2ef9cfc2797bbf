package dev.headwater.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.join.SpineJoin;
import dev.headwater.table.BatchSink;
import dev.headwater.table.TablesOnDisk;
import dev.headwater.table.Written;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views computed for a spine, then joined to it: every row of the spine, once, with its values. */
class FeaturesThenJoinIT {
  private static final Schema VISITS =
      new Schema(
          Types.NestedField.optional(1, "shop", Types.StringType.get()),
          Types.NestedField.optional(2, "at", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(3, "spent", Types.LongType.get()));
  private static final Schema ORDERS =
      new Schema(
          Types.NestedField.optional(1, "placed_in", Types.StringType.get()),
          Types.NestedField.optional(2, "placed", Types.TimestampType.withoutZone()),
          Types.NestedField.required(3, "id", Types.LongType.get()));
  private static final FeatureView BY_SHOP =
      new FeatureView(
          "by_shop",
          List.of("shop"),
          "at",
          null,
          List.of(new Window("100us", 100), new Window("10us", 10)),
          Map.of("spent", "sum(spent)"));
  private static final FeatureView ALL =
      new FeatureView(
          "all_shops",
          List.of(),
          "at",
          "at + interval '0' second",
          List.of(new Window("50us", 50)),
          Map.of("visits", "count(*)"));

  private record Visit(String shop, long at, long spent) {}

  @Test
  void everyOrderMeetsWhatWasKnownBeforeIt(@TempDir Path folder) throws Exception {
    Random random = new Random(7);
    List<Visit> visits = new ArrayList<>();
    RowBatchBuilder visitRows = new RowBatchBuilder(VISITS);
    for (int i = 0; i < 3_000; i++) {
      Visit visit = new Visit("s" + random.nextInt(5), random.nextInt(4_000), random.nextInt(90));
      visits.add(visit);
      visitRows.append(visit.shop, visit.at, visit.spent);
    }
    RowBatchBuilder orderRows = new RowBatchBuilder(ORDERS);
    List<Joined> expected = new ArrayList<>();
    for (long id = 0; id < 1_000; id++) {
      String shop = id % 50 == 0 ? null : "s" + random.nextInt(7);
      long placed = random.nextInt(4_000);
      orderRows.append(shop, placed, id);
      if (id >= 100) {
        expected.add(
            new Joined(
                id,
                shop == null ? null : spent(visits, shop, placed),
                visits.stream().filter(v -> v.at < placed && v.at >= placed - 50).count()));
      }
    }
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      Table visitTable = tables.create("visits", VISITS);
      SnapshotRef visited = append(visitTable, visitRows.build(), 700);
      Table orders = tables.create("orders", ORDERS);
      SnapshotRef ordered = append(orders, orderRows.build(), 300);
      String where = "id >= 100";
      Table byShop =
          compute(
              tables,
              folder,
              BY_SHOP,
              visitTable,
              visited,
              new Spine(orders, ordered, Map.of("shop", "placed_in"), "placed", where));
      Table all =
          compute(
              tables,
              folder,
              ALL,
              visitTable,
              visited,
              new Spine(orders, ordered, Map.of(), "placed", where));
      SpineJoin.View shops =
          new SpineJoin.View(
              "shop",
              byShop,
              TablesOnDisk.snapshot(byShop),
              Map.of("shop", "placed_in"),
              "at",
              List.of("spent_100us"));
      SpineJoin.View nation =
          new SpineJoin.View(
              "all", all, TablesOnDisk.snapshot(all), Map.of(), "at", List.of("visits_50us"));

      List<Joined> joined =
          join(
              folder,
              new SpineJoin.Rows(orders, ordered, "placed", List.of("id"), where),
              shops,
              nation);
      assertThat(joined).containsExactlyInAnyOrderElementsOf(expected);

      assertThatThrownBy(
              () ->
                  join(
                      folder,
                      new SpineJoin.Rows(orders, ordered, "placed", List.of("id"), null),
                      shops,
                      nation))
          .hasMessageContaining("Cannot join test.orders with shop (test.by_shop): the view has no")
          .hasMessageContaining("Fix: run the features stage again");
    }
  }

  private static @Nullable Long spent(List<Visit> visits, String shop, long placed) {
    List<Visit> in =
        visits.stream()
            .filter(v -> v.shop.equals(shop) && v.at < placed && v.at >= placed - 100)
            .toList();
    return in.isEmpty() ? null : Long.valueOf(in.stream().mapToLong(Visit::spent).sum());
  }

  private static SnapshotRef append(Table table, RowBatch rows, int perFile) throws Exception {
    List<RowBatch> batches = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += perFile) {
      batches.add(rows.slice(from, Math.min(rows.size(), from + perFile)));
    }
    return TablesOnDisk.append(table, batches.iterator(), 1);
  }

  private static Table compute(
      TablesOnDisk tables,
      Path folder,
      FeatureView view,
      Table source,
      SnapshotRef snapshot,
      Spine spine) {
    Table target = tables.create(view.name(), view.schema(source.schema()));
    List<Written> written =
        TablesOnDisk.run(
            "features",
            ComputeFeatures.of(view, source, snapshot)
                .spines(List.of(spine))
                .into(target, "run-1")
                .spill(folder.resolve("scratch").toString(), 2),
            2);
    List<DataFile> files = new ArrayList<>();
    written.forEach(w -> files.addAll(w.files()));
    assertThat(written.stream().mapToLong(Written::in).sum()).isEqualTo(4_000);
    assertThat(written.stream().mapToLong(w -> w.kept() + w.filtered()).sum()).isEqualTo(4_000);
    TablesOnDisk.append(target, files);
    return target;
  }

  private static List<Joined> join(Path folder, SpineJoin.Rows rows, SpineJoin.View... views) {
    return TablesOnDisk.run(
        "join",
        new SpineJoin<>(
            rows,
            List.of(views),
            new SpineJoin.Means("train", folder.resolve("join").toString(), 2),
            Rows::new,
            SerializableCoder.of(Joined.class)),
        2);
  }

  private record Joined(long id, @Nullable Long spent, @Nullable Long visits)
      implements Serializable {}

  private static final class Rows implements BatchSink<Joined> {
    private final List<Joined> out = new ArrayList<>();

    @Override
    public void accept(RowBatch batch) {
      assertThat(batch.schema().columns().stream().map(Types.NestedField::name))
          .containsExactly("id", "shop__spent_100us", "all__visits_50us");
      Type type = Types.LongType.get();
      for (int row = 0; row < batch.size(); row++) {
        out.add(
            new Joined(
                ((LongColumn) batch.column("id")).values()[row],
                (Long) Values.of(batch.column("shop__spent_100us"), type, row),
                (Long) Values.of(batch.column("all__visits_50us"), type, row)));
      }
    }

    @Override
    public List<Joined> finish() {
      return out;
    }

    @Override
    public void close() {}
  }
}

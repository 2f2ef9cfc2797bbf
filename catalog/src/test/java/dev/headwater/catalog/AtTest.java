package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtTest {
  private static final TableRef REF = TableRef.of("test", "t");

  @TempDir private Path folder = Path.of("unset");

  private static long id(Table table, String text) {
    return At.parse(text).pin(table, REF).snapshotId();
  }

  @Test
  void everyWayToNameAStateFindsIt() {
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(folder))) {
      Table table =
          catalog.create(
              REF,
              new Schema(Types.NestedField.required(1, "id", Types.LongType.get())),
              PartitionSpec.unpartitioned(),
              SortOrder.unsorted(),
              Map.of());
      assertThat(At.current().find(table)).isEmpty();
      assertThatThrownBy(() -> At.current().pin(table, REF)).hasMessageContaining("is empty");

      table.newAppend().commit();
      Snapshot first = table.currentSnapshot();
      table.manageSnapshots().createTag("42", first.snapshotId()).commit();
      table.manageSnapshots().createBranch("audit", first.snapshotId()).commit();
      table.newAppend().toBranch("audit").commit();
      long audited = table.snapshot("audit").snapshotId();
      table.newAppend().commit();
      Snapshot last = table.currentSnapshot();

      assertThat(At.current().pin(table, REF).snapshotId()).isEqualTo(last.snapshotId());
      assertThat(id(table, "" + first.snapshotId())).isEqualTo(first.snapshotId());
      assertThat(id(table, "snapshot:" + first.snapshotId())).isEqualTo(first.snapshotId());
      assertThat(id(table, "tag:42")).isEqualTo(first.snapshotId());
      assertThat(id(table, "branch:audit")).isEqualTo(audited);
      assertThat(id(table, "audit")).isEqualTo(audited);
      assertThat(id(table, "branch:main")).isEqualTo(last.snapshotId());
      assertThat(id(table, "time:2100-01-01T00:00:00Z")).isEqualTo(last.snapshotId());
      assertThat(At.asOf(Instant.EPOCH).find(table)).isEmpty();
      assertThatThrownBy(() -> id(table, "tag:audit"))
          .hasMessageContaining("no state 'tag:audit'")
          .hasMessageContaining("[42, audit, main]");
    }
  }

  @Test
  void aWrongNumberOrTimeIsToldAsOne() {
    assertThatThrownBy(() -> At.parse("snapshot:last"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("snapshot:NUMBER");
    assertThatThrownBy(() -> At.parse("time:yesterday")).hasMessageContaining("is no state");
    assertThat(At.parse("model/late/1")).isEqualTo(new At.Named("model/late/1"));
    assertThat(At.parse("tag:a:b")).isEqualTo(At.tag("a:b"));
  }
}

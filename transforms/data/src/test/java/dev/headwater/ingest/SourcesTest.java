package dev.headwater.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.commit.Arrival;
import dev.headwater.files.SourceFormat;
import dev.headwater.table.FileSplit;
import dev.headwater.table.SplitGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

/** How sources are dealt out. */
final class SourcesTest {
  private static final long ROW_GROUP = 32L << 20;

  private static List<SplitGroup> groups(int rowGroups, int columns) {
    List<FileSplit> splits = new ArrayList<>();
    for (int i = 0; i < rowGroups; i++) {
      splits.add(FileSplit.of("f" + i, ROW_GROUP, 0, ROW_GROUP));
    }
    List<NestedField> fields = new ArrayList<>();
    for (int i = 1; i <= columns; i++) {
      fields.add(NestedField.optional(i, "c" + i, Types.LongType.get()));
    }
    Arrival file = new Arrival("f0", new Schema(fields), Set.of());
    return new Sources(
            List.of(), SourceFormat.of(SourceFormat.Kind.PARQUET), List.of(file), 1, splits)
        .groups(ROW_GROUP, 4);
  }

  @Test
  void theSketchesOfAllGroupsTogetherDoNotGrowWithTheInput() {
    assertThat(groups(100, 5)).hasSize(100);
    assertThat(groups(20_000, 5)).hasSizeBetween(400, 525);
    assertThat(groups(20_000, 1_000)).hasSizeBetween(20, 27);
    assertThat(groups(3, 1_000)).hasSize(3);
    assertThat(groups(20_000, 1_000).stream().mapToLong(SplitGroup::bytes).sum())
        .isEqualTo(20_000 * ROW_GROUP);
  }
}

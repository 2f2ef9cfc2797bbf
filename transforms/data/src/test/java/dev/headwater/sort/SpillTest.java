package dev.headwater.sort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.iceberg.Schema;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillTest {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "key", Types.BinaryType.get()),
          Types.NestedField.required(2, "time", Types.LongType.get()));
  private static final RunOrder ORDER = RunOrder.by(0, 1);
  private static final int SHARDS = 3;

  record Row(String key, long time) {}

  @Test
  void aThousandRunsBecomeOneSortedStreamForEachShard(@TempDir Path folder) {
    Spill spill = Spill.in(folder.toUri().toString(), new InMemoryFileIO());
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    List<RunRef> runs = new ArrayList<>();
    // A buffer of one byte spills each batch.
    try (SpillWriter writer = new SpillWriter(spill, 0, ORDER, 1, UnaryOperator.identity())) {
      for (int batch = 0; batch < 400; batch++) {
        String[] keys = new String[20];
        long[] times = new long[20];
        int[] shards = new int[20];
        for (int i = 0; i < 20; i++) {
          keys[i] = "k" + random.nextInt(40);
          times[i] = random.nextLong();
          shards[i] = Math.floorMod(keys[i].hashCode(), SHARDS);
          rows.add(new Row(keys[i], times[i]));
        }
        writer.accept(
            RowBatch.of(SCHEMA, 20, BytesColumn.ofStrings(keys), LongColumn.of(times)), shards);
      }
      runs.addAll(writer.finish());
    }
    assertThat(runs).hasSizeGreaterThan(1_000);
    List<Row> out = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      int of = shard;
      out.addAll(merged(spill, runs.stream().filter(run -> run.shard() == of).toList()));
    }
    assertThat(out).containsExactlyInAnyOrderElementsOf(rows);
  }

  @Test
  void aPlaceThatCannotBeWrittenFailsClearly(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("taken"));
    Spill spill = Spill.in(file.toString(), new InMemoryFileIO());
    try (SpillWriter writer = new SpillWriter(spill, 0, ORDER, 1, UnaryOperator.identity())) {
      RowBatch batch = RowBatch.of(SCHEMA, 1, BytesColumn.ofStrings("a"), LongColumn.of(1));
      assertThatThrownBy(() -> writer.accept(batch, new int[1]))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Cannot keep sorted runs in " + file)
          .hasMessageContaining(
              "Fix: free space there and run again; the tables are as they were.");
    }
  }

  @Test
  void referencesTravel() throws Exception {
    CoderProperties.coderDecodeEncodeEqual(
        RunRef.coder(), new RunRef("file:/a/b.runs", 1, 7, 1L << 40, 99, 12));
    CoderProperties.coderSerializable(RunRef.coder());
    RunRef.coder().verifyDeterministic();
  }

  private static List<Row> merged(Spill spill, List<RunRef> runs) {
    List<Row> out = new ArrayList<>();
    RowBatch last = null;
    int lastRow = 0;
    try (RunMerge merge = RunMerge.open(spill, runs, ORDER)) {
      while (merge.next()) {
        RowBatch batch = merge.batch();
        for (int row = merge.from(); row < merge.to(); row++) {
          if (last != null) {
            assertThat(ORDER.compare(last, lastRow, batch, row)).isLessThanOrEqualTo(0);
          }
          last = batch;
          lastRow = row;
          out.add(new Row(plain(batch).string(row), ((LongColumn) batch.column(1)).values()[row]));
        }
      }
    }
    return out;
  }

  private static BytesColumn plain(RowBatch batch) {
    return batch.column(0) instanceof DictionaryColumn d
        ? d.decode()
        : (BytesColumn) batch.column(0);
  }
}

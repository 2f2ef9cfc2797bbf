package dev.headwater.train;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.model.RawRows;
import dev.headwater.model.TrainSpec;
import dev.headwater.parquet.PlainFile;
import dev.headwater.table.BatchSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Joined rows into a Parquet file in the scratch folder, and what a training would have of them.
 */
final class DatasetSink implements BatchSink<DatasetPart> {
  private static final int MEMORY = 16 << 20;
  private static final BytesColumn SPLITS = BytesColumn.ofStrings(Dataset.TRAIN, Dataset.HOLDOUT);

  private final SpillExamples examples;
  private final RawRows shown;
  private final Schema schema;
  private final Path path;
  private @Nullable PlainFile file;

  DatasetSink(TrainSpec spec, Schema joined, List<String> spine, TrainModel.Means means) {
    this.examples = SpillExamples.open(spec, joined, means);
    this.shown = new RawRows(spine, spec.inputs(), joined);
    this.schema = Dataset.stored(Dataset.schema(spec, joined, spine));
    this.path = Path.of(means.scratch(), "dataset-" + UUID.randomUUID() + ".parquet");
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    SpillExamples.Placed placed = examples.place(batch);
    int[] kept =
        IntStream.range(0, batch.size())
            .filter(row -> placed.parts[row] != SplitCuts.UNUSED)
            .toArray();
    if (kept.length == 0) {
      return;
    }
    Column[] out = new Column[schema.columns().size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = column(schema.columns().get(i), batch, placed);
    }
    PlainFile to = file;
    if (to == null) {
      Files.createDirectories(path.toAbsolutePath().getParent());
      to = PlainFile.create(path, schema, MEMORY);
      file = to;
    }
    to.write(RowBatch.of(schema, batch.size(), out).gather(kept));
  }

  private Column column(Types.NestedField field, RowBatch batch, SpillExamples.Placed placed) {
    return switch (field.name()) {
      case Dataset.LABEL -> placed.labels;
      case Dataset.HASH -> LongColumn.of(placed.hashes);
      case Dataset.SPLIT -> {
        int[] codes = new int[batch.size()];
        Arrays.setAll(codes, row -> placed.parts[row] == SplitCuts.HOLDOUT ? 1 : 0);
        yield DictionaryColumn.of(codes, SPLITS, null);
      }
      default -> shown.column(field.name(), batch, placed.inputs);
    };
  }

  @Override
  public List<DatasetPart> finish() throws IOException {
    Examples own = examples.finish().get(0);
    if (file == null) {
      return List.of(new DatasetPart(own, ""));
    }
    file.finish();
    return List.of(new DatasetPart(own, path.toString()));
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
    examples.close();
  }
}

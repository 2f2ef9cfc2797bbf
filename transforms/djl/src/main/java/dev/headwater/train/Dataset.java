package dev.headwater.train;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.model.ModelInput;
import dev.headwater.model.RawRows;
import dev.headwater.model.SealedFolder;
import dev.headwater.model.TrainSpec;
import dev.headwater.parquet.BatchReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The very rows that a training has, for others to read: the spine's columns, the inputs before
 * encoding, the label, and which part a row is in. In no particular order; a batch at a time.
 */
public final class Dataset {
  /** Whether the label is true. A column of the rows by this name has to give way to it. */
  public static final String LABEL = "label";

  /** Which part a row is in: {@link #TRAIN} or {@link #HOLDOUT}. */
  public static final String SPLIT = "split";

  public static final String TRAIN = "train";
  public static final String HOLDOUT = "holdout";

  /** In the parts alone: the hash of what a row holds. */
  static final String HASH = "headwater__hash";

  /**
   * Which rows.
   *
   * @param split {@link #TRAIN}, {@link #HOLDOUT}, or null: both
   * @param sample so many at most: those whose content has the least hashes, so the same ones from
   *     the same rows; -1: all
   */
  public record Wanted(@Nullable String split, int sample) {}

  /** Who takes the rows. */
  @FunctionalInterface
  public interface Taker {
    void accept(RowBatch batch) throws IOException;
  }

  /**
   * How many rows a training has, and the digest of them, as in the model's folder.
   *
   * @param noLabel rows left out since their label is null
   */
  public record Figures(String digest, long train, long holdout, long noLabel) {}

  private final TrainSpec spec;
  private final Schema schema;
  private final Path scratch;
  private final List<DatasetPart> parts;

  private Dataset(TrainSpec spec, Schema schema, Path scratch, List<DatasetPart> parts) {
    this.spec = spec;
    this.schema = schema;
    this.scratch = scratch;
    this.parts = parts;
  }

  /** What {@link GatherDataset} has written down. */
  public static Dataset gathered(TrainSpec spec, Schema joined, List<String> spine, Path scratch)
      throws IOException {
    return new Dataset(spec, schema(spec, joined, spine), scratch, GatherDataset.parts(scratch));
  }

  static Schema schema(TrainSpec spec, Schema joined, List<String> spine) {
    for (ModelInput input : spec.inputs()) {
      if (List.of(LABEL, SPLIT, HASH).contains(input.name())) {
        throw new HeadwaterException(
            Kind.USAGE,
            "Cannot write the rows of " + spec.model() + ": '" + input.name() + "' is an input.",
            "give the input another name; the rows have a column of theirs by this one.");
      }
    }
    Map<String, Type> columns =
        new LinkedHashMap<>(new RawRows(spine, spec.inputs(), joined).types());
    columns.put(LABEL, Types.BooleanType.get());
    columns.put(SPLIT, Types.StringType.get());
    List<Types.NestedField> fields = new ArrayList<>();
    columns.forEach(
        (name, type) -> fields.add(Types.NestedField.optional(fields.size() + 1, name, type)));
    return new Schema(fields);
  }

  static Schema stored(Schema schema) {
    List<Types.NestedField> fields = new ArrayList<>(schema.columns());
    fields.add(Types.NestedField.optional(fields.size() + 1, HASH, Types.LongType.get()));
    return new Schema(fields);
  }

  public Schema schema() {
    return schema;
  }

  /** Puts all rows in the training's order, on disk, as the training does. */
  public Figures figures() throws IOException {
    Path work = Files.createTempDirectory(Files.createDirectories(scratch), "order");
    try (SortedExamples train = new SortedExamples(work, TRAIN, spec.inputs().size());
        SortedExamples holdout = new SortedExamples(work, HOLDOUT, spec.inputs().size())) {
      List<Examples> examples = parts.stream().map(DatasetPart::examples).toList();
      String digest = new SortExamples(spec, examples).into(train, holdout);
      long noLabel = examples.stream().mapToLong(Examples::noLabel).sum();
      return new Figures(digest, train.rows(), holdout.rows(), noLabel);
    } finally {
      SealedFolder.delete(work);
    }
  }

  /**
   * Gives the rows that are wanted, in batches of {@link #schema}'s columns.
   *
   * @return how many
   */
  public long read(Wanted wanted, Taker taker) throws IOException {
    DatasetCut cut = wanted.sample() < 0 ? null : cut(wanted);
    String[] names = schema.columns().stream().map(Types.NestedField::name).toArray(String[]::new);
    long[] count = {0};
    each(
        stored(schema),
        batch -> {
          long[] hashes = ((LongColumn) batch.column(HASH)).values();
          int[] rows =
              rows(batch, wanted.split())
                  .filter(row -> cut == null || cut.takes(hashes[row]))
                  .toArray();
          count[0] += rows.length;
          if (rows.length > 0) {
            taker.accept(batch.select(names).gather(rows));
          }
        });
    return count[0];
  }

  private DatasetCut cut(Wanted wanted) throws IOException {
    DatasetCut cut = new DatasetCut(wanted.sample());
    each(
        stored(schema).select(SPLIT, HASH),
        batch -> {
          long[] hashes = ((LongColumn) batch.column(HASH)).values();
          rows(batch, wanted.split()).forEach(row -> cut.see(hashes[row]));
        });
    return cut;
  }

  private static IntStream rows(RowBatch batch, @Nullable String split) {
    Values splits = Values.of(batch.column(SPLIT), Types.StringType.get());
    return IntStream.range(0, batch.size())
        .filter(row -> split == null || split.equals(splits.at(row)));
  }

  private void each(Schema columns, Taker taker) throws IOException {
    for (DatasetPart part : parts) {
      if (!part.file().isEmpty()) {
        File file = new File(part.file());
        try (BatchReader rows =
            BatchReader.openByName(
                org.apache.iceberg.Files.localInput(file), columns, 0, file.length())) {
          while (rows.hasNext()) {
            taker.accept(rows.next());
          }
        }
      }
    }
  }
}

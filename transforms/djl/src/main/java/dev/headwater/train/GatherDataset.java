package dev.headwater.train;

import dev.headwater.model.Json;
import dev.headwater.model.TrainSpec;
import dev.headwater.table.BatchSink;
import dev.headwater.table.WorkFn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Schema;

/**
 * Writes down in the scratch folder which parts a {@link Dataset} has; its element says that it is
 * done. Bounded; nothing is written without any part.
 *
 * <p>Use: {@code new SpineJoin<>(rows, views, means, GatherDataset.sink(...),
 * DatasetPart.coder())}, then this, then {@link Dataset#gathered}.
 */
public final class GatherDataset
    extends PTransform<PCollection<DatasetPart>, PCollection<Integer>> {
  private static final long serialVersionUID = 1;
  private static final String PARTS = "dataset.json";

  private final String scratch;

  public GatherDataset(TrainModel.Means means) {
    this.scratch = means.scratch();
  }

  /**
   * Takes joined rows.
   *
   * @param spine which of the joined columns are the spine's
   */
  public static BatchSink.Factory<DatasetPart> sink(
      TrainSpec spec, Schema joined, List<String> spine, TrainModel.Means means) {
    List<String> names = new ArrayList<>(spine);
    return () -> new DatasetSink(spec, joined, names, means);
  }

  /** The parts that were written down; none if nothing was. */
  static List<DatasetPart> parts(Path scratch) throws IOException {
    Path file = scratch.resolve(PARTS);
    return Files.exists(file)
        ? Json.read(Files.readString(file), DatasetPart.All.class).parts()
        : List.of();
  }

  @Override
  public PCollection<Integer> expand(PCollection<DatasetPart> parts) {
    return parts
        .apply("OneKey", WithKeys.of(0))
        .setCoder(KvCoder.of(VarIntCoder.of(), DatasetPart.coder()))
        .apply("Together", GroupByKey.create())
        .apply("Note", ParDo.of(new Note(scratch)))
        .setCoder(VarIntCoder.of());
  }

  private static final class Note extends WorkFn<KV<Integer, Iterable<DatasetPart>>, Integer> {
    private static final long serialVersionUID = 1;
    private final String scratch;

    Note(String scratch) {
      this.scratch = scratch;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<DatasetPart>> all, OutputReceiver<Integer> out)
        throws IOException {
      List<DatasetPart> parts = new ArrayList<>();
      all.getValue().forEach(parts::add);
      Path folder = Path.of(scratch);
      Path part = folder.resolve(PARTS + UUID.randomUUID());
      Files.writeString(part, Json.write(new DatasetPart.All(parts)));
      Files.move(
          part,
          folder.resolve(PARTS),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      out.output(parts.size());
    }
  }
}

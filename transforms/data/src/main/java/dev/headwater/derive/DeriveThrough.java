package dev.headwater.derive;

import dev.headwater.catalog.At;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.RowBatch;
import dev.headwater.rows.BeamRows;
import dev.headwater.table.CheckWrite;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.ReadTable;
import dev.headwater.table.Written;
import dev.headwater.user.GivenRows;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.iceberg.Schema;
import org.joda.time.Duration;

/**
 * The rows of tables through a transform of the user's, into the files of another table. Bounded.
 * The counts are of the rows that come out: which of them was made of which nobody can tell.
 */
public final class DeriveThrough extends PTransform<PBegin, PCollection<Written>> {
  private static final long serialVersionUID = 1;

  private final List<Input> inputs;
  private final transient By by;
  private final CheckedWriter.Into into;

  /**
   * A table's state that is read.
   *
   * @param name its tag in the tuple
   * @param schema the columns of that state
   */
  public record Input(String name, CatalogConfig catalog, SnapshotRef at, Schema schema)
      implements Serializable {}

  /**
   * What makes the rows.
   *
   * @param who for messages: "Transform com.acme.Join of table routes"
   */
  public record By(String who, PTransform<PCollectionRowTuple, PCollection<Row>> transform) {

    /**
     * What comes out of rows of these schemas, by tag; nothing is read for it.
     *
     * @throws dev.headwater.catalog.HeadwaterException USAGE if it fails as it is put in, or gives
     *     no rows that a table can hold
     */
    public Schema outcome(Map<String, Schema> tables) {
      Pipeline nowhere = Pipeline.create();
      List<String> tags = new ArrayList<>();
      List<PCollection<Row>> rows = new ArrayList<>();
      tables.forEach(
          (name, schema) -> {
            var in = BeamRows.schema(schema);
            tags.add(name);
            rows.add(nowhere.apply(name, Create.empty(RowCoder.of(in))).setRowSchema(in));
          });
      return BeamRows.schema(of(nowhere, tags, rows).getSchema());
    }

    private PCollection<Row> of(Pipeline pipeline, List<String> tags, List<PCollection<Row>> rows) {
      PCollectionRowTuple tuple = PCollectionRowTuple.empty(pipeline);
      for (int i = 0; i < tags.size(); i++) {
        tuple = tuple.and(tags.get(i), rows.get(i));
      }
      PCollectionRowTuple all = tuple;
      return GivenRows.of(who, () -> all.apply("Through", transform));
    }
  }

  public DeriveThrough(List<Input> inputs, By by, CheckedWriter.Into into) {
    this.inputs = new ArrayList<>(inputs);
    this.by = by;
    this.into = into;
  }

  @Override
  public PCollection<Written> expand(PBegin begin) {
    List<PCollection<Row>> read = new ArrayList<>();
    for (Input input : inputs) {
      read.add(
          begin
              .apply(
                  "Read " + input.name(),
                  ReadTable.of(input.catalog(), input.at().table())
                      .at(new At.SnapshotId(input.at().snapshotId())))
              .apply("Rows " + input.name(), BeamRows.rows(input.schema())));
    }
    PCollection<Row> rows =
        by.of(begin.getPipeline(), inputs.stream().map(Input::name).toList(), read);
    return rows.apply("Batches", BeamRows.batches(BeamRows.schema(rows.getSchema())))
        .apply(
            "OneWindow",
            Window.<RowBatch>into(new GlobalWindows())
                .triggering(DefaultTrigger.of())
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes())
        .apply(
            "CheckWrite",
            ParDo.of(new CheckWrite(into, null))
                .withOutputTags(CheckWrite.WRITTEN, TupleTagList.of(CheckWrite.RUNS)))
        .get(CheckWrite.WRITTEN)
        .setCoder(Written.coder());
  }
}

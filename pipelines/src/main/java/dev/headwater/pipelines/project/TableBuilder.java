package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.validate.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/** A table while it is declared. */
public final class TableBuilder implements Supplier<TableDecl>, RowSource {
  private final String name;
  private final String source;
  private final List<Problem> problems;
  private final List<Step> steps = new ArrayList<>();
  private final List<Partition> partitions = new ArrayList<>();
  private @Nullable String time;
  private @Nullable String contract;
  private Write write = Write.MIRROR;
  private SchemaPolicy schema = SchemaPolicy.DEFAULT;
  private Limits limits = Limits.NONE;
  private Window commit = TableDecl.COMMIT;

  TableBuilder(String name, String source, List<Problem> problems) {
    this.name = name;
    this.source = source;
    this.problems = problems;
  }

  /**
   * A transform that the rows go through before they are checked and written; one after the other
   * as they are written here. What comes out has a schema: the table's columns.
   *
   * @param step what Beam calls it
   */
  public TableBuilder apply(String step, PTransform<PCollection<Row>, PCollection<Row>> transform) {
    try {
      steps.add(Step.of(step, transform));
    } catch (HeadwaterException e) {
      problems.add(Problem.of(0, "tables." + name + ".java", e));
    }
    return this;
  }

  /** The column with the rows' event time. */
  public TableBuilder time(String column) {
    time = column;
    return this;
  }

  /** One more field of the partitioning: {@code Partition.month("date")}. */
  public TableBuilder partition(Partition partition) {
    partitions.add(partition);
    return this;
  }

  /** The contract's file. */
  public TableBuilder contract(String file) {
    contract = file;
    return this;
  }

  /** What rows of new files do to those that are there: {@code Write.upsert("id")}. */
  public TableBuilder write(Write how) {
    write = how;
    return this;
  }

  /** What its columns may become: {@code SchemaPolicy.DEFAULT.rename("old", "now")}. */
  public TableBuilder schema(SchemaPolicy policy) {
    schema = policy;
    return this;
  }

  /** How long a stream gathers what it commits at once: {@code 10s}. */
  public TableBuilder commit(String interval) {
    commit = new Window(interval);
    return this;
  }

  /** How many letters it bears before a run that makes them is stopped. */
  public TableBuilder letters(Limits most) {
    limits = most;
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable String time() {
    return time;
  }

  @Override
  public TableDecl get() {
    return new TableDecl(
        name, source, steps, time, partitions, contract, write, schema, commit, limits);
  }
}

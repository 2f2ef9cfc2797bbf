package dev.headwater.pipelines.project;

import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.validate.Limits;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A table that is filled from a source; rows that break its contract go to {@link #letters}.
 *
 * @param from the source's name
 * @param steps the user's transforms that the rows go through before they are checked, in order
 * @param time the column with the rows' event time, where they have one
 * @param contract the contract's file as written (relative to the project's folder); parsed: {@link
 *     Contracts#of}
 * @param write what rows of new files do to those that are there
 * @param schema what its columns may become when files come that have others
 * @param commit how long a stream gathers what it commits at once
 * @param limits how many letters it bears before a run that makes them is stopped
 */
public record TableDecl(
    String name,
    String from,
    List<Step> steps,
    @Nullable String time,
    List<Partition> partition,
    @Nullable String contract,
    Write write,
    SchemaPolicy schema,
    Window commit,
    Limits limits) {
  static final Window COMMIT = new Window("10s");

  public TableDecl {
    steps = List.copyOf(steps);
    partition = List.copyOf(partition);
  }

  /** A table that holds what its files hold. */
  public TableDecl(
      String name,
      String from,
      List<Step> steps,
      @Nullable String time,
      List<Partition> partition,
      @Nullable String contract) {
    this(
        name,
        from,
        steps,
        time,
        partition,
        contract,
        Write.MIRROR,
        SchemaPolicy.DEFAULT,
        COMMIT,
        Limits.NONE);
  }

  TableDecl appended() {
    Write append =
        new Write(
            Write.Mode.APPEND,
            write.key(),
            write.order(),
            write.where(),
            write.delete(),
            write.tombstones(),
            write.route(),
            write.remember());
    return new TableDecl(
        name, from, steps, time, partition, contract, append, schema, commit, limits);
  }

  /** The partition that cuts its time into windows, where there is one. */
  public Optional<Partition> window() {
    return partition.stream()
        .filter(p -> p.column().equals(time) && p.transform().ofTime())
        .findFirst();
  }

  /** The name of its dead letters' table. */
  public String letters() {
    return name + "__letters";
  }
}
